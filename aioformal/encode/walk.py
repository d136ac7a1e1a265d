"""Actions as guarded updates: a walk through Init or Next that forks where the action chooses.

Like TLC's, the walk goes left to right and carries what is assigned so far: `x' = e` assigns where x' has no
value yet, and tests where it has one. It forks on `\\/` and on `\\E`. IF and CASE become one leaf with merged
values where all branches assign the same variables; where they do not, they fork. What assigns nothing new
is a test: one term, and how often it counts (see `ways`).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from msgspec.structs import replace

from aioformal.encode import logic
from aioformal.encode.binding import scopes_of
from aioformal.encode.forking import Forking
from aioformal.encode.free import Summaries
from aioformal.encode.fresh import fresh_member
from aioformal.encode.leaf import Branch, Leaf, joined
from aioformal.encode.let import let_scope
from aioformal.encode.path import Failure
from aioformal.encode.patterns import Patterns, builtin_key, operands
from aioformal.encode.relations import each_once
from aioformal.encode.scope import Bound, Builtin, Closure, Scope, Thunk, extended
from aioformal.encode.sources import elements_of_set, most_elements
from aioformal.encode.structures import destructured
from aioformal.encode.symbols import Const, Sym, truth_value
from aioformal.encode.translator import Translator
from aioformal.encode.ways import Ways
from aioformal.ir import term as ir
from aioformal.ir.system import Label
from aioformal.ir.term import Term
from aioformal.resolve.model import Definition
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.value.values import Value

Call = tuple[str, tuple[Value, ...]]
"""A definition and the values of its arguments."""

MOST_LEAVES = 20_000
"""Beyond this the encoding is refused."""

MOST_FORKS = 128
"""`\\E` over more members than this chooses by an input instead of forking."""

FEW = 8
"""`x' \\in S` forks up to this many members."""


class Walker:
    """Walks one formula. `found` collects failures with the label of the action that they belong to.
    With `counting`, leaves say how often they count."""

    def __init__(self, translator: Translator, summaries: Summaries, *, counting: bool = False) -> None:
        self.t = translator
        self.found: list[tuple[Label, Failure]] = []
        self._summaries = summaries
        below_enabled = summaries.below_enabled
        self._patterns = Patterns(translator.model.flat.definitions, below_enabled=below_enabled)
        self._inputs = 0
        self._own = frozenset(translator.model.variables) - frozenset(translator.model.hidden_variables)
        self.entered: set[Call] = set()
        """The definitions that were entered with known arguments, before anything was asked or assigned."""
        self._counting = counting
        self._ways = Ways(translator, Forking(translator, summaries), counting=counting)

    def walk(self, expr: ast.Expr, scope: Scope, leaf: Leaf) -> list[Leaf]:
        """Every way of going on from a leaf so that the expression is true. Raises encode.unsupported."""
        with self.t.path.at(expr.span):
            self.t.path.spend(1)
            if not self._targets(expr, scope) - leaf.frame.next.keys():
                leaves = self._test(expr, scope, leaf)
            else:
                leaves = self._step(expr, scope, leaf)
            if len(leaves) > MOST_LEAVES:
                raise self.t.path.unsupported(f"an action has more than {MOST_LEAVES} ways")
            return leaves

    def _targets(self, expr: ast.Expr, scope: Scope) -> frozenset[str]:
        """The variables that an expression may assign."""
        if self.t.initializing:
            return self._summaries.variables(expr, scope)
        return self._summaries.primed(expr, scope)

    def _step(self, expr: ast.Expr, scope: Scope, leaf: Leaf) -> list[Leaf]:
        match expr:
            case ast.Junction(kind="/\\", items=items):
                return self._conjunction(items, scope, leaf)
            case ast.Junction(items=items):
                return self._disjunction(items, scope, leaf)
            case ast.Quantifier(kind="\\E"):
                return self._exists(expr, scope, leaf)
            case ast.Quantifier(kind="\\A"):
                return self._for_all(expr, scope, leaf)
            case ast.If():
                return self._conditional(expr, scope, leaf)
            case ast.Case():
                return self._case(expr, scope, leaf)
            case ast.Let():
                with self._here(leaf):
                    inner = let_scope(self.t, expr, scope)
                return self.walk(expr.body, inner, leaf)
            case ast.Label(body=body):
                return self.walk(body, scope, leaf)
            case ast.Name():
                return self._name(expr, scope, leaf)
            case ast.Apply():
                return self._apply(expr, scope, leaf)
            case ast.ActionBox(action=action, subscript=subscript):
                moving, staying = self._starts(leaf.closed(), 2)
                return [*self.walk(action, scope, moving), *self._unchanged(subscript, scope, staying)]
            case ast.ActionAngle(action=action, subscript=subscript):
                ends = self.walk(action, scope, leaf.closed())
                return [moved for end in ends for moved in self._changed(subscript, scope, end)]
            case _:
                return self._test(expr, scope, leaf)

    # ------------------------------------------------------------ evaluation at a leaf

    @contextmanager
    def _here(self, leaf: Leaf) -> Generator[None]:
        """Evaluate where the walk has got to."""
        with self.t.looking(leaf.frame), self.t.path.under(*leaf.guards):
            yield

    def _test(self, expr: ast.Expr, scope: Scope, leaf: Leaf) -> list[Leaf]:
        with self._here(leaf):
            if self._is_settled(leaf):
                return self._where(leaf.closed(), self.t.truth(expr, scope))
            counted = self._ways.unless_too_many(expr, scope)
        if counted is None:
            with self._ways.taken_apart(expr):
                return self._step(expr, scope, leaf.closed())
        leaves, ways = self._where(leaf.closed(), counted[0]), counted[1]
        return [end.times(ways) for end in leaves] if self._counting else leaves

    def _is_settled(self, leaf: Leaf) -> bool:
        """Whether every variable of the model has its value. What comes then is a formula, as in TLC: it is
        evaluated as far as its value needs, and is true in one way."""
        return self._own <= leaf.frame.next.keys()

    def _where(self, leaf: Leaf, condition: Term) -> list[Leaf]:
        """The leaf where a condition holds, if it can."""
        narrowed = leaf.where(condition)
        return [] if narrowed.guard is ir.false else [narrowed]

    # ------------------------------------------------------------ conjunction and disjunction

    def _conjunction(self, items: Sequence[ast.Expr], scope: Scope, leaf: Leaf) -> list[Leaf]:
        """All items, one after the other. The label stays open for the only action among them, if that
        is a choice."""
        actions = [item for item in items if self._summaries.primed(item, scope)]
        way = leaf.way
        leaves = [leaf]
        for item in items:
            stays_open = len(actions) == 1 and item is actions[0] and self._patterns.is_choice(item, scope)
            item_way = way if stays_open else None
            leaves = [end for one in leaves for end in self.walk(item, scope, one.labelled(item_way))]
        return leaves

    def _disjunction(self, items: Sequence[ast.Expr], scope: Scope, leaf: Leaf) -> list[Leaf]:
        starts = self._starts(leaf, len(items))
        return [
            end for item, start in zip(items, starts, strict=True) for end in self.walk(item, scope, start)
        ]

    def _starts(self, leaf: Leaf, number: int) -> Sequence[Leaf]:
        """Where so many ways on from a leaf begin, in order."""
        return [leaf] * number

    # ------------------------------------------------------------ quantifiers

    def _exists(self, expr: ast.Quantifier, scope: Scope, leaf: Leaf) -> list[Leaf]:
        """One fork for each element, or an input where there are many."""
        starts: list[tuple[Scope, Leaf]] = [(scope, leaf)]
        for bound in expr.bounds:
            domain = self._domain(bound, scope, leaf)
            for names in [bound.names] if bound.is_tuple else [(name,) for name in bound.names]:
                starts = [
                    end for inner, start in starts for end in self._chosen(bound, names, domain, inner, start)
                ]
        return [end for inner, start in starts for end in self.walk(expr.body, inner, start)]

    def _domain(self, bound: ast.Bound, scope: Scope, leaf: Leaf) -> Sym:
        if bound.domain is None:
            raise self.t.path.unsupported("an unbounded quantifier cannot be unrolled")
        with self._here(leaf):
            return self.t.value(bound.domain, scope)

    def _chosen(
        self, bound: ast.Bound, names: Sequence[ast.Identifier], domain: Sym, scope: Scope, leaf: Leaf
    ) -> list[tuple[Scope, Leaf]]:
        ends: list[tuple[Scope, Leaf]] = []
        for element, start in self._elements(domain, leaf, names[0].name, MOST_FORKS):
            with self._here(start):
                values = destructured(self.t, bound, element) if bound.is_tuple else {names[0].name: element}
            known = [(name, value.value) for name, value in values.items() if isinstance(value, Const)]
            ends.append((extended(scope, values), replace(start, way=start.way.bound(known))))
        return ends

    def _elements(self, domain: Sym, leaf: Leaf, name: str, most: int) -> list[tuple[Sym, Leaf]]:
        """The elements of a set, each with the leaf where it is in: by forking, or by an input."""
        with self._here(leaf):
            size = most_elements(self.t.path, domain)
            if size is not None and size <= most:
                elements = elements_of_set(self.t.path, domain)
                if self._counting:
                    elements = each_once(self.t.path, elements)
                return [(e, end) for e, guard in elements for end in self._where(leaf, guard)]
            self._inputs += 1
            fresh = f"{name}?{self._inputs}"
            element, inside, inputs = fresh_member(self.t.path, domain, fresh, once=self._counting)
        leaf = replace(leaf, inputs=(*leaf.inputs, *inputs))
        return [(element, end) for end in self._where(leaf, inside)]

    def _for_all(self, expr: ast.Quantifier, scope: Scope, leaf: Leaf) -> list[Leaf]:
        """The conjunction over all elements; nothing is asked of what is not in the set."""
        with self._here(leaf):
            instances = list(scopes_of(self.t, expr.bounds, scope))
        leaves = [leaf.closed()]
        for inner, guard in instances:
            leaves = [end for one in leaves for end in self._if(guard, expr.body, inner, one)]
        return leaves

    # ------------------------------------------------------------ branches

    def _if(self, condition: Term, expr: ast.Expr, scope: Scope, leaf: Leaf) -> list[Leaf]:
        """An expression where a condition holds, nothing elsewhere."""
        met = [end for start in self._where(leaf, condition) for end in self.walk(expr, scope, start)]
        other = ir.not_(condition)
        return self._joined(leaf, [(condition, met), (other, self._where(leaf, other))])

    def _conditional(self, expr: ast.If, scope: Scope, leaf: Leaf) -> list[Leaf]:
        leaf = leaf.closed()
        with self._here(leaf):
            condition = self.t.truth(expr.condition, scope)
        return self._joined(
            leaf,
            [
                self._branch(condition, expr.then, scope, leaf),
                self._branch(ir.not_(condition), expr.otherwise, scope, leaf),
            ],
        )

    def _joined(self, start: Leaf, branches: Sequence[Branch]) -> list[Leaf]:
        return joined(start, branches)

    def _branch(self, condition: Term, expr: ast.Expr, scope: Scope, leaf: Leaf) -> Branch:
        starts = self._where(leaf, condition)
        return condition, [end for start in starts for end in self.walk(expr, scope, start)]

    def _case(self, expr: ast.Case, scope: Scope, leaf: Leaf) -> list[Leaf]:
        leaf = leaf.closed()
        branches: list[Branch] = []
        rest = ir.true
        for arm in expr.arms:
            with self._here(leaf), self.t.path.under(rest):
                guard = self.t.truth(arm.guard, scope)
            branches.append(self._branch(ir.and_(rest, guard), arm.value, scope, leaf))
            rest = ir.and_(rest, ir.not_(guard))
        if expr.other is not None:
            branches.append(self._branch(rest, expr.other, scope, leaf))
        else:
            with self._here(leaf):
                self.t.path.fail(rest, "eval.partial", "no arm of CASE applies")
        return self._joined(leaf, branches)

    # ------------------------------------------------------------ names and applications

    def _name(self, expr: ast.Name, scope: Scope, leaf: Leaf) -> list[Leaf]:
        match expr.binding:
            case ast.Binding(kind=BindingKind.DEFINITION, key=key):
                return self._unfold(self.t.model.flat.definitions[key], (), leaf)
            case ast.Binding(kind=BindingKind.LOCAL, key=key):
                bound = scope.get(key)
                if isinstance(bound, Thunk) and not bound.primed:
                    return self.walk(bound.expr, bound.scope, leaf)
            case _:
                pass
        return self._test(expr, scope, leaf)

    def _apply(self, expr: ast.Apply, scope: Scope, leaf: Leaf) -> list[Leaf]:
        key = builtin_key(expr)
        if key is not None:
            return self._builtin(key, expr, scope, leaf)
        with self._here(leaf):
            called = self.t.operator(expr.operator, scope)
            if isinstance(called, Builtin):
                return self._test(expr, scope, leaf)
            pairs = zip(expr.args, called.params, strict=True)
            args = [self.t.argument(arg, scope, param.arity) for arg, param in pairs]
        return self._unfold(called, args, leaf)

    def _unfold(self, called: Closure | Definition, args: Sequence[Bound], leaf: Leaf) -> list[Leaf]:
        names = {param.name: arg for param, arg in zip(called.params, args, strict=True)}
        outer: Scope = called.scope if isinstance(called, Closure) else {}
        if isinstance(called, Definition) and leaf.way.open:
            with self._here(leaf):
                known = [(name, value) for name, arg in names.items() for value in self._known(arg)]
            leaf = replace(leaf, way=leaf.way.entered(called.key, known, called.span))
        call = self._call(called, names, leaf)
        leaves = self._inside(call, called.body, {**outer, **names}, leaf)
        self.found.extend((leaf.way.label, failure) for failure in self.t.path.take())
        return leaves

    def _inside(self, call: Call | None, body: ast.Expr, scope: Scope, leaf: Leaf) -> list[Leaf]:
        """Walk through the body of an operator."""
        if call is not None and not leaf.guards:
            self.entered.add(call)
        return self.walk(body, scope, leaf)

    def _call(self, called: Closure | Definition, names: Mapping[str, Bound], leaf: Leaf) -> Call | None:
        """What is called, where nothing is assigned yet. Only events ask for it."""
        if self.t.model.history is None or leaf.frame.next or not isinstance(called, Definition):
            return None
        with self._here(leaf):
            values = tuple(value for arg in names.values() for value in self._known(arg))
        return (called.key, values) if len(values) == len(names) else None

    def _known(self, arg: Bound) -> list[Value]:
        """The value of an argument for the label, if it is known. Whether it fails is not asked here."""
        if isinstance(arg, Closure | Definition | Builtin):
            return []
        with self.t.path.isolated():
            value = self.t.force(arg)
        return [value.value] if isinstance(value, Const) else []

    def _builtin(self, key: str, expr: ast.Apply, scope: Scope, leaf: Leaf) -> list[Leaf]:
        match key:
            case "/\\":
                return self._conjunction(operands(expr, key), scope, leaf)
            case "\\/":
                return self._disjunction(operands(expr, key), scope, leaf)
            case "=>":
                with self._here(leaf):
                    premise = self.t.truth(expr.args[0], scope)
                return self._if(premise, expr.args[1], scope, leaf.closed())
            case "=" | "\\in" | "\\subseteq":
                return self._assignment(key, expr, scope, leaf.closed())
            case "UNCHANGED":
                return self._unchanged(expr.args[0], scope, leaf.closed())
            case _:
                return self._test(expr, scope, leaf)

    # ------------------------------------------------------------ assignment

    def _assignment(self, key: str, expr: ast.Apply, scope: Scope, leaf: Leaf) -> list[Leaf]:
        variable = self._assigned_by(expr.args[0], scope)
        if variable is None or variable in leaf.frame.next:
            return self._test(expr, scope, leaf)
        with self._here(leaf):
            given = self.t.value(expr.args[1], scope)
            value = self.t.builtin("SUBSET", [lambda: given]) if key == "\\subseteq" else given
        if key == "=":
            return [leaf.assign(variable, value)]
        return [end.assign(variable, e) for e, end in self._elements(value, leaf, variable, FEW)]

    def _assigned_by(self, target: ast.Expr, scope: Scope) -> str | None:
        """The variable that `target = e` gives a value to: `x'` in an action, `x` in Init."""
        if self.t.initializing:
            return self._patterns.variable(target, scope)
        return self._patterns.primed_variable(target, scope)

    def _unchanged(self, expr: ast.Expr, scope: Scope, leaf: Leaf) -> list[Leaf]:
        variable = self._patterns.variable(expr, scope)
        if variable is not None and variable not in leaf.frame.next:
            with self._here(leaf):
                return [leaf.assign(variable, self._present(variable, expr, scope))]
        parts = self._patterns.components(expr, scope)
        if variable is None and parts is not None:
            leaves = [leaf]
            for part, inner in parts:
                leaves = [end for one in leaves for end in self._unchanged(part, inner, one)]
            return leaves
        with self._here(leaf):
            return self._where(leaf, logic.unchanged(self.t, expr, scope))

    def _present(self, variable: str, expr: ast.Expr, scope: Scope) -> Sym:  # noqa: ARG002
        """What a variable is worth before the step."""
        return self.t.frame.state[variable]

    def _changed(self, expr: ast.Expr, scope: Scope, leaf: Leaf) -> list[Leaf]:
        with self._here(leaf):
            return self._where(leaf, ir.not_(self._same(expr, scope)))

    def _same(self, expr: ast.Expr, scope: Scope) -> Term:
        """Whether an expression is worth the same in both states; a tuple is compared part by part, also by
        the name of its definition."""
        is_local = isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is BindingKind.LOCAL
        parts = None if is_local else self._patterns.components(expr, scope)
        if parts is None:
            return logic.unchanged(self.t, expr, scope)
        return logic.conjunction(self.t, [lambda part=part: truth_value(self._same(*part)) for part in parts])
