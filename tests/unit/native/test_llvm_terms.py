"""What is computed once in a block."""

from aioformal.ir import term as ir
from aioformal.ir.sort import BOOL
from aioformal.ir.system import StateVariable
from aioformal.native.layout import layout_of
from aioformal.native.llvm_terms import TermWriter

NAMES = [f"b{n}" for n in range(40)]
BITS = [ir.variable(name, BOOL) for name in NAMES]


def writer() -> TermWriter:
    return TermWriter(layout_of(StateVariable(name, BOOL) for name in NAMES), ["%w0"])


def lines_for(*terms: ir.Term) -> int:
    made = writer()
    for term in terms:
        made.value(term)
    return len(made.lines)


def test_conjunctions_that_begin_alike_share_their_beginning() -> None:
    first, second = ir.and_(*BITS[:39]), ir.and_(*BITS[:38], BITS[39])
    alone = lines_for(first)
    # A new bit is three instructions (shift, mask, truncation); one more joins it to what is known.
    assert lines_for(first, second) == alone + 4


def test_what_was_computed_in_a_scope_is_not_used_after_it() -> None:
    made = writer()
    with made.scope():
        inside = made.value(ir.and_(*BITS[:39]))
    before = len(made.lines)
    after = made.value(ir.and_(*BITS[:39]))
    assert after != inside
    assert len(made.lines) == 2 * before
