"""LET, and the right-hand sides of definitions: those of the module and those that a LET takes in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.resolve.declare import Declarer, check_recursive
from aioformal.resolve.resolution import Resolution
from aioformal.resolve.scope import (
    DefinitionEntry,
    Entry,
    Environment,
    Frame,
    LocalEntry,
    Place,
)
from aioformal.syntax import ast


class Resolver(Protocol):
    """What resolves the expressions inside."""

    def resolve(self, node: ast.Expr, place: Place) -> ast.Expr: ...

    def bounds(self, bounds: tuple[ast.Bound, ...], place: Place) -> tuple[tuple[ast.Bound, ...], Place]: ...

    def parameters(
        self, params: tuple[ast.Parameter, ...], place: Place, *, is_inner: bool = False
    ) -> tuple[tuple[ast.Parameter, ...], Place]: ...

    def check_free(self, name: ast.Identifier | ast.Parameter, place: Place) -> None: ...


class RightSide(Struct, frozen=True):
    """A definition's parameters, an instance's in front, and its body, all names bound."""

    params: tuple[ast.Parameter, ...]
    body: ast.Expr


class Block(Struct):
    """One LET, or DEFINE, while its units are read."""

    place: Place
    units: list[ast.Unit | Frame] = field(default_factory=list["ast.Unit | Frame"])
    undefined: dict[str, tuple[LocalEntry, ast.Parameter]] = field(
        default_factory=dict[str, tuple[LocalEntry, ast.Parameter]]
    )

    def add(self, name: str, entry: Entry) -> None:
        self.place = self.place.inside(self.place.environment.with_entries({name: entry}))

    def flat_units(self) -> tuple[ast.Unit, ...]:
        units: list[ast.Unit] = []
        for unit in self.units:
            if isinstance(unit, Frame):
                declared = tuple(unit.recursive.values())
                units.extend([ast.Recursive(declared[0].span, declared)] if declared else [])
                units.extend(unit.units)
            else:
                units.append(unit)
        return tuple(units)


class Definitions(Struct):
    """Resolves definitions: the bodies of entries, and LET."""

    resolution: Resolution
    declarer: Declarer
    resolver: Resolver

    def right_side(self, entry: DefinitionEntry) -> RightSide:
        """Bind the body of a definition."""
        unit, place = entry.body, entry.place
        around = entry.world.params
        match unit:
            case ast.FunctionDefinition():
                bounds, inner = self.resolver.bounds(unit.bounds, place)
                body = self.resolver.resolve(unit.body, inner)
                return RightSide(around, ast.FunctionConstructor(unit.span, bounds, body))
            case ast.Theorem() | ast.Assume():
                return RightSide(around, self._statement(unit, place))
            case ast.OperatorDefinition():
                params, inner = self.resolver.parameters(unit.params, place)
                return RightSide((*around, *params), self.resolver.resolve(unit.body, inner))
            case _:
                params, inner = self.resolver.parameters(entry.params, place)
                return RightSide((*around, *params), self.resolver.resolve(unit, inner))

    def _statement(self, unit: ast.Theorem | ast.Assume, place: Place) -> ast.Expr:
        if not isinstance(unit.body, ast.AssumeProve):
            return self.resolver.resolve(unit.body, place)
        name = unit.name.name if unit.name else "this"
        message = f"`{name}` is an ASSUME/PROVE: it has no value"
        self.resolution.report("name.unknown", message, unit.span)
        return ast.Boolean(unit.span, True)

    # ------------------------------------------------------------ LET

    def let(self, node: ast.Let, place: Place) -> ast.Expr:
        """LET stays where it is; INSTANCE in it is replaced by the definitions that get used."""
        block = self.block(node.units, place)
        body = self.resolver.resolve(node.body, block.place)
        units = block.flat_units()
        return ast.Let(node.span, units, body) if units else body

    def block(self, units: Sequence[ast.Unit], place: Place) -> Block:
        """Local definitions: `Block.place` is where they are known. What an INSTANCE among them
        adds to its `flat_units` is complete when all its uses are resolved."""
        block = Block(place)
        for unit in units:
            self._unit(unit, block)
        for entry, declared in block.undefined.values():
            message = f"`{entry.name}` is declared RECURSIVE but not defined"
            self.resolution.report("name.unknown", message, declared.span)
        return block

    def _unit(self, unit: ast.Unit, block: Block) -> None:
        match unit:
            case ast.Recursive():
                self._recursive(unit, block)
            case ast.OperatorDefinition():
                self._operator(unit, block)
            case ast.FunctionDefinition():
                self._function(unit, block)
            case ast.ModuleDefinition():
                self._named_instance(unit, block)
            case ast.Instance():
                self._anonymous_instance(unit, block)
            case _:
                raise AssertionError(f"{type(unit).__name__} inside LET")

    def _recursive(self, unit: ast.Recursive, block: Block) -> None:
        declarations: list[ast.Parameter] = []
        for declared in unit.declarations:
            self.resolver.check_free(declared, block.place)
            key = block.place.environment.fresh(declared.name)
            entry = LocalEntry(declared.name, declared.span, "", key, declared.arity)
            block.undefined[declared.name] = (entry, declared)
            block.add(declared.name, entry)
            declarations.append(replace(declared, name=key))
        block.units.append(replace(unit, declarations=tuple(declarations)))

    def _operator(self, unit: ast.OperatorDefinition, block: Block) -> None:
        declared = self._declared(unit, block)
        params, inner = self.resolver.parameters(unit.params, block.place, is_inner=True)
        body = self.resolver.resolve(unit.body, inner)
        entry = self._local(unit.name, unit.params, block, declared)
        name = replace(unit.name, name=entry.key)
        block.units.append(replace(unit, name=name, params=params, body=body))

    def _function(self, unit: ast.FunctionDefinition, block: Block) -> None:
        entry = self._local(unit.name, (), block, self._declared(unit, block))
        bounds, inner = self.resolver.bounds(unit.bounds, block.place)
        body = self.resolver.resolve(unit.body, inner)
        name = replace(unit.name, name=entry.key)
        block.units.append(replace(unit, name=name, bounds=bounds, body=body))

    def _declared(
        self, unit: ast.OperatorDefinition | ast.FunctionDefinition, block: Block
    ) -> LocalEntry | None:
        """The entry that RECURSIVE made for a definition."""
        found = block.undefined.pop(unit.name.name, None)
        if found is None:
            return None
        check_recursive(self.resolution, found[1], unit)
        return found[0]

    def _local(
        self,
        name: ast.Identifier,
        params: tuple[ast.Parameter, ...],
        block: Block,
        declared: LocalEntry | None,
    ) -> LocalEntry:
        if declared is None:
            self.resolver.check_free(name, block.place)
            key = block.place.environment.fresh(name.name)
            entry = LocalEntry(name.name, name.span, "", key, len(params), params)
            block.add(name.name, entry)
            return entry
        return declared

    # ------------------------------------------------------------ INSTANCE inside LET

    def _frame(self, block: Block) -> Frame:
        frame = Frame(Environment({}, block.place.environment.keys))
        block.units.append(frame)
        return frame

    def _named_instance(self, unit: ast.ModuleDefinition, block: Block) -> None:
        self.resolver.check_free(unit.name, block.place)
        entry = self.declarer.instances.open_named(unit, block.place, self._frame(block))
        block.add(unit.name.name, entry)

    def _anonymous_instance(self, unit: ast.Instance, block: Block) -> None:
        scope = self.declarer.instances.open_anonymous(unit, block.place, self._frame(block))
        for name, listed in scope.entries.items() if scope else ():
            if not listed.is_local and not listed.is_declared:
                block.add(name, listed.entry)

    def take_in(self, entry: DefinitionEntry) -> None:
        """See that the LET holds a definition of an instance inside it, before its first use."""
        frame = entry.world.frame
        assert frame is not None
        if entry.key in frame.started:
            if entry.key not in frame.finished and not _is_plain_function(entry):
                arity = len(entry.world.params) + len(entry.params)
                frame.recursive[entry.key] = ast.Parameter(entry.span, entry.key, arity)
            return
        frame.started.add(entry.key)
        unit = self._definition_unit(entry)
        frame.finished.add(entry.key)
        frame.units.append(unit)

    def _definition_unit(self, entry: DefinitionEntry) -> ast.Unit:
        name = ast.Identifier(entry.span, entry.key)
        right = self.right_side(entry)
        if _is_plain_function(entry) and isinstance(right.body, ast.FunctionConstructor):
            return ast.FunctionDefinition(entry.span, name, right.body.bounds, right.body.body)
        return ast.OperatorDefinition(entry.span, name, right.params, right.body)


def _is_plain_function(entry: DefinitionEntry) -> bool:
    return isinstance(entry.body, ast.FunctionDefinition) and not entry.world.params
