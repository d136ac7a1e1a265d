"""Random actions with guards that may fail, over states in which about everything fails somewhere."""

from __future__ import annotations

from random import Random

VALUES = {
    "x": ("NULL", '"a"', '"b"'),
    "n": ("0", "1"),
    "q": ("<<>>", "<<1>>"),
    "f": ('[k \\in {"a"} |-> 1]', '[k \\in {"a", "b"} |-> 0]'),
}
TESTS = (
    "x # NULL",
    "x = NULL",
    "NULL = NULL",
    'x = "a"',
    "n = 0",
    "n # 1",
    "n \\in 0..1",
    "q # <<>>",
    "q = <<n>>",
    "Head(q) = 1",
    "q[n] = 1",
    "1 \\div n = 1",
    "1 \\div (1 - n) = n",
    "f[x] = 1",
    "f[x] = n",
    'f["b"] = 0',
    'x \\in {"a", "b"}',
    "x \\in DOMAIN f",
    "Same(x)",
    "Same(NULL)",
    "Given(1 \\div n)",
    "Given(n)",
)
OF_MEMBER = ("i = n", "1 \\div i = 1", "(i # n \\/ Head(q) = i)", "q[i] = n")
SETS = ("{0, 1}", "{1, 2}", "{1 \\div n}", "DOMAIN q", "0..n")
"""Their members are written in order: a formula about others is not encoded in the order of evaluation."""

DEFINITIONS = """Same(a) == x = a \\/ f[x] = 1
Given(a) == q = <<>> /\\ n = a
Fails(a) == 1 \\div a = 1
Unset == x = NULL
"""


class Guards:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def guard(self, fuel: int) -> str:
        chance = self._random.random()
        if fuel == 0 or chance < 0.35:
            return self._random.choice(TESTS)
        if chance < 0.55:
            return f"({self.guard(fuel - 1)} \\/ {self.guard(fuel - 1)})"
        if chance < 0.7:
            return f"({self.guard(fuel - 1)} /\\ {self.guard(fuel - 1)})"
        if chance < 0.78:
            return f"({self.guard(fuel - 1)} => {self.guard(fuel - 1)})"
        if chance < 0.84:
            return f"~({self.guard(fuel - 1)})"
        if chance < 0.9:
            branches = f"THEN {self.guard(fuel - 1)} ELSE {self.guard(fuel - 1)}"
            return f"(IF {self.guard(fuel - 1)} {branches})"
        member = self._random.choice(OF_MEMBER)
        kind = self._random.choice(("\\E", "\\E", "\\A"))
        return f"({kind} i \\in {self._random.choice(SETS)} : {member} /\\ {self.guard(0)})"

    def action(self) -> str:
        """Guards, and the assignments anywhere among them."""
        items = [self.guard(2) for _ in range(self._random.randint(2, 4))]
        items.insert(self._random.randint(0, len(items)), self._assigning())
        place = self._random.choice((len(items), self._random.randint(0, len(items))))
        items.insert(place, "UNCHANGED <<x, q, f>>")
        return " /\\ ".join(items)

    def _assigning(self) -> str:
        return self._random.choice(
            (
                "n' = 1 - n",
                "n' = 1 \\div n",
                f"((n' = n /\\ {self.guard(0)}) \\/ ({self.guard(0)} /\\ n' = 1))",
                f"(\\E i \\in {self._random.choice(SETS)} : {self._random.choice(OF_MEMBER)} /\\ n' = n)",
                f"(\\E i \\in {self._random.choice(SETS)} : {self.guard(0)} /\\ n' = 1 - n)",
            )
        )


def module(action: str) -> str:
    """A module with every combination of values as an initial state."""
    initial = " /\\ ".join(f"{name} \\in {{{', '.join(values)}}}" for name, values in VALUES.items())
    return f"""---- MODULE Guarded ----
EXTENDS Integers, Sequences
CONSTANT NULL
VARIABLES {", ".join(VALUES)}
{DEFINITIONS}
Init == {initial}
Next == {action}
====
"""


def random_module(seed: int) -> str:
    return module(Guards(seed).action())
