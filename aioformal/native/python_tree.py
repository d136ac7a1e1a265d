"""A plan as Python source: the same functions that `llvm_tree` writes, for the twin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aioformal.ir.node import Term, false, true
from aioformal.ir.reduction import View
from aioformal.native.layout import Layout, layout_of
from aioformal.native.plan import Failures, Plan, bit_of
from aioformal.native.python_terms import PythonWriter
from aioformal.native.tree import Emit, Loop, Switch, Tree, Trouble, When


def source_of(plan: Plan) -> str:
    """`initial(out, trouble)`, `step(out, trouble, words)`, `judge(words)`, `judge_first(words)` and
    `place(words)`. `out` is called with rule, failed properties, allowed, unclear, ways, words."""
    layout = plan.layout
    return "\n".join(
        (
            _tree_function("initial(out, trouble)", ["0"] * layout.words, layout, plan.initial),
            _tree_function("step(out, trouble, words)", _names(layout), layout, plan.step),
            _mask_function("judge", layout, plan.always),
            _mask_function("judge_first", layout, plan.initially),
            _place_function(layout, plan.outside, plan.unclear),
        )
    )


def view_source(layout: Layout, view: View) -> str:
    """`view(words)`: the words of the view; `view_trouble(words)`: whether one of its obligations fires."""
    target = layout_of(view.variables)
    writer, trouble = begun(layout), begun(layout)
    writer.line(f"return ({', '.join(writer.packed(view.terms, target, ['0'] * target.words))},)")
    conditions = [trouble.value(obligation.condition) for obligation in view.obligations]
    trouble.line(f"return [{', '.join(conditions)}]")
    return function("view(words)", writer) + function("view_trouble(words)", trouble)


def conversion_source(old: Layout, new: Layout, terms: Mapping[str, Term]) -> str:
    """`convert(words)`: the words of the new layout."""
    writer = begun(old)
    packed = writer.packed(terms, new, ["0"] * new.words)
    writer.line(f"return ({', '.join(packed)},)")
    return function("convert(words)", writer)


def _names(layout: Layout) -> list[str]:
    return [f"w{n}" for n in range(layout.words)]


def begun(layout: Layout) -> PythonWriter:
    writer = PythonWriter(layout, _names(layout))
    writer.line(f"{', '.join(writer.words)}, = words")
    return writer


def function(head: str, writer: PythonWriter) -> str:
    return "\n".join([f"def {head}:", *writer.lines, ""])


def _mask_function(name: str, layout: Layout, failures: Failures) -> str:
    writer = begun(layout)
    mask = writer.mask((bit_of(number), term) for number, term in failures.items())
    writer.line(f"return {mask}")
    return function(f"{name}(words)", writer)


def _place_function(layout: Layout, outside: Term, unclear: Term) -> str:
    writer = begun(layout)
    bits = [(bit, term) for bit, term in ((0, outside), (1, unclear)) if term is not false]
    writer.line(f"return {writer.mask(bits)}")
    return function("place(words)", writer)


def _tree_function(head: str, words: Sequence[str], layout: Layout, tree: Tree) -> str:
    writer = PythonWriter(layout, words)
    if "words" in head:
        writer.line(f"{', '.join(words)}, = words")
    _write(writer, tree)
    writer.line("return")
    return function(head, writer)


def _write(writer: PythonWriter, tree: Tree) -> None:
    match tree:
        case tuple():
            for part in tree:
                _write(writer, part)
        case Switch():
            _switch(writer, tree)
        case When(condition=condition, body=body):
            with writer.block(f"if {writer.value(condition)}:"):
                _write(writer, body)
        case Loop(variable=variable, least=least, greatest=greatest, body=body):
            name = writer.put("0")
            with writer.block(f"for {name} in range({least}, {greatest + 1}):"):
                writer.define(variable, name)
                _write(writer, body)
        case Emit():
            _emit(writer, tree)
        case Trouble(number=number):
            writer.line(f"trouble({number})")


def _switch(writer: PythonWriter, tree: Switch) -> None:
    field = writer.layout.by_name[tree.slot.name]
    value = writer.raw(field)
    for position, (number, inner) in enumerate(tree.cases):
        with writer.block(f"{'el' if position else ''}if {value} == {number - field.least}:"):
            _write(writer, inner)


def _emit(writer: PythonWriter, tree: Emit) -> None:
    failed = writer.mask((bit_of(number), term) for number, term in tree.failed.items())
    allowed = "True" if tree.allowed is true else writer.value(tree.allowed)
    unclear = "False" if tree.unclear is false else writer.value(tree.unclear)
    words = ", ".join(writer.packed(tree.updates))
    writer.line(f"out({tree.rule}, {failed}, {allowed}, {unclear}, {writer.value(tree.ways)}, ({words},))")
