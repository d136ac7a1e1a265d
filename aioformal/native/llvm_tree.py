"""Trees of decisions as LLVM instructions."""

from __future__ import annotations

from collections.abc import Sequence

from aioformal.ir.node import Term, false, true
from aioformal.ir.sort import BOOL
from aioformal.native.cases import by_cases
from aioformal.native.layout import Layout
from aioformal.native.llvm_terms import TermWriter
from aioformal.native.loop_functions import LoopFunctions
from aioformal.native.plan import bit_of
from aioformal.native.tree import Answer, Emit, Loop, Switch, Tree, Trouble, When

ALLOWED = 1 << 32
"""The bit of an emitted step's `info` that says that ACTION_CONSTRAINT allows it."""

UNCLEAR = 1 << 33
"""The bit that says that ACTION_CONSTRAINT has no value for it."""


PASSED_OVER = '"passed-over"'
"""Marks functions that no optimization looks at, though their code is made with care."""


def words_named(count: int, prefix: str = "%w") -> list[str]:
    return [f"{prefix}{n}" for n in range(count)]


def words_declared(count: int, prefix: str = "%w") -> str:
    return ", ".join(f"i64 {name}" for name in words_named(count, prefix))


class TreeWriter(TermWriter):
    def __init__(self, layout: Layout, words: Sequence[str], searches: LoopFunctions) -> None:
        super().__init__(layout, words, searches)
        self._labels = 0
        self._block = "entry"

    def _label(self, name: str) -> str:
        self._labels += 1
        return f"{name}{self._labels}"

    def _begin(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self._block = label

    def write(self, tree: Tree) -> None:
        match tree:
            case tuple():
                for part in tree:
                    self.write(part)
            case Switch():
                self._switch(tree)
            case When():
                self._when(tree)
            case Loop():
                self._loop(tree)
            case Emit():
                self._emit(tree)
            case Trouble(number=number):
                self.lines.append(f"  call void @trouble(ptr %K, i64 {number})")
            case Answer(value=value):
                self.lines.append(f"  ret i1 {self.value(value)}")
                self._begin(self._label("unreached"))

    def _switch(self, tree: Switch) -> None:
        field = self.layout.by_name[tree.slot.name]
        value = self.raw(field)
        after = self._label("after")
        cases = [(number - field.least, self._label("case"), inner) for number, inner in tree.cases]
        targets = " ".join(f"i64 {number}, label %{label}" for number, label, _ in cases)
        self.lines.append(f"  switch i64 {value}, label %{after} [ {targets} ]")
        for _, label, inner in cases:
            self._begin(label)
            with self.scope():
                self.write(inner)
            self.lines.append(f"  br label %{after}")
        self._begin(after)

    def _when(self, tree: When) -> None:
        condition = self.truth(tree.condition)
        then, after = self._label("then"), self._label("after")
        self.lines.append(f"  br i1 {condition}, label %{then}, label %{after}")
        self._begin(then)
        with self.scope():
            self.write(tree.body)
        self.lines.append(f"  br label %{after}")
        self._begin(after)

    def truth(self, condition: Term) -> str:
        """The operand that holds a condition's value. What a large condition says of a value of some slot is
        computed only where the slot has it."""
        cases = None if condition in self._known else by_cases(condition)
        if cases is None:
            return self.value(condition)
        field = self.layout.by_name[cases.slot.name]
        value, other = self.raw(field), self._label("case")
        some = {self._label("case"): (number - field.least, part) for number, part in cases.of.items()}
        targets = " ".join(f"i64 {number}, label %{label}" for label, (number, _) in some.items())
        self.lines.append(f"  switch i64 {value}, label %{other} [ {targets} ]")
        parts = [*((label, part) for label, (_, part) in some.items()), (other, cases.otherwise)]
        joined, found = self._label("joined"), list[str]()
        for label, part in parts:
            self._begin(label)
            with self.scope():
                found.append(f"[ {self.truth(part)}, %{self._block} ]")
            self.lines.append(f"  br label %{joined}")
        self._begin(joined)
        self.define(condition, self.put(f"phi i1 {', '.join(found)}"))
        return self.value(condition)

    def _loop(self, tree: Loop) -> None:
        head, after = self._label("loop"), self._label("after")
        before, name, following = self._block, self.fresh(), self.fresh()
        self.lines.append(f"  br label %{head}")
        self._begin(head)
        position = len(self.lines)
        with self.scope():
            value = name if tree.variable.sort is not BOOL else self.put(f"trunc i64 {name} to i1")
            self.define(tree.variable, value)
            self.write(tree.body)
        self.lines.append(f"  {following} = add i64 {name}, 1")
        done = self.put(f"icmp sgt i64 {following}, {tree.greatest}")
        self.lines.append(f"  br i1 {done}, label %{after}, label %{head}")
        phi = f"  {name} = phi i64 [ {tree.least}, %{before} ], [ {following}, %{self._block} ]"
        self.lines.insert(position, phi)
        self._begin(after)

    def _emit(self, tree: Emit) -> None:
        failed = self.mask((bit_of(number), term) for number, term in tree.failed.items())
        info = str(tree.rule | ALLOWED)
        if tree.allowed is not true:
            allowed = self.value(tree.allowed)
            info = self.put(f"select i1 {allowed}, i64 {tree.rule | ALLOWED}, i64 {tree.rule}")
        if tree.unclear is not false:
            bit = self.put(f"select i1 {self.value(tree.unclear)}, i64 {UNCLEAR}, i64 0")
            info = self.put(f"or i64 {info}, {bit}")
        words = ", ".join(f"i64 {word}" for word in self.packed(tree.updates))
        what = f"i64 {info}, i64 {failed}, i64 {self.value(tree.ways)}"
        call = f"call void @emit(ptr %S, ptr %K, i64 %at, {what}, {words})"
        self.lines.append(f"  {call}")
