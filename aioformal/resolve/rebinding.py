"""Makes names mean something else: what `<-` and `=` of a configuration do to a flat module."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.resolve.formula import rebuild_expression
from aioformal.resolve.model import ConstantDeclaration, FlatModule
from aioformal.resolve.reference import form_of
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import Binding, BindingKind

Targets = dict[Binding, Binding]


class Rebinding(Struct):
    """`everywhere` holds for the whole specification, `inside` for the text of one module."""

    everywhere: Targets = field(default_factory=Targets)
    inside: dict[str, Targets] = field(default_factory=dict[str, Targets])

    def add(self, old: Binding, new: Binding, module: str | None = None) -> None:
        targets = self.everywhere if module is None else self.inside.setdefault(module, {})
        targets[old] = new

    def meaning(self, name: str) -> str:
        """The definition that a name of the configuration means after replacements."""
        old = Binding(BindingKind.DEFINITION, name)
        return _final(old, self.everywhere).key if old in self.everywhere else name

    def apply(self, flat: FlatModule, config: Span) -> FlatModule:
        """The module with every name rebound; what was replaced everywhere is gone."""
        if not self.everywhere and not self.inside:
            return flat
        gone = {old.key for old in self.everywhere if old.kind is not BindingKind.BUILTIN}
        definitions = {
            key: replace(d, body=self._rebound(d.body, d.module))
            for key, d in flat.definitions.items()
            if key not in gone
        }
        assumptions = [replace(a, body=self._rebound(a.body, None)) for a in flat.assumptions]
        return replace(
            flat,
            constants=self._constants(flat, gone, config),
            definitions=definitions,
            assumptions=tuple(assumptions),
        )

    def _rebound(self, body: ast.Expr, module: str | None) -> ast.Expr:
        targets = self.everywhere | self.inside.get(module or "", {})
        final = {old: _final(old, targets) for old in targets}
        return rebuild_expression(body, lambda node: _changed(node, final)) if final else body

    def _constants(self, flat: FlatModule, gone: set[str], config: Span) -> tuple[ConstantDeclaration, ...]:
        """Constants with a value: a definition that gets one becomes a constant."""
        kept = {c.name: c for c in flat.constants if c.name not in gone}
        for targets in (self.everywhere, *self.inside.values()):
            for old, new in targets.items():
                if new.kind is BindingKind.CONSTANT and new.key not in kept:
                    known = flat.definitions.get(old.key)
                    span = known.span if known else config
                    kept[new.key] = ConstantDeclaration(new.key, 0, span)
        return tuple(kept.values())


def _final(old: Binding, targets: Mapping[Binding, Binding]) -> Binding:
    """`A <- B` and `B <- C` make `A` mean `C`."""
    seen = {old}
    new = targets[old]
    while new in targets and new not in seen:
        seen.add(new)
        new = targets[new]
    return new


def _changed(node: ast.Node, targets: Mapping[Binding, Binding]) -> ast.Node:
    match node:
        case ast.Name(binding=ast.Binding() as old) if old in targets:
            new = targets[old]
            return replace(node, name=new.key, binding=new)
        case ast.Apply(operator=ast.Name(name=name)) if node.form != form_of(name, len(node.args)):
            return replace(node, form=form_of(name, len(node.args)))
        case _:
            return node
