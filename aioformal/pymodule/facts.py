"""What can be told of an expression from its text: kind, what it looks at, whether it may fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aioformal.resolve.model import Definition, Level
from aioformal.resolve.traverse import children, walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

RELATIONS = frozenset(["=", "#", "\\in", "\\notin", "\\subseteq", "<", ">", "<=", ">=", "IsFiniteSet"])
CONNECTIVES = frozenset(["/\\", "\\/", "~", "=>", "<=>"])
FORMULAS = RELATIONS | CONNECTIVES | {"UNCHANGED", "ENABLED", "Assert", "PrintT"}
ALL_ARGUMENTS = frozenset(["/\\", "\\/", "=>", "Assert", "ENABLED", "UNCHANGED", "'", "[]", "<>", "~>", "-+->"])
"""Operators that do not evaluate all their arguments, or not in this state."""


def builtin(expr: ast.Expr) -> str | None:
    """The key of the built-in operator that an expression applies."""
    name = expr.operator if isinstance(expr, ast.Apply) else expr
    binding = name.binding if isinstance(name, ast.Name) else None
    return binding.key if binding is not None and binding.kind is BindingKind.BUILTIN else None


def operands(expr: ast.Expr, key: str) -> list[ast.Expr]:
    """The operands of `/\\` or `\\/`, nested ones taken apart."""
    found: list[ast.Expr] = []
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Label):
            waiting.append(one.body)
        elif isinstance(one, ast.Junction) and one.kind == key:
            waiting.extend(reversed(one.items))
        elif isinstance(one, ast.Apply) and builtin(one) == key:
            waiting.extend(reversed(one.args))
        else:
            found.append(one)
    return found


def parameters_of(unit: ast.Unit) -> tuple[str, ...]:
    return tuple(p.name for p in unit.params) if isinstance(unit, ast.OperatorDefinition) else ()


@dataclass
class Facts:
    """Facts about the expressions of one model. Definitions' are remembered."""

    definitions: Mapping[str, Definition]
    _formulas: dict[str, bool] = field(default_factory=dict[str, bool])
    _failing: dict[str, bool] = field(default_factory=dict[str, bool])
    _primed: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    _giving: dict[tuple[str, bool], bool] = field(default_factory=dict[tuple[str, bool], bool])
    lazy: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Parameters that are evaluated when they are needed: (definition, parameter)."""

    def defined(self, expr: ast.Expr) -> Definition | None:
        """The definition that an expression applies."""
        name = expr.operator if isinstance(expr, ast.Apply) else expr
        binding = name.binding if isinstance(name, ast.Name) else None
        if binding is None or binding.kind is not BindingKind.DEFINITION:
            return None
        return self.definitions[binding.key]

    # ------------------------------------------------------------ kind

    def is_formula(self, expr: ast.Expr) -> bool:
        """Whether the value of an expression is a Boolean by its form, so that it is a Python bool."""
        while isinstance(expr, ast.Label | ast.Let):
            expr = expr.body
        match expr:
            case ast.Junction() | ast.Quantifier() | ast.Boolean() | ast.ActionBox() | ast.ActionAngle():
                return True
            case ast.If(then=then, otherwise=otherwise):
                return self.is_formula(then) and self.is_formula(otherwise)
            case ast.Case(arms=arms, other=other):
                return all(self.is_formula(e) for e in (*(a.value for a in arms), *([other] if other else [])))
            case ast.Apply() if builtin(expr) == "'":
                return self.is_formula(expr.args[0])
            case _:
                definition = self.defined(expr)
                return self.is_predicate(definition.key) if definition else builtin(expr) in FORMULAS

    def is_predicate(self, key: str) -> bool:
        """Whether a definition is a formula by its form."""
        if key not in self._formulas:
            self._formulas[key] = False
            self._formulas[key] = self.is_formula(self.definitions[key].body)
        return self._formulas[key]

    # ------------------------------------------------------------ what it looks at

    def is_action(self, expr: ast.Expr) -> bool:
        """Whether an expression looks at a next state."""
        for node in walk(expr):
            if builtin(node) in ("'", "UNCHANGED") if isinstance(node, ast.Apply) else False:
                return True
            if isinstance(node, ast.ActionBox | ast.ActionAngle):
                return True
            definition = self.defined(node) if isinstance(node, ast.Name) else None
            if definition is not None and definition.level >= Level.ACTION:
                return True
        return False

    def looks_at_state(self, expr: ast.Expr) -> bool:
        """Whether an expression looks at any state."""
        for node in walk(expr):
            if isinstance(node, ast.Name) and node.binding is not None:
                definition = self.defined(node)
                if node.binding.kind is BindingKind.VARIABLE:
                    return True
                if definition is not None and definition.level >= Level.STATE:
                    return True
        return False

    def primed(self, key: str) -> frozenset[str]:
        """The parameters of a definition that stand under a prime, or that get a value, in its body:
        they are not values but names for what they are given."""
        if key not in self._primed:
            self._primed[key] = frozenset()
            self._primed[key] = self.looked_ahead(self.definitions[key].body)
        return self._primed[key]

    def looked_ahead(self, expr: ast.Node) -> frozenset[str]:
        """The local names that stand under a prime, UNCHANGED, or ENABLED."""
        found: set[str] = set()
        for node in walk(expr):
            if isinstance(node, ast.Apply) and builtin(node) in ("'", "UNCHANGED"):
                found |= self.local_names(node)
            elif isinstance(node, ast.ActionBox | ast.ActionAngle):
                found |= self.local_names(node.subscript)
            elif isinstance(node, ast.Apply) and (definition := self.defined(node)) is not None:
                pairs = zip(definition.params, node.args, strict=True)
                ahead = self.primed(definition.key)
                found |= {name for p, arg in pairs if p.name in ahead for name in self.local_names(arg)}
        return frozenset(found)

    def local_names(self, expr: ast.Node) -> set[str]:
        """The local names in an expression."""
        return {
            node.binding.key
            for node in walk(expr)
            if isinstance(node, ast.Name) and node.binding and node.binding.kind is BindingKind.LOCAL
        }

    # ------------------------------------------------------------ assignment

    def may_give(self, expr: ast.Expr, *, initial: bool) -> bool:
        """Whether an expression, as an action (or as Init), may give a variable its value."""
        if isinstance(expr, ast.Name | ast.Apply):
            definition = self.defined(expr)
            if definition is not None:
                arguments = expr.args if isinstance(expr, ast.Apply) else ()
                return self.definition_gives(definition.key, initial=initial) or any(
                    self.is_action(arg) for arg in arguments
                )
            if builtin(expr) in ("=", "\\in", "\\subseteq") and isinstance(expr, ast.Apply):
                return self._is_target(expr.args[0], initial)
            if builtin(expr) == "UNCHANGED":
                return not initial
        if isinstance(expr, ast.ActionBox):
            return True
        if isinstance(expr, ast.Let):
            units = [u.body for u in expr.units if isinstance(u, ast.OperatorDefinition)]
            return any(self.may_give(body, initial=initial) for body in (*units, expr.body))
        return any(self.may_give(part, initial=initial) for part in action_parts(expr))

    def _is_target(self, expr: ast.Expr, initial: bool) -> bool:
        if not initial:
            local = isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is BindingKind.LOCAL
            return builtin(expr) == "'" or bool(local)
        if isinstance(expr, ast.Name) and expr.binding:
            return expr.binding.kind in (BindingKind.VARIABLE, BindingKind.LOCAL)
        return False

    def definition_gives(self, key: str, *, initial: bool) -> bool:
        """Whether a definition may give a variable its value."""
        if (key, initial) not in self._giving:
            definition = self.definitions[key]
            wanted = Level.STATE if initial else Level.ACTION
            self._giving[key, initial] = False
            self._giving[key, initial] = definition.level >= wanted and self.may_give(
                definition.body, initial=initial
            )
        return self._giving[key, initial]

    def is_choice(self, expr: ast.Expr) -> bool:
        """Whether an expression is `\\/` or `\\E`, directly or through definitions, LET and labels."""
        seen: set[str] = set()
        while True:
            definition = self.defined(expr)
            if isinstance(expr, ast.Let | ast.Label):
                expr = expr.body
            elif definition is not None and definition.key not in seen:
                seen.add(definition.key)
                expr = definition.body
            else:
                break
        if isinstance(expr, ast.Quantifier):
            return expr.kind == "\\E"
        return isinstance(expr, ast.Junction | ast.Apply) and len(operands(expr, "\\/")) > 1

    # ------------------------------------------------------------ failing, and being needed

    def may_fail(self, expr: ast.Expr, safe: Mapping[str, bool]) -> bool:
        """Whether an expression may have no value. `safe`: local names that have one for sure."""
        match expr:
            case ast.Number() | ast.String() | ast.Boolean():
                return False
            case ast.Name(binding=ast.Binding(BindingKind.LOCAL, key)):
                return not safe.get(key, False)
            case ast.Name(binding=ast.Binding(BindingKind.DEFINITION, key)):
                return self._definition_may_fail(key)
            case ast.Name(binding=ast.Binding(kind, _)):
                return kind is BindingKind.BUILTIN
            case ast.Tuple() | ast.RecordConstructor() | ast.Field():
                return any(self.may_fail(e, safe) for e in children(expr) if not isinstance(e, ast.Identifier))
            case _:
                return True

    def _definition_may_fail(self, key: str) -> bool:
        definition = self.definitions[key]
        if key not in self._failing:
            self._failing[key] = True
            simple = not definition.params and definition.level is Level.CONSTANT
            self._failing[key] = not simple or self.may_fail(definition.body, {})
        return self._failing[key]

    def needs(self, expr: ast.Expr, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether evaluating an expression evaluates a local name for sure."""
        if isinstance(expr, ast.Name):
            return expr.binding is not None and expr.binding == ast.Binding(BindingKind.LOCAL, name)
        definition = self.defined(expr)
        if isinstance(expr, ast.Apply) and definition is not None:
            if definition.key in seen:
                return False
            pairs = zip(definition.params, expr.args, strict=True)
            inner = seen | {definition.key}
            return any(
                self.needs(arg, name, seen) and self.needs(definition.body, p.name, inner) for p, arg in pairs
            )
        return any(self.needs(part, name, seen) for part in surely_evaluated(expr))

    def let_is_eager(self, let: ast.Let, unit: ast.OperatorDefinition, safe: Mapping[str, bool]) -> bool:
        """Whether what a LET defines may be evaluated at once."""
        return not self.may_fail(unit.body, safe) or self.let_needs(let, unit.name.name)

    def let_needs(self, let: ast.Let, name: str) -> bool:
        """Whether a LET's body needs a name, perhaps by way of the names defined in between."""
        if self.needs(let.body, name):
            return True
        others = [u for u in let.units if isinstance(u, ast.OperatorDefinition) and not u.params]
        return any(
            u.name.name != name and self.needs(u.body, name) and self.needs(let.body, u.name.name) for u in others
        )

    # ------------------------------------------------------------ arguments that are put off

    def find_lazy(self, roots: Sequence[ast.Expr]) -> None:
        """Finds the parameters that are given what may fail, and not surely needed."""
        reached = self.reached(roots)
        before = -1
        while len(self.lazy) != before:
            before = len(self.lazy)
            for root in roots:
                self._find_lazy(root, {})
            for key in reached:
                definition = self.definitions[key]
                safe = {p.name: (key, p.name) not in self.lazy for p in definition.params}
                self._find_lazy(definition.body, safe)

    def _find_lazy(self, node: ast.Node, safe: Mapping[str, bool]) -> None:
        waiting: list[tuple[ast.Node, Mapping[str, bool]]] = [(node, safe)]
        while waiting:
            one, safe = waiting.pop()
            if isinstance(one, ast.Let):
                safe = self._safe_in_let(one, safe)
            elif isinstance(one, ast.Apply) and (definition := self.defined(one)) is not None:
                self._look_at_call(definition, one.args, safe)
            names = [i.name for i in bound_names(one)]
            safe = {**safe, **dict.fromkeys(names, True)} if names else safe
            waiting.extend((child, safe) for child in children(one))

    def _safe_in_let(self, let: ast.Let, safe: Mapping[str, bool]) -> dict[str, bool]:
        inner = dict(safe)
        for unit in let.units:
            if isinstance(unit, ast.OperatorDefinition):
                inner[unit.name.name] = not unit.params and self.let_is_eager(let, unit, inner)
        return inner

    def _look_at_call(self, definition: Definition, args: Sequence[ast.Expr], safe: Mapping[str, bool]) -> None:
        for param, arg in zip(definition.params, args, strict=True):
            if not param.arity and self.may_fail(arg, safe) and not self.needs(definition.body, param.name):
                self.lazy.add((definition.key, param.name))

    def reached(self, roots: Sequence[ast.Expr]) -> list[str]:
        """The definitions that expressions use, directly or not, in the order in which they are met."""
        found: dict[str, None] = {}
        waiting = list(reversed(roots))
        while waiting:
            for node in walk(waiting.pop()):
                definition = self.defined(node) if isinstance(node, ast.Name) else None
                if definition is not None and definition.key not in found:
                    found[definition.key] = None
                    waiting.append(definition.body)
        return list(found)


def bound_names(node: ast.Node) -> Iterator[ast.Identifier]:
    """The names that an expression binds for what is below it."""
    match node:
        case ast.Quantifier(bounds=bounds) | ast.FunctionConstructor(bounds=bounds) | ast.SetMap(bounds=bounds):
            for bound in bounds:
                yield from bound.names
        case ast.FunctionDefinition(bounds=bounds):
            for bound in bounds:
                yield from bound.names
        case ast.Choose(bound=bound) | ast.SetFilter(bound=bound):
            yield from bound.names
        case ast.OperatorDefinition(params=params) | ast.Lambda(params=params):
            yield from (ast.Identifier(p.span, p.name) for p in params if not p.arity)
        case _:
            return


def action_parts(expr: ast.Expr) -> tuple[ast.Expr, ...]:
    """The parts of an action that are actions themselves."""
    match expr:
        case ast.Junction(items=items):
            return items
        case ast.If(then=then, otherwise=otherwise):
            return then, otherwise
        case ast.Case(arms=arms, other=other):
            return (*(arm.value for arm in arms), *([other] if other else []))
        case ast.Let(body=body) | ast.Label(body=body) | ast.Quantifier(body=body):
            return (body,)
        case ast.ActionAngle(action=action):
            return (action,)
        case ast.Apply(args=args) if builtin(expr) in ("/\\", "\\/"):
            return args
        case ast.Apply(args=args) if builtin(expr) == "=>":
            return (args[1],)
        case _:
            return ()


def surely_evaluated(expr: ast.Expr) -> tuple[ast.Expr, ...]:
    """The parts that are evaluated whenever an expression is."""
    match expr:
        case ast.Junction(items=items):
            return items[:1]
        case ast.If(condition=condition):
            return (condition,)
        case ast.Case(arms=arms):
            return (arms[0].guard,)
        case ast.Let(body=body) | ast.Label(body=body):
            return (body,)
        case ast.Quantifier(bounds=bounds) | ast.FunctionConstructor(bounds=bounds) | ast.SetMap(bounds=bounds):
            return tuple(b.domain for b in bounds[:1] if b.domain is not None)
        case ast.Choose(bound=bound) | ast.SetFilter(bound=bound):
            return (bound.domain,) if bound.domain is not None else ()
        case ast.FunctionApply(function=function, args=args):
            return (function, *args)
        case ast.FieldAccess(record=record):
            return (record,)
        case ast.Except(base=base):
            return (base,)
        case ast.SetEnumeration(elements=parts) | ast.Tuple(elements=parts) | ast.CartesianProduct(factors=parts):
            return parts
        case ast.RecordConstructor(fields=fields) | ast.RecordSet(fields=fields):
            return tuple(one.value for one in fields)
        case ast.FunctionSet(domain=domain, range=range_):
            return domain, range_
        case ast.Apply(args=args):
            key = builtin(expr)
            if key in ("/\\", "\\/", "=>", "Assert"):
                return args[:1]
            return () if key is None or key in ALL_ARGUMENTS else args
        case _:
            return ()
