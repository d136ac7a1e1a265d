"""Parts of definitions that are named by where they stand: `Inv!2`, `Thm!:`, `Op(a)!label(b)!<<`.

Lamport, TLA+ Version 2: A Preliminary Guide, section 6. A path is followed on the syntax as it was
written. What it leads to depends on the parameters and bound names passed on the way; with arguments for
all of them it is a value, without any it is an operator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from aioformal.resolve.scope import DefinitionEntry, InstanceEntry, Place
from aioformal.resolve.traverse import children
from aioformal.syntax import ast


class Selection(Struct, frozen=True):
    """A part of a definition as `LAMBDA params : body`, to be read at the definition's place.

    `given` are arguments for the parameters of the instances around and for `params`, as they are
    written where the path stands; None if there are none.
    """

    entry: DefinitionEntry
    params: tuple[ast.Parameter, ...]
    body: ast.Expr
    given: tuple[ast.Expr, ...] | None


def selection(name: ast.Name, args: Sequence[ast.Expr], place: Place) -> Selection | None:
    """What `M!Op(a)!2!<<` selects, `args` being those of the last step; None if it is no selection,
    or one that does not lead to anything. `I!Op` without arguments is one if the instance I takes any.
    """
    steps = [*name.path, ast.Qualifier(name.span, name.name, tuple(args))]
    entry = place.lookup(steps[0].name)
    given: list[ast.Expr] = list(steps[0].args)
    position = 1
    while isinstance(entry, InstanceEntry) and position < len(steps):
        entry = entry.scope.exported(steps[position].name)
        given.extend(steps[position].args)
        position += 1
    if not isinstance(entry, DefinitionEntry) or entry.world.frame is not None:
        return None
    if position == len(steps) and (given or not entry.world.params):
        return None
    walker = _start(entry)
    for step in steps[position:]:
        if walker is None or not walker.take(step):
            return None
        given.extend(step.args)
    return None if walker is None else walker.finish(entry, given)


def _start(entry: DefinitionEntry) -> _Walker | None:
    match entry.body:
        case ast.OperatorDefinition(params=params, body=body):
            return _Walker(body, list(params))
        case ast.FunctionDefinition(span=span, bounds=bounds, body=body):
            return _Walker(ast.FunctionConstructor(span, bounds, body), [])
        case ast.Theorem(body=body) | ast.Assume(body=body):
            return None if isinstance(body, ast.AssumeProve) else _Walker(body, [])
        case body:
            return _Walker(body, list(entry.params))


class _Walker(Struct, dict=True):
    """Where a path has come to; `lets` are the definitions that the part may use, outermost first."""

    part: ast.Node
    params: list[ast.Parameter]

    def __post_init__(self) -> None:
        self.lets: list[ast.Let] = []

    def take(self, step: ast.Qualifier) -> bool:
        """One step down. Whether there is something."""
        if step.name == ":":
            return not step.args
        if step.name in ("()", "@"):
            return self._into_binder()
        if step.name in ("<<", ">>") or step.name.isdigit():
            return not step.args and self._into_operand(step.name)
        return self._into_definition(step.name) or self._into_label(step.name)

    def _inner(self) -> ast.Node:
        part = self.part
        while isinstance(part, ast.Label):
            part = part.body
        return part

    def _into_operand(self, step: str) -> bool:
        part = self._inner()
        operands = [part.body] if isinstance(part, ast.Let) else _operands(part)
        index = {"<<": 0, ">>": 1}.get(step, int(step) - 1 if step.isdigit() else -1)
        operand = operands[index] if 0 <= index < len(operands) else None
        if operand is None or (step in ("<<", ">>") and len(operands) > 2):
            return False
        if isinstance(part, ast.Let):
            self.lets.append(part)
        self.part = operand
        return True

    def _into_binder(self) -> bool:
        part = self._inner()
        match part:
            case ast.Quantifier(bounds=bounds, body=body) | ast.FunctionConstructor(bounds=bounds, body=body):
                self._bind(bounds)
            case ast.SetMap(bounds=bounds, value=body):
                self._bind(bounds)
            case ast.Choose(bound=bound, body=body) | ast.SetFilter(bound=bound, predicate=body):
                self._bind((bound,))
            case _:
                return False
        self.part = body
        return True

    def _bind(self, bounds: Sequence[ast.Bound]) -> None:
        self.params.extend(ast.Parameter(n.span, n.name) for bound in bounds for n in bound.names)

    def _into_definition(self, name: str) -> bool:
        """An operator of a LET; it may use what the LET defines before it."""
        part = self._inner()
        if not isinstance(part, ast.Let):
            return False
        for position, unit in enumerate(part.units):
            if isinstance(unit, ast.OperatorDefinition) and unit.name.name == name:
                if position:
                    self.lets.append(ast.Let(part.span, part.units[:position], unit.body))
                self.params.extend(unit.params)
                self.part = unit.body
                return True
        return False

    def _into_label(self, name: str) -> bool:
        found = [(label, lets) for label, lets in _labels(self.part) if label.name.name == name]
        if len(found) != 1:
            return False
        label, lets = found[0]
        self.lets.extend(lets)
        self.params.extend(ast.Parameter(param.span, param.name) for param in label.params)
        self.part = label.body
        return True

    def finish(self, entry: DefinitionEntry, given: Sequence[ast.Expr]) -> Selection | None:
        """The selection, if it has arguments for all parameters, or for none."""
        wanted = len(entry.world.params) + len(self.params)
        if isinstance(self.part, ast.CaseArm) or (given and len(given) != wanted):
            return None
        body: ast.Expr = self.part  # type: ignore[assignment]
        for let in reversed(self.lets):
            body = ast.Let(let.span, let.units, body)
        return Selection(entry, tuple(self.params), body, tuple(given) if given or not wanted else None)


def _labels(root: ast.Node) -> Iterator[tuple[ast.Label, tuple[ast.Let, ...]]]:
    """The labels in a part that do not stand in one another, each with the LETs around it."""
    waiting: list[tuple[ast.Node, tuple[ast.Let, ...]]] = [(root, ())]
    while waiting:
        node, lets = waiting.pop()
        if isinstance(node, ast.Label):
            yield node, lets
        elif isinstance(node, ast.Let):
            waiting.append((node.body, (*lets, node)))
        else:
            waiting.extend((child, lets) for child in children(node))


def _operands(part: ast.Node) -> Sequence[ast.Node | None]:
    match part:
        case ast.Junction(items=operands) | ast.Apply(args=operands):
            return operands
        case ast.Tuple(elements=operands) | ast.SetEnumeration(elements=operands):
            return operands
        case ast.CartesianProduct(factors=operands):
            return operands
        case ast.If():
            return part.condition, part.then, part.otherwise
        case ast.Case(arms=arms, other=other):
            return arms if other is None else (*arms, ast.CaseArm(other.span, other, other))
        case ast.CaseArm(guard=guard, value=value):
            return (None if guard is value else guard), value
        case ast.FunctionSet():
            return part.domain, part.range
        case ast.FieldAccess(record=record, field=field):
            return record, ast.String(field.span, field.name)
        case ast.ActionBox() | ast.ActionAngle():
            return part.action, part.subscript
        case ast.Fairness():
            return part.subscript, part.action
        case _:
            return _operands_of_structure(part)


def _operands_of_structure(part: ast.Node) -> Sequence[ast.Node | None]:
    match part:
        case ast.FunctionApply(span=span, function=function, args=args):
            return function, args[0] if len(args) == 1 else ast.Tuple(span, args)
        case ast.RecordConstructor(fields=fields) | ast.RecordSet(fields=fields):
            return [field.value for field in fields]
        case ast.Except(base=base):
            return (base,)
        case (
            ast.Quantifier(bounds=bounds) | ast.FunctionConstructor(bounds=bounds) | ast.SetMap(bounds=bounds)
        ):
            return [bound.domain for bound in bounds]
        case ast.Choose(bound=bound) | ast.SetFilter(bound=bound):
            return (bound.domain,)
        case _:
            return ()
