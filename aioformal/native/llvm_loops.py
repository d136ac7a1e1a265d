"""What terms `first` look for, as LLVM functions with loops.

Before the loops begin, everything is computed that they do not change; and what is chosen by the value of one
variable of theirs goes into a table, from which a loop takes the one that it needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from aioformal.ir.loop import Lookup, body_of
from aioformal.ir.node import Term
from aioformal.ir.sort import least_of
from aioformal.native.branching import tree_of_first
from aioformal.native.layout import Layout
from aioformal.native.llvm_terms import type_of
from aioformal.native.llvm_tree import TreeWriter, words_declared, words_named
from aioformal.native.loop_functions import LoopFunctions
from aioformal.native.tree import Answer, Loop, Tree, When, parameters_of


class LlvmLoops(LoopFunctions):
    """The functions as LLVM has them."""

    def written(self, name: str, term: Term) -> str:
        writer = _LoopWriter(self.layout, self, term)
        parameters = [words_declared(self.layout.words)]
        for n, leaf in enumerate(parameters_of(term)):
            parameters.append(f"{type_of(leaf)} %p{n}")
            writer.define(leaf, f"%p{n}")
        writer.write(tree_of_first(term))
        body = "\n".join((*writer.tables, *writer.lines))
        head = f"define internal i1 @{name}({', '.join(parameters)})"
        return f"{head} {{\nentry:\n{body}\n  ret i1 false\n}}\n"


class _LoopWriter(TreeWriter):
    """Writes the function of one term. `tables` are the lines that make room for tables."""

    def __init__(self, layout: Layout, functions: LlvmLoops, term: Term) -> None:
        super().__init__(layout, words_named(layout.words), functions)
        self.tables: list[str] = []
        self._own = frozenset(term.args[:-2])
        self._places: dict[Term, tuple[Lookup, str]] = {}
        self._begun = False

    def _loop(self, tree: Loop) -> None:
        if not self._begun:
            self._begun = True
            self._prepare(_terms_of(tree))
        super()._loop(tree)

    def _prepare(self, roots: Sequence[Term]) -> None:
        """What can be done before the loops."""
        body = body_of(roots, self._own)
        for term in body.fixed:
            self.value(term)
        tables: dict[tuple[Term, ...], str] = {}
        for term, lookup in body.lookups.items():
            if lookup.rows not in tables:
                tables[lookup.rows] = self._table(lookup.rows)
            self._places[term] = lookup, tables[lookup.rows]

    def _table(self, rows: Sequence[Term]) -> str:
        kind, table = type_of(rows[0]), f"%t{len(self.tables)}"
        self.tables.append(f"  {table} = alloca [{len(rows)} x {kind}]")
        for n, row in enumerate(rows):
            value = self.value(row)
            place = self.put(f"getelementptr [{len(rows)} x {kind}], ptr {table}, i64 0, i64 {n}")
            self.lines.append(f"  store {kind} {value}, ptr {place}")
        return table

    def truth(self, condition: Term) -> str:
        """What is in tables, or computed before the loops, is not to be taken apart."""
        return self.value(condition)

    def needed(self, term: Term) -> Sequence[Term]:
        place = self._places.get(term)
        return super().needed(term) if place is None else (place[0].variable,)

    def computed(self, term: Term) -> str:
        place = self._places.get(term)
        return super().computed(term) if place is None else self._looked_up(term, *place)

    def _looked_up(self, term: Term, lookup: Lookup, table: str) -> str:
        index, least = self.value(lookup.variable), least_of(lookup.variable.sort)
        if least:
            index = self.once(f"sub i64 {index}, {least}")
        kind = type_of(term)
        place = self.put(f"getelementptr [{len(lookup.rows)} x {kind}], ptr {table}, i64 0, i64 {index}")
        return self.put(f"load {kind}, ptr {place}")


def _terms_of(tree: Tree) -> list[Term]:
    match tree:
        case Loop(body=body):
            return _terms_of(body)
        case When(condition=condition, body=body):
            return [condition, *_terms_of(body)]
        case Answer(value=value):
            return [value]
        case _:
            return []
