"""Where the walk through an action has got to: conditions met, variables assigned, inputs chosen."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from aioformal.encode.choice import choose, select
from aioformal.encode.scope import Frame
from aioformal.encode.symbols import Sym
from aioformal.ir import term as ir
from aioformal.ir.node import one
from aioformal.ir.system import Input, Label
from aioformal.ir.term import Term
from aioformal.source import Span
from aioformal.value.values import Value


class Way(Struct, frozen=True):
    """How a leaf gets its label: `open` until the first conjunct is met. `named`: the label's arguments are
    an operator's parameters, so what `\\E` binds does not count."""

    label: Label
    named: bool = False
    open: bool = True

    def entered(self, name: str, arguments: Sequence[tuple[str, Value]], span: Span) -> Way:
        if not self.open:
            return self
        if arguments:
            return Way(Label(name, tuple(arguments), span), named=True)
        return Way(Label(name, () if self.named else self.label.arguments, span))

    def bound(self, names: Sequence[tuple[str, Value]]) -> Way:
        if not self.open or self.named:
            return self
        label = Label(self.label.name, (*self.label.arguments, *names), self.label.span)
        return replace(self, label=label)

    def closed(self) -> Way:
        return replace(self, open=False) if self.open else self


class Leaf(Struct, frozen=True):
    guards: tuple[Term, ...]
    frame: Frame
    way: Way
    inputs: tuple[Input, ...] = ()
    ways: Term = one
    """How often the successor counts as generated: see `encode.ways`."""

    @property
    def guard(self) -> Term:
        return ir.and_(*self.guards)

    def where(self, condition: Term) -> Leaf:
        return self if condition is ir.true else replace(self, guards=(*self.guards, condition))

    def assign(self, variable: str, value: Sym) -> Leaf:
        return replace(self, frame=self.frame.assign(variable, value))

    def times(self, ways: Term) -> Leaf:
        product = ir.mul(self.ways, ways)
        return self if product is self.ways else replace(self, ways=product)

    def closed(self) -> Leaf:
        return replace(self, way=self.way.closed()) if self.way.open else self

    def labelled(self, way: Way | None) -> Leaf:
        """The same with a label that goes on from a given way, or is settled."""
        return self.closed() if way is None else replace(self, way=way)

    def since(self, earlier: Leaf) -> Term:
        """The conditions met after an earlier point of the same walk."""
        return ir.and_(*self.guards[len(earlier.guards) :])


Branch = tuple[Term, list[Leaf]]
"""A condition, and where the walk gets to under it. Conditions of several branches exclude each other."""


def joined(start: Leaf, branches: Sequence[Branch]) -> list[Leaf]:
    """One leaf instead of several, where all assign the same variables and so differ in values only."""
    ends = [(condition, leaf) for condition, leaves in branches for leaf in leaves]
    single = all(len(leaves) <= 1 for _, leaves in branches)
    if len(ends) < 2 or not single or len({frozenset(leaf.frame.next) for _, leaf in ends}) > 1:
        return [leaf for _, leaf in ends]
    guard = ir.or_(*(leaf.since(start) for _, leaf in ends))
    frame = start.frame.having(_values(ends))
    inputs = tuple(dict.fromkeys(i for _, leaf in ends for i in leaf.inputs))
    ways = select([(condition, leaf.ways) for condition, leaf in ends])
    return [Leaf((*start.guards, guard), frame, start.way, inputs, ways)]


def _values(ends: Sequence[tuple[Term, Leaf]]) -> dict[str, Sym]:
    return {
        variable: choose((condition, leaf.frame.next[variable]) for condition, leaf in ends)
        for variable in ends[0][1].frame.next
    }
