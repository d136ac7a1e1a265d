"""Random expressions as plain trees: what they mean is worked out here, apart from `aioformal.ir`.

A tree is `(operator, *subtrees)`; leaves are `("variable", name)` and `(kind, value)` where the kind is
number, colour or truth.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from aioformal.ir import term as ir
from aioformal.ir.sort import BOOL, EnumSort, int_sort

SORTS = {
    "p": BOOL,
    "q": BOOL,
    "x": int_sort(-3, 4),
    "y": int_sort(0, 5),
    "z": int_sort(-7, -2),
    "c": EnumSort(3),
    "d": EnumSort(3),
}
VARIABLES = {name: ir.variable(name, sort) for name, sort in SORTS.items()}
Tree = tuple[Any, ...]

assignments = st.fixed_dictionaries(
    {
        "p": st.booleans(),
        "q": st.booleans(),
        "x": st.integers(-3, 4),
        "y": st.integers(0, 5),
        "z": st.integers(-7, -2),
        "c": st.integers(0, 2),
        "d": st.integers(0, 2),
    }
)


def named(*names: str) -> st.SearchStrategy[Tree]:
    return st.sampled_from([("variable", name) for name in names])


def colours(depth: int) -> st.SearchStrategy[Tree]:
    leaves = named("c", "d") | st.tuples(st.just("colour"), st.integers(0, 2))
    if depth == 0:
        return leaves
    return leaves | st.tuples(st.just("ite"), formulas(depth - 1), colours(depth - 1), colours(depth - 1))


def numbers(depth: int) -> st.SearchStrategy[Tree]:
    leaves = named("x", "y", "z") | st.tuples(st.just("number"), st.integers(-9, 9))
    if depth == 0:
        return leaves
    below = numbers(depth - 1)
    return st.one_of(
        leaves,
        st.tuples(st.sampled_from(["add", "sub", "mul", "div", "mod"]), below, below),
        st.tuples(st.just("neg"), below),
        st.tuples(st.just("ite"), formulas(depth - 1), below, below),
    )


def formulas(depth: int) -> st.SearchStrategy[Tree]:
    leaves = named("p", "q") | st.tuples(st.just("truth"), st.booleans())
    if depth == 0:
        return leaves
    below = formulas(depth - 1)
    return st.one_of(
        st.tuples(st.sampled_from(["eq", "le", "lt"]), numbers(depth - 1), numbers(depth - 1)),
        st.tuples(st.just("eq"), colours(depth - 1), colours(depth - 1)),
        st.tuples(st.sampled_from(["eq", "implies"]), below, below),
        st.tuples(st.just("not_"), below),
        st.tuples(st.just("ite"), below, below, below),
        st.builds(
            lambda op, parts: (op, *parts), st.sampled_from(["and_", "or_"]), st.lists(below, max_size=4)
        ),
    )


def built(tree: Tree) -> ir.Term:
    """The term that the constructors make of a tree."""
    op, *args = tree
    match op:
        case "variable":
            return VARIABLES[args[0]]
        case "number":
            return ir.integer(args[0])
        case "colour":
            return ir.enum(args[0], 3)
        case "truth":
            return ir.boolean(args[0])
        case _:
            return getattr(ir, op)(*(built(arg) for arg in args))


def meaning(tree: Tree, assignment: dict[str, bool | int]) -> Any:
    """The value of a tree."""
    op, *args = tree
    if op == "variable":
        return assignment[args[0]]
    if op in ("number", "colour", "truth"):
        return args[0]
    values = [meaning(arg, assignment) for arg in args]
    if op == "and_":
        return all(values)
    if op == "or_":
        return any(values)
    if op == "ite":
        return values[1] if values[0] else values[2]
    return SIMPLE[op](*values)


SIMPLE = {
    "not_": lambda a: not a,
    "implies": lambda a, b: b or not a,
    "eq": lambda a, b: a == b,
    "le": lambda a, b: a <= b,
    "lt": lambda a, b: a < b,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "neg": lambda a: -a,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a // b if b > 0 else 0,
    "mod": lambda a, b: a % b if b > 0 else 0,
}
