"""States of one layout to states of another, in machine code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from aioformal.ir.node import Term
from aioformal.native.layout import Layout
from aioformal.native.llvm import compile_text
from aioformal.native.llvm_terms import TermWriter
from aioformal.native.llvm_tree import words_named
from aioformal.native.machine_code import POINTER, U64, function_at

_TEXT = """
define void @convert(ptr %source, ptr %target, i64 %count) {{
entry:
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %i1, %body ]
  %done = icmp uge i64 %i, %count
  br i1 %done, label %end, label %body
body:
  %from.at = mul i64 %i, {old_words}
  %from = getelementptr i64, ptr %source, i64 %from.at
  %to.at = mul i64 %i, {new_words}
  %to = getelementptr i64, ptr %target, i64 %to.at
{body}
  %i1 = add i64 %i, 1
  br label %head
end:
  ret void
}}
"""


def conversion_text(old: Layout, new: Layout, terms: Mapping[str, Term]) -> str:
    """A function that writes `count` states of the new layout. `terms` gives each slot of the new layout
    in terms of the slots of the old one."""
    words = words_named(old.words)
    writer = TermWriter(old, words)
    for n, word in enumerate(words):
        place = writer.put(f"getelementptr i64, ptr %from, i64 {n}")
        writer.lines.append(f"  {word} = load i64, ptr {place}")
    for n, word in enumerate(writer.packed(terms, new, ["0"] * new.words)):
        place = writer.put(f"getelementptr i64, ptr %to, i64 {n}")
        writer.lines.append(f"  store i64 {word}, ptr {place}")
    return _TEXT.format(old_words=old.words, new_words=new.words, body="\n".join(writer.lines))


Convert: TypeAlias = Callable[[int, int, int], None]


def compile_conversion(old: Layout, new: Layout, terms: Mapping[str, Term]) -> Convert:
    """The function, called with two addresses and a count."""
    engine: Any = compile_text(conversion_text(old, new, terms), 1)
    convert = function_at(engine, "convert", None, POINTER, POINTER, U64)

    def call(source: int, target: int, count: int, _kept: Any = engine) -> None:
        convert(source, target, count)

    return call
