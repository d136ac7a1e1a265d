"""Trees of decisions, and the tests of a single state, as LLVM functions."""

from __future__ import annotations

from collections.abc import Sequence

from aioformal.ir.node import Term, false, true
from aioformal.ir.sort import BOOL
from aioformal.native.layout import Layout
from aioformal.native.llvm_terms import TermWriter
from aioformal.native.plan import Failures, Plan, bit_of
from aioformal.native.tree import Emit, Loop, Switch, Tree, Trouble, When

ALLOWED = 1 << 32
"""The bit of an emitted step's `info` that says that ACTION_CONSTRAINT allows it."""

UNCLEAR = 1 << 33
"""The bit that says that ACTION_CONSTRAINT has no value for it."""


def functions_of(plan: Plan) -> str:
    """All functions that depend on the specification."""
    layout = plan.layout
    parameters = words_declared(layout.words)
    context = "ptr %S, ptr %K, i64 %at"
    return "\n".join(
        (
            _tree_function("initial", context, ["0"] * layout.words, layout, plan.initial),
            _tree_function("step", f"{context}, {parameters}", words_named(layout.words), layout, plan.step),
            _mask_function("judge", layout, plan.always),
            _first_function(layout, plan),
            _place_function(layout, plan.outside, plan.unclear),
        )
    )


LARGE = 4_000
"""Instructions from which on a test of a state is taken as it is: without branches it is one block, and
what optimizers do with a block grows faster than the block."""


def _attributes(writer: TermWriter) -> str:
    return " noinline optnone" if len(writer.lines) > LARGE else ""


def words_named(count: int, prefix: str = "%w") -> list[str]:
    return [f"{prefix}{n}" for n in range(count)]


def words_declared(count: int, prefix: str = "%w") -> str:
    return ", ".join(f"i64 {name}" for name in words_named(count, prefix))


def _tree_function(name: str, parameters: str, words: Sequence[str], layout: Layout, tree: Tree) -> str:
    writer = _TreeWriter(layout, words)
    writer.write(tree)
    body = "\n".join(writer.lines)
    return f"define internal void @{name}({parameters}) {{\nentry:\n{body}\n  ret void\n}}\n"


def _mask_function(name: str, layout: Layout, failures: Failures) -> str:
    """Which properties fail in a state, as a mask."""
    writer = TermWriter(layout, words_named(layout.words))
    mask = writer.mask((bit_of(number), term) for number, term in failures.items())
    lines = "\n".join(writer.lines)
    head = f"define internal i64 @{name}({words_declared(layout.words)}){_attributes(writer)}"
    return f"{head} {{\n{lines}\n  ret i64 {mask}\n}}\n"


def _first_function(layout: Layout, plan: Plan) -> str:
    if plan.initially != plan.always:
        return _mask_function("judge_first", layout, plan.initially)
    words = words_declared(layout.words)
    head = f"define internal i64 @judge_first({words})"
    return f"{head} {{\n  %failed = call i64 @judge({words})\n  ret i64 %failed\n}}\n"


def _place_function(layout: Layout, outside: Term, unclear: Term) -> str:
    """0 for a state inside CONSTRAINT, 1 for one outside, 2 and more where that has no value."""
    writer = TermWriter(layout, words_named(layout.words))
    place = writer.mask([(bit, term) for bit, term in ((0, outside), (1, unclear)) if term is not false])
    lines = "\n".join(writer.lines)
    head = f"define internal i64 @place({words_declared(layout.words)}){_attributes(writer)}"
    return f"{head} {{\n{lines}\n  ret i64 {place}\n}}\n"


class _TreeWriter(TermWriter):
    def __init__(self, layout: Layout, words: Sequence[str]) -> None:
        super().__init__(layout, words)
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
        condition = self.value(tree.condition)
        then, after = self._label("then"), self._label("after")
        self.lines.append(f"  br i1 {condition}, label %{then}, label %{after}")
        self._begin(then)
        with self.scope():
            self.write(tree.body)
        self.lines.append(f"  br label %{after}")
        self._begin(after)

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
