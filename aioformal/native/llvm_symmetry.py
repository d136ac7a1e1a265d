"""The state that stands for all its images, as LLVM functions that work on words in memory."""

from __future__ import annotations

from collections.abc import Sequence

from aioformal.ir.node import Term
from aioformal.ir.reduction import Exchange, Move, Symmetry
from aioformal.ir.sort import BOOL
from aioformal.native.layout import WORD, Layout, size_of
from aioformal.native.llvm_terms import TermWriter, type_of
from aioformal.native.llvm_tree import words_named

# How two neighbours are to each other.
LESS, EQUAL, GREATER = 0, 1, 2


def symmetry_functions(layout: Layout, symmetry: Symmetry) -> str:
    """`@canonical(ptr)` puts the state that stands for a state in its place."""
    parts = [_move_function(n, layout, move) for n, move in enumerate(symmetry.moves)]
    for n, exchange in enumerate(symmetry.exchanges):
        parts.append(_order_function(n, layout, exchange))
        parts.append(_EXCHANGE.format(n=n, move=exchange.move, greater=GREATER))
    parts.append(_walk_functions(layout, symmetry))
    parts.append(_canonical_function(symmetry))
    return "\n".join(parts)


def _loaded(layout: Layout, base: str = "%at") -> TermWriter:
    """A writer that has loaded the words of a state."""
    names = words_named(layout.words)
    writer = TermWriter(layout, names)
    for n, name in enumerate(names):
        place = writer.put(f"getelementptr i64, ptr {base}, i64 {n}")
        writer.lines.append(f"  {name} = load i64, ptr {place}")
    return writer


def _move_function(number: int, layout: Layout, move: Move) -> str:
    writer = _loaded(layout)
    for n, (before, word) in enumerate(zip(writer.words, writer.packed(move), strict=True)):
        if word != before:
            place = writer.put(f"getelementptr i64, ptr %at, i64 {n}")
            writer.lines.append(f"  store i64 {word}, ptr {place}")
    body = "\n".join(writer.lines)
    return f"define internal void @move{number}(ptr %at) {{\nentry:\n{body}\n  ret void\n}}\n"


def _order_function(number: int, layout: Layout, exchange: Exchange) -> str:
    writer = _loaded(layout)
    pairs = zip(_packed(writer, exchange.left), _packed(writer, exchange.right), strict=True)
    result = str(EQUAL)
    for left, right in reversed(list(pairs)):
        less = writer.put(f"icmp ult i64 {left}, {right}")
        same = writer.put(f"icmp eq i64 {left}, {right}")
        differs = writer.put(f"select i1 {less}, i64 {LESS}, i64 {GREATER}")
        result = writer.put(f"select i1 {same}, i64 {result}, i64 {differs}")
    body = "\n".join(writer.lines)
    return f"define internal i64 @order{number}(ptr %at) {{\nentry:\n{body}\n  ret i64 {result}\n}}\n"


def _packed(writer: TermWriter, terms: Sequence[Term]) -> list[str]:
    """The values of terms as few words, each beginning a word that has no room for the next."""
    words, used = list[str](), 0
    for term in terms:
        least, width = size_of("a column", term.sort)
        value = _raw(writer, term, least)
        if not words or used + width > WORD:
            words.append(value)
            used = width
        else:
            shifted = writer.put(f"shl i64 {words[-1]}, {width}") if width else words[-1]
            words[-1] = writer.put(f"or i64 {shifted}, {value}")
            used += width
    return words


def _raw(writer: TermWriter, term: Term, least: int) -> str:
    """A value as a number from 0."""
    value = writer.value(term)
    if term.sort is BOOL:
        return writer.put(f"zext {type_of(term)} {value} to i64")
    return writer.put(f"sub i64 {value}, {least}") if least else value


_EXCHANGE = """
define internal void @exchange{n}(ptr %at) {{
entry:
  %order = call i64 @order{n}(ptr %at)
  %wrong = icmp eq i64 %order, {greater}
  br i1 %wrong, label %move, label %end
move:
  call void @move{move}(ptr %at)
  br label %end
end:
  ret void
}}
"""


def _canonical_function(symmetry: Symmetry) -> str:
    """Chains that are in order already, as most are, need no more than one look."""
    calls: list[str] = []
    first = 0
    for chain in symmetry.chains:
        for end in range(len(chain), 0, -1):
            calls += [f"  call void @exchange{first + n}(ptr %at)" for n in range(end)]
        first += len(chain)
    sort = "\n".join(calls)
    walk = "  call void @walk(ptr %at)" if symmetry.walk else ""
    return f"""
define internal void @canonical(ptr %at) {{
entry:
  %worst = call i64 @disorder(ptr %at)
  %wrong = icmp eq i64 %worst, {GREATER}
  br i1 %wrong, label %sort, label %sorted
sort:
{sort}
  br label %sorted
sorted:
{walk}
  ret void
}}
"""


def _walk_functions(layout: Layout, symmetry: Symmetry) -> str:
    disorder = _disorder_function(len(symmetry.exchanges))
    if not symmetry.walk:
        return disorder
    steps = ", ".join(f"i32 {step}" for step in symmetry.walk)
    length = len(symmetry.walk)
    labels = " ".join(f"i32 {n}, label %step{n}" for n in range(len(symmetry.moves)))
    blocks = "\n".join(
        f"step{n}:\n  call void @move{n}(ptr %now)\n  br label %moved" for n in range(len(symmetry.moves))
    )
    ties = "" if symmetry.always_walks else _TIES.format(equal=EQUAL)
    text = _WALK.format(
        length=length,
        steps=steps,
        words=layout.words,
        size=layout.words * 8,
        ties=ties or "  br label %begin",
        labels=labels,
        blocks=blocks,
        greater=GREATER,
    )
    return disorder + _less_function(layout.words) + text


def _disorder_function(exchanges: int) -> str:
    """The greatest that the neighbours of all chains are to each other; the last ones decide first."""
    lines, result = list[str](), str(LESS)
    for n in range(exchanges):
        lines.append(f"  %o{n} = call i64 @order{n}(ptr %at)")
        lines.append(f"  %g{n} = icmp ugt i64 %o{n}, {result}")
        lines.append(f"  %r{n} = select i1 %g{n}, i64 %o{n}, i64 {result}")
        result = f"%r{n}"
    body = "\n".join(lines)
    return f"define internal i64 @disorder(ptr %at) {{\nentry:\n{body}\n  ret i64 {result}\n}}\n"


def _less_function(words: int) -> str:
    """Whether the words at one place are less than those at another."""
    lines, result = list[str](), "false"
    for n in reversed(range(words)):
        lines += [
            f"  %a{n}.p = getelementptr i64, ptr %a, i64 {n}",
            f"  %a{n} = load i64, ptr %a{n}.p",
            f"  %b{n}.p = getelementptr i64, ptr %b, i64 {n}",
            f"  %b{n} = load i64, ptr %b{n}.p",
            f"  %l{n} = icmp ult i64 %a{n}, %b{n}",
            f"  %e{n} = icmp eq i64 %a{n}, %b{n}",
            f"  %r{n} = select i1 %e{n}, i1 {result}, i1 %l{n}",
        ]
        result = f"%r{n}"
    body = "\n".join(lines)
    return f"define internal i1 @less(ptr %a, ptr %b) {{\nentry:\n{body}\n  ret i1 {result}\n}}\n"


_TIES = """
  %worst = call i64 @disorder(ptr %at)
  %tied = icmp eq i64 %worst, {equal}
  br i1 %tied, label %begin, label %end
"""

_WALK = """
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
@steps = internal constant [{length} x i32] [ {steps} ]

define internal void @walk(ptr %at) {{
entry:
  %now = alloca i64, i64 {words}
{ties}
begin:
  call void @llvm.memcpy.p0.p0.i64(ptr %now, ptr %at, i64 {size}, i1 false)
  br label %head
head:
  %i = phi i64 [ 0, %begin ], [ %i1, %next ]
  %done = icmp uge i64 %i, {length}
  br i1 %done, label %end, label %go
go:
  %step.p = getelementptr i32, ptr @steps, i64 %i
  %step = load i32, ptr %step.p
  switch i32 %step, label %moved [ {labels} ]
{blocks}
moved:
  %disorder = call i64 @disorder(ptr %now)
  %wrong = icmp eq i64 %disorder, {greater}
  br i1 %wrong, label %next, label %compare
compare:
  %better = call i1 @less(ptr %now, ptr %at)
  br i1 %better, label %take, label %next
take:
  call void @llvm.memcpy.p0.p0.i64(ptr %at, ptr %now, i64 {size}, i1 false)
  br label %next
next:
  %i1 = add i64 %i, 1
  br label %head
end:
  ret void
}}
"""
