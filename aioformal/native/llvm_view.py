"""What a state is told apart by, as LLVM functions: its view, or else all of its words."""

from __future__ import annotations

from collections.abc import Sequence

from aioformal.ir.reduction import View
from aioformal.native.layout import Layout, layout_of
from aioformal.native.llvm_terms import TermWriter
from aioformal.native.llvm_tree import words_declared, words_named

LOCKED = 0xFFFFFFFF
"""Beyond it, the info of a step says that ACTION_CONSTRAINT allows it."""

_CHECK = """
define internal void @check_view(ptr %K, i64 %info, {kept}, {state}) {{
entry:
  %number = call i64 @view_trouble({of_kept})
  %bad = icmp ne i64 %number, 0
  br i1 %bad, label %ask, label %end
ask:
  %place = call i64 @place({of_state})
  %inside = icmp eq i64 %place, 0
  %allowed = icmp ugt i64 %info, {locked}
  %kept = and i1 %inside, %allowed
  br i1 %kept, label %say, label %end
say:
  %which = sub i64 %number, 1
  call void @trouble(ptr %K, i64 %which)
  br label %end
end:
  ret void
}}
"""


def view_words(view: View) -> int:
    """How many words the view of a state takes."""
    return layout_of(view.variables).words


def view_functions(layout: Layout, view: View, first_trouble: int) -> str:
    """`@view0(words)`, ...: the words of the view. `@check_view` notes where it cannot be found, of a state
    that would be kept."""
    target = layout_of(view.variables)
    parts = [_word_function(n, layout, target, view) for n in range(target.words)]
    if view.obligations:
        kept, state = words_declared(layout.words, "%k"), words_declared(layout.words)
        passed = [", ".join(f"i64 {name}" for name in words_named(layout.words, p)) for p in ("%k", "%w")]
        parts.append(_trouble_function(layout, view, first_trouble))
        parts.append(
            _CHECK.format(kept=kept, state=state, of_kept=passed[0], of_state=passed[1], locked=LOCKED)
        )
    return "\n".join(parts)


def _word_function(number: int, layout: Layout, target: Layout, view: View) -> str:
    writer = TermWriter(layout, words_named(layout.words))
    terms = {field.name: view.terms[field.name] for field in target.fields if field.word == number}
    word = writer.packed(terms, target, ["0"] * target.words)[number]
    return _function(f"view{number}", layout, writer, word, "alwaysinline")


def _trouble_function(layout: Layout, view: View, first_trouble: int) -> str:
    writer = TermWriter(layout, words_named(layout.words))
    number = "0"
    for n, obligation in enumerate(view.obligations, first_trouble + 1):
        number = writer.put(f"select i1 {writer.value(obligation.condition)}, i64 {n}, i64 {number}")
    return _function("view_trouble", layout, writer, number, "")


def _function(name: str, layout: Layout, writer: TermWriter, result: str, attributes: str) -> str:
    body = "\n".join(writer.lines)
    head = f"define internal i64 @{name}({words_declared(layout.words)}) {attributes}"
    return f"{head} {{\n{body}\n  ret i64 {result}\n}}\n"


def hash_body(words: Sequence[str], multiplier: int, final: int) -> str:
    """The hash of some words, returned."""
    lines: list[str] = []
    last = "0"
    for n, word in enumerate(words):
        lines += [
            f"  %x{n} = xor i64 {word}, {last}",
            f"  %m{n} = mul i64 %x{n}, {multiplier}",
            f"  %s{n} = lshr i64 %m{n}, 32",
            f"  %h{n} = xor i64 %m{n}, %s{n}",
        ]
        last = f"%h{n}"
    lines += [
        f"  %f1 = mul i64 {last}, {final}",
        "  %f2 = lshr i64 %f1, 29",
        "  %f3 = xor i64 %f1, %f2",
        "  ret i64 %f3",
    ]
    return "\n".join(lines)


def views_called(count: int, prefix: str, passed: str) -> list[str]:
    """Instructions that give `count` words of a view the names `prefix` and a number."""
    return [f"  {prefix}{n} = call i64 @view{n}({passed})" for n in range(count)]
