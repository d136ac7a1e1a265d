"""Random small graphs with fairness and a temporal property, as TLA+ text and as plain data.

A model is a set of steps between a few numbers, each of an action A, B or C. A formula is a tree that can be
written as TLA+ and be evaluated on a lasso, where `truths` says what it means in as few words as possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

ACTIONS = "ABC"
SIZE = 3

Step = tuple[int, int]
Tree = tuple[object, ...]


@dataclass(frozen=True)
class Model:
    """`steps`: by action, the pairs of numbers that it leads from and to."""

    initial: tuple[int, ...]
    steps: dict[str, tuple[Step, ...]]
    fairness: tuple[Tree, ...]
    goal: Tree

    @property
    def text(self) -> str:
        actions = [
            f"{name} == " + (" \\/ ".join(f"(x = {a} /\\ x' = {b})" for a, b in steps) or "FALSE /\\ x' = x")
            for name, steps in self.steps.items()
        ]
        fair = "".join(f" /\\ {written(one)}" for one in self.fairness)
        start = ", ".join(map(str, self.initial))
        return "\n".join(
            (
                "---- MODULE Random ----",
                "EXTENDS Naturals",
                "VARIABLE x",
                f"Init == x \\in {{{start}}}",
                *actions,
                "Next == " + " \\/ ".join(self.steps),
                f"Spec == Init /\\ [][Next]_x{fair}",
                f"Goal == {written(self.goal)}",
                "====",
            )
        )

    @property
    def moves(self) -> set[Step]:
        return {step for steps in self.steps.values() for step in steps}

    def lassos(self, longest: int) -> Iterator[tuple[tuple[int, ...], int]]:
        """All behaviours that are a cycle after so many different moments at most, stuttering included."""
        moves = self.moves | {(n, n) for n in range(SIZE)}
        ways = [(start,) for start in self.initial]
        while ways:
            way = ways.pop()
            for loop in range(len(way)):
                if (way[-1], way[loop]) in moves:
                    yield way, loop
            if len(way) < longest:
                ways += [(*way, after) for before, after in sorted(moves) if before == way[-1]]

    def violation(self, longest: int) -> tuple[tuple[int, ...], int] | None:
        """A fair lasso that violates the goal."""
        found = self.fair_lassos(longest)
        return next((lasso for lasso in found if not self.truths(self.goal, *lasso)[0]), None)

    def fair_lassos(self, longest: int) -> Iterator[tuple[tuple[int, ...], int]]:
        for way, loop in self.lassos(longest):
            if all(self.truths(one, way, loop)[0] for one in self.fairness):
                yield way, loop

    def truths(self, tree: Tree, way: tuple[int, ...], loop: int) -> list[bool]:
        """At each moment, whether a formula is true from there on."""
        moments = range(len(way))
        after = [*way[1:], way[loop]]
        kind, *parts = tree
        if kind == "is":
            return [here in parts for here in way]
        if kind == "step":
            action = self.steps[str(parts[0])]
            return [pair in action and pair[0] != pair[1] for pair in zip(way, after, strict=True)]
        if kind == "can":
            return [any(a == here and a != b for a, b in self.steps[str(parts[0])]) for here in way]
        inner = [self.truths(part, way, loop) for part in parts if isinstance(part, tuple)]
        match kind:
            case "not":
                return [not a for a in inner[0]]
            case "and":
                return [all(one[i] for one in inner) for i in moments]
            case "or":
                return [any(one[i] for one in inner) for i in moments]
            case "always":
                return [all(inner[0][j] for j in later(i, loop, len(way))) for i in moments]
            case _:
                assert kind == "eventually"
                return [any(inner[0][j] for j in later(i, loop, len(way))) for i in moments]


def later(moment: int, loop: int, length: int) -> list[int]:
    return [j for j in range(length) if j >= moment or j >= loop]


def written(tree: Tree) -> str:
    kind, *parts = tree
    texts = [written(part) for part in parts if isinstance(part, tuple)]
    match kind:
        case "is":
            return f"(x \\in {{{', '.join(map(str, parts))}}})"
        case "step":
            return f"(<<{parts[0]}>>_x)"
        case "can":
            return f"(ENABLED <<{parts[0]}>>_x)"
        case "not":
            return f"(~{texts[0]})"
        case "and":
            return "(" + " /\\ ".join(texts) + ")"
        case "or":
            return "(" + " \\/ ".join(texts) + ")"
        case "always":
            return f"([]{texts[0]})"
        case _:
            return f"(<>{texts[0]})"


def again(tree: Tree) -> Tree:
    return "always", ("eventually", tree)


def finally_(tree: Tree) -> Tree:
    return "eventually", ("always", tree)


def weak(action: str) -> Tree:
    return "or", again(("not", ("can", action))), again(("step", action))


def strong(action: str) -> Tree:
    return "or", finally_(("not", ("can", action))), again(("step", action))


NAMES = st.sampled_from(ACTIONS)
STATES = st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=SIZE - 1).map(lambda s: ("is", *sorted(s)))
ENABLED = NAMES.map(lambda name: ("can", name))
HAPPENS = NAMES.map(lambda name: ("eventually", ("step", name)))
"""An action has its place under `<>` only."""
FAIR = st.one_of(NAMES.map(weak), NAMES.map(strong), STATES.map(again), HAPPENS.map(lambda t: ("always", t)))


def goals(depth: int) -> st.SearchStrategy[Tree]:
    leaf = st.one_of(STATES, ENABLED, HAPPENS)
    if depth == 0:
        return leaf
    deeper = goals(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(st.sampled_from(["not", "always", "eventually"]), deeper),
        st.tuples(st.sampled_from(["and", "or"]), deeper, deeper),
        FAIR,
    )


@st.composite
def models(draw: st.DrawFn) -> Model:
    pairs = list(product(range(SIZE), repeat=2))
    steps = {name: tuple(sorted(draw(st.sets(st.sampled_from(pairs), max_size=3)))) for name in ACTIONS}
    initial = tuple(sorted(draw(st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=2))))
    return Model(initial, steps, tuple(draw(st.lists(FAIR, max_size=3))), draw(goals(3)))
