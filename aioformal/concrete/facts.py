"""What an expression depends on: names bound around it, and the variables it reads in either state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from aioformal.resolve.model import Definition
from aioformal.resolve.traverse import children, walk
from aioformal.syntax import ast
from aioformal.value.operators import VOLATILE

NO_NAMES: frozenset[str] = frozenset()


class Cell(NamedTuple):
    """A variable that is read in the first or (`primed`) in the second state; with `name`, only what
    it maps the value of that local name to: `x[name]`."""

    variable: int
    name: str | None
    primed: bool


NO_CELLS: frozenset[Cell] = frozenset()


class Facts(Struct, frozen=True, dict=True):
    """`names`: free local names. `looked_ahead`: those of them that stand under a prime, UNCHANGED or
    in a subscript. `cells`: what is read of the two states. `volatile`: whether the value depends on more
    than that, as that of TLCGet does.

    All are upper bounds.
    """

    names: frozenset[str] = NO_NAMES
    looked_ahead: frozenset[str] = NO_NAMES
    cells: frozenset[Cell] = NO_CELLS
    volatile: bool = False

    @cached_property
    def now(self) -> frozenset[int]:
        """The variables that are read in the first state."""
        return frozenset(cell.variable for cell in self.cells if not cell.primed)

    @cached_property
    def following(self) -> frozenset[int]:
        """The variables that are read in the second state."""
        return frozenset(cell.variable for cell in self.cells if cell.primed)

    def without(self, bound: Iterable[str]) -> Facts:
        """The facts where the bound names are not known any more."""
        gone = frozenset(bound)
        if not gone & self.names:
            return self
        cells = (cell._replace(name=None) if cell.name in gone else cell for cell in self.cells)
        return Facts(self.names - gone, self.looked_ahead - gone, frozenset(cells), self.volatile)

    def renamed(self, names: Mapping[str, str | None]) -> Facts:
        """The facts of a definition's body where it is applied: what its parameters are there."""
        cells = (cell._replace(name=names.get(cell.name)) if cell.name else cell for cell in self.cells)
        return Facts(cells=frozenset(cells), volatile=self.volatile)

    def in_next_state(self) -> Facts:
        """The facts of `e'`."""
        cells = frozenset(cell._replace(primed=True) for cell in self.cells)
        return replace(self, looked_ahead=self.names, cells=cells)

    def in_both_states(self) -> Facts:
        """The facts of `UNCHANGED e`."""
        return replace(self.in_next_state(), cells=self.cells | self.in_next_state().cells)

    def of_first_state(self) -> Facts:
        """The facts of `ENABLED e`: a name in it stands for an action, which is put in its place."""
        cells = frozenset(c for c in self.cells if not c.primed)
        return replace(self, looked_ahead=self.looked_ahead | self.names, cells=cells)

    @property
    def is_constant(self) -> bool:
        return not (self.names or self.cells or self.volatile)


NOTHING = Facts()
_ASKED = Facts(volatile=True)


def union(parts: Iterable[Facts]) -> Facts:
    """The facts of an expression that depends on several others."""
    some = [part for part in parts if part is not NOTHING]
    if len(some) < 2:
        return some[0] if some else NOTHING
    return Facts(
        NO_NAMES.union(*(part.names for part in some)),
        NO_NAMES.union(*(part.looked_ahead for part in some)),
        NO_CELLS.union(*(part.cells for part in some)),
        any(part.volatile for part in some),
    )


class Analysis:
    """Facts by node and by definition, computed once. Nodes are told apart by identity."""

    def __init__(self, definitions: Mapping[str, Definition], variables: Iterable[str]) -> None:
        self.definitions = definitions
        self.index = {name: i for i, name in enumerate(variables)}
        self._facts: dict[int, Facts] = {}
        self._nodes: list[ast.Node] = []
        self._of_definition: dict[str, Facts] = {}
        self._under_way: set[str] = set()
        self._priming: set[str] = set()

    def of(self, node: ast.Node) -> Facts:
        """The facts of an expression, or of a part of one."""
        known = self._facts.get(id(node))
        if known is None:
            known = self._compute(node)
            self._facts[id(node)] = known
            # An id is only worth something as long as its node lives.
            self._nodes.append(node)
        return known

    def of_definition(self, key: str) -> Facts:
        """The facts of a definition's body. `names` and `looked_ahead` are its own parameters."""
        known = self._of_definition.get(key)
        if known is not None:
            return known
        if key in self._under_way:
            return self._rough(key)
        self._under_way.add(key)
        known = self.of(self.definitions[key].body)
        if self.definitions[key].own_next and not known.cells:
            # Its next value may not follow from its body: it is no constant, whatever that is.
            every = frozenset(Cell(variable, None, False) for variable in self.index.values())
            known = replace(known, cells=every)
        self._of_definition[key] = known
        self._under_way.discard(key)
        return known

    def _rough(self, key: str) -> Facts:
        """Bounds for a definition that is being computed: everything that can be reached from it."""
        seen, waiting = {key}, [key]
        variables: set[int] = set()
        has_prime = volatile = False
        while waiting:
            for node in walk(self.definitions[waiting.pop()].body):
                has_prime |= _looks_ahead(node)
                volatile |= _is_volatile(node)
                if not isinstance(node, ast.Name) or node.binding is None:
                    continue
                if node.binding.kind is ast.BindingKind.VARIABLE:
                    variables.add(self.index[node.binding.key])
                elif node.binding.kind is ast.BindingKind.DEFINITION and node.binding.key not in seen:
                    seen.add(node.binding.key)
                    waiting.append(node.binding.key)
        whole = Facts(cells=frozenset(Cell(variable, None, False) for variable in variables))
        return Facts(cells=whole.in_both_states().cells if has_prime else whole.cells, volatile=volatile)

    def _compute(self, node: ast.Node) -> Facts:
        match node:
            case ast.Name():
                return self._name(node)
            case ast.At():
                return Facts(names=frozenset("@"))
            case ast.Apply():
                return self._apply(node)
            case ast.FunctionApply():
                return self._function_apply(node)
            case ast.Let():
                return self._let(node)
            case ast.Quantifier(bounds=bounds, body=body) | ast.FunctionConstructor(bounds=bounds, body=body):
                return self._binder(bounds, body)
            case ast.SetMap(bounds=bounds, value=body):
                return self._binder(bounds, body)
            case ast.Choose(bound=bound, body=body) | ast.SetFilter(bound=bound, predicate=body):
                return self._binder((bound,), body)
            case ast.Lambda(params=params, body=body):
                return self.of(body).without(p.name for p in params)
            case ast.Label(body=body):
                return self.of(body)
            case ast.ActionBox() | ast.ActionAngle() | ast.Fairness():
                return union((self.of(node.action), self.of(node.subscript).in_both_states()))
            case ast.ExceptUpdate(path=path, value=value):
                return union((*map(self.of, path), self.of(value).without("@")))
            case _:
                return union(map(self.of, children(node)))

    def _name(self, name: ast.Name) -> Facts:
        binding = name.binding
        if binding is None:
            return NOTHING
        match binding.kind:
            case ast.BindingKind.LOCAL:
                return Facts(names=frozenset((binding.key,)))
            case ast.BindingKind.VARIABLE:
                return Facts(cells=frozenset((Cell(self.index[binding.key], None, False),)))
            case ast.BindingKind.DEFINITION:
                return self.of_definition(binding.key).renamed({})
            case _:
                return _ASKED if _is_volatile(name) else NOTHING

    def _function_apply(self, node: ast.FunctionApply) -> Facts:
        """`x[i]`, or `x'[i]`, where `x` is a variable and `i` a local name."""
        function = self.of(node.function)
        name = _local_name(node.args[0])
        if len(node.args) == 1 and name is not None and _is_variable(node.function):
            cells = frozenset(cell._replace(name=name) for cell in function.cells)
            return Facts(names=frozenset((name,)), cells=cells)
        return union((function, *map(self.of, node.args)))

    def _apply(self, node: ast.Apply) -> Facts:
        arguments = [self.of(arg) for arg in node.args]
        operator = node.operator
        if isinstance(operator, ast.Lambda) or operator.binding is None:
            return union((self.of(operator), *arguments))
        key = operator.binding.key
        match operator.binding.kind:
            case ast.BindingKind.BUILTIN:
                return _builtin(key, arguments)
            case ast.BindingKind.DEFINITION:
                return self._definition_call(key, node.args, arguments)
            case ast.BindingKind.LOCAL if key in self._priming:
                return union((self.of(operator), *(facts.in_both_states() for facts in arguments)))
            case _:
                return union((self.of(operator), *arguments))

    def _definition_call(self, key: str, args: tuple[ast.Expr, ...], arguments: list[Facts]) -> Facts:
        params = self.definitions[key].params
        body = self.of_definition(key)
        names = {p.name: _local_name(arg) for p, arg in zip(params, args, strict=True)}
        known = [
            facts.in_both_states() if p.name in body.looked_ahead else facts
            for p, facts in zip(params, arguments, strict=True)
        ]
        found = union((body.renamed(names), *known))
        return found.in_both_states() if any(map(looks_elsewhere, args)) else found

    def _let(self, let: ast.Let) -> Facts:
        own: set[str] = set()
        parts: list[Facts] = []
        for unit in let.units:
            if isinstance(unit, ast.OperatorDefinition):
                body = self.of(unit.body)
                if any(p.name in body.looked_ahead for p in unit.params):
                    self._priming.add(unit.name.name)
                parts.append(body.without(p.name for p in unit.params))
                own.add(unit.name.name)
            elif isinstance(unit, ast.FunctionDefinition):
                parts.append(self._binder(unit.bounds, unit.body))
                own.add(unit.name.name)
        body = self.of(let.body)
        parts = [part.in_both_states() for part in parts] if body.looked_ahead & own else parts
        return union((*parts, body)).without(own)

    def _binder(self, bounds: tuple[ast.Bound, ...], body: ast.Expr) -> Facts:
        domains = [self.of(bound.domain) for bound in bounds if bound.domain is not None]
        return union((*domains, self.of(body).without(n.name for b in bounds for n in b.names)))


def _builtin(key: str, arguments: list[Facts]) -> Facts:
    if key == "'":
        return arguments[0].in_next_state()
    if key == "UNCHANGED":
        return arguments[0].in_both_states()
    if key == "ENABLED":
        return arguments[0].of_first_state()
    return union((_ASKED, *arguments)) if key in VOLATILE else union(arguments)


def _local_name(expr: ast.Expr) -> str | None:
    if isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is ast.BindingKind.LOCAL:
        return expr.binding.key
    return None


def _is_variable(expr: ast.Expr) -> bool:
    """Whether an expression is a variable, perhaps primed."""
    if isinstance(expr, ast.Apply) and isinstance(expr.operator, ast.Name):
        binding = expr.operator.binding
        if binding and binding.kind is ast.BindingKind.BUILTIN and binding.key == "'":
            expr = expr.args[0]
    if not isinstance(expr, ast.Name) or expr.binding is None:
        return False
    return expr.binding.kind is ast.BindingKind.VARIABLE


def looks_elsewhere(expr: ast.Expr) -> bool:
    """Whether an expression is the name of an operator whose value is not one of its argument's value."""
    binding = expr.binding if isinstance(expr, ast.Name) else None
    if binding is None or binding.kind is not ast.BindingKind.BUILTIN:
        return False
    return binding.key in ("'", "UNCHANGED", "ENABLED")


def _is_volatile(node: ast.Node) -> bool:
    if not isinstance(node, ast.Name) or node.binding is None:
        return False
    return node.binding.kind is ast.BindingKind.BUILTIN and node.binding.key in VOLATILE


def _looks_ahead(node: ast.Node) -> bool:
    if isinstance(node, ast.ActionBox | ast.ActionAngle | ast.Fairness):
        return True
    if not isinstance(node, ast.Name) or node.binding is None:
        return False
    return node.binding.kind is ast.BindingKind.BUILTIN and node.binding.key in {"'", "UNCHANGED"}
