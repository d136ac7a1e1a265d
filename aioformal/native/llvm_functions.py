"""What a plan says, as LLVM functions: its trees of decisions, and the tests of a single state."""

from __future__ import annotations

from aioformal.ir.node import Term, false
from aioformal.native.llvm_loops import LlvmLoops
from aioformal.native.llvm_terms import TermWriter
from aioformal.native.llvm_tree import PASSED_OVER, TreeWriter, words_declared, words_named
from aioformal.native.plan import Failures, Plan, bit_of
from aioformal.native.tree import Tree


def functions_of(plan: Plan) -> str:
    """All functions that depend on the specification."""
    layout = plan.layout
    parameters = words_declared(layout.words)
    context = "ptr %S, ptr %K, i64 %at"
    searches = LlvmLoops(layout)
    start = TreeWriter(layout, ["0"] * layout.words, searches)
    step = TreeWriter(layout, words_named(layout.words), searches)
    written = (
        _tree_function("initial", context, start, plan.initial),
        _tree_function("step", f"{context}, {parameters}", step, plan.step),
        _mask_function("judge", searches, plan.always),
        _first_function(searches, plan),
        _place_function(searches, plan.outside, plan.unclear),
    )
    return "\n".join((*written, *searches.texts))


LARGE = 4_000
"""Instructions from which on a test of a state is taken as it is: without branches it is one block, and
what optimizers do with a block grows faster than the block."""

HUGE = 30_000
"""Instructions from which on that is also so of those who make code of it."""


def _attributes(writer: TermWriter) -> str:
    size = len(writer.lines)
    if size <= LARGE:
        return ""
    return " noinline optnone" if size > HUGE else f" noinline optnone {PASSED_OVER}"


def _tree_function(name: str, parameters: str, writer: TreeWriter, tree: Tree) -> str:
    writer.write(tree)
    body = "\n".join(writer.lines)
    return f"define internal void @{name}({parameters}) {{\nentry:\n{body}\n  ret void\n}}\n"


def _mask_function(name: str, searches: LlvmLoops, failures: Failures) -> str:
    """Which properties fail in a state, as a mask."""
    layout = searches.layout
    writer = TermWriter(layout, words_named(layout.words), searches)
    mask = writer.mask((bit_of(number), term) for number, term in failures.items())
    lines = "\n".join(writer.lines)
    head = f"define internal i64 @{name}({words_declared(layout.words)}){_attributes(writer)}"
    return f"{head} {{\n{lines}\n  ret i64 {mask}\n}}\n"


def _first_function(searches: LlvmLoops, plan: Plan) -> str:
    if plan.initially != plan.always:
        return _mask_function("judge_first", searches, plan.initially)
    words = words_declared(plan.layout.words)
    head = f"define internal i64 @judge_first({words})"
    return f"{head} {{\n  %failed = call i64 @judge({words})\n  ret i64 %failed\n}}\n"


def _place_function(searches: LlvmLoops, outside: Term, unclear: Term) -> str:
    """0 for a state inside CONSTRAINT, 1 for one outside, 2 and more where that has no value."""
    layout = searches.layout
    writer = TermWriter(layout, words_named(layout.words), searches)
    place = writer.mask([(bit, term) for bit, term in ((0, outside), (1, unclear)) if term is not false])
    lines = "\n".join(writer.lines)
    head = f"define internal i64 @place({words_declared(layout.words)}){_attributes(writer)}"
    return f"{head} {{\n{lines}\n  ret i64 {place}\n}}\n"
