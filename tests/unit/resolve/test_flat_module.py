"""What every flat module holds: bindings everywhere, no shadowing, definitions after their uses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aioformal.resolve import dump_flat, load_flat
from aioformal.resolve.dependencies import in_order_of_use
from aioformal.resolve.model import FlatModule, Level
from aioformal.resolve.traverse import rebuild, walk
from aioformal.source import Source, Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from tests.unit.concrete.specs import model_of

SPEC = Path(__file__).parent.parent.parent.parent / "spec" / "aio.tla"


@pytest.fixture(scope="module")
def flat() -> FlatModule:
    return load_flat(SPEC)


def test_every_name_is_bound(flat: FlatModule) -> None:
    for definition in flat.definitions.values():
        for node in walk(definition.body):
            if isinstance(node, ast.Name):
                assert node.binding is not None, node
                assert node.path == ()
                assert node.binding.key == node.name


def test_definitions_come_after_what_they_use(flat: FlatModule) -> None:
    seen: set[str] = set()
    for key, definition in flat.definitions.items():
        seen.add(key)
        for node in walk(definition.body):
            if isinstance(node, ast.Name) and node.binding and node.binding.kind is BindingKind.DEFINITION:
                assert node.binding.key in seen


def test_the_dump_is_stable(flat: FlatModule) -> None:
    assert dump_flat(flat) == dump_flat(load_flat(SPEC))


def test_a_long_chain_does_not_recurse(tmp_path: Path) -> None:
    path = tmp_path / "M.tla"
    chain = " + ".join(["N"] * 400)
    path.write_text(
        f"---- MODULE M ----\nEXTENDS Naturals\nCONSTANT N\nx == {chain}\n====\n", encoding="utf-8"
    )
    body = load_flat(path).definitions["x"].body
    names = [node for node in walk(body) if isinstance(node, ast.Name) and node.name == "N"]
    assert len(names) == 400


def test_walk_and_rebuild_take_any_depth() -> None:
    span = Span(Source("M.tla", "1"), 0, 1)
    expr: ast.Expr = ast.Number(span, 1)
    for _ in range(50_000):
        expr = ast.SetEnumeration(span, (expr,))
    assert sum(1 for _ in walk(expr)) == 50_001
    assert rebuild(expr, lambda node: node) is expr


def test_order_of_use() -> None:
    uses = {"d": {"b", "c"}, "b": {"a"}, "c": {"a"}, "a": set[str](), "p": {"q"}, "q": {"p", "a"}}
    components = in_order_of_use(uses)
    place = {key: index for index, component in enumerate(components) for key in component}
    assert place["a"] < place["b"] < place["d"]
    assert place["a"] < place["c"] < place["d"]
    assert place["p"] == place["q"] > place["a"]


def test_the_order_does_not_depend_on_the_run() -> None:
    script = "from aioformal.resolve import *; import sys; print(dump_flat(load_flat(sys.argv[1])))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", script, str(SPEC)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(SPEC.parent.parent)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_a_long_chain_of_temporal_formulas_is_weighed_once() -> None:
    """Were each operand weighed twice, this would take 2^60 times as long as one."""
    chain = " /\\ ".join(["[]<>(x = 0)"] * 60)
    nested = "P(" * 60 + "x" + ")" * 60
    text = f"VARIABLE x\nInit == x = 0\nNext == x' = x\nLong == {chain}\nDeep(P(_)) == {nested}"
    definitions = model_of(text).flat.definitions
    assert definitions["Long"].level is Level.TEMPORAL
    assert definitions["Deep"].level is Level.STATE
