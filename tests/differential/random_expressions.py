"""Random expressions as TLA+ text, typed but for a pinch of everything that can go wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

VARIABLES: Mapping[str, str] = {
    "i": "int",
    "j": "int",
    "b": "bool",
    "a": "atom",
    "s": "set",
    "f": "fun",
    "q": "seq",
    "r": "rec",
    "u": "mixed",
    "ss": "sets",
}

VALUES: Mapping[str, Sequence[str]] = {
    "i": ["-1", "0", "2"],
    "j": ["0", "1", "3"],
    "b": ["TRUE", "FALSE"],
    "a": ['"x"', '"y"', "NULL"],
    "s": ["{}", "{1}", "{0, 2}", "{0, 1, 2}"],
    "f": ["<<0, 2>>", "<<2, 2>>", "<<0, 0>>"],
    "q": ["<<>>", "<<1>>", "<<2, 1>>", "<<0, 0, 2>>"],
    "r": ['[k |-> "x", n |-> 0]', '[k |-> "y", n |-> 2]'],
    "u": ["NULL", "<<1>>", "<<>>", "[k |-> 1]", "[k |-> 0, n |-> 2]"],
    "ss": ["{}", "{{}}", "{{1}, {0, 2}}", "{{}, {2}}"],
}
"""What the variables hold: all kinds of shapes, with optional keys and unions among them."""


class Expressions:
    """Draws expressions of a wanted type. `locals` are bound names by type."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.bound: list[tuple[str, str]] = []

    def draw(self, wanted: str, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.15:
            return self.leaf(wanted)
        form: Callable[[int], str] = self.random.choice(self.forms(wanted))
        return form(depth - 1)

    def leaf(self, wanted: str) -> str:
        names = [n for n, t in (*VARIABLES.items(), *self.bound) if t == wanted]
        return self.random.choice([*names, *names, *LITERALS[wanted]])

    def forms(self, wanted: str) -> Sequence[Callable[[int], str]]:
        return [lambda d, t=t: self.filled(t, d) for t in TEMPLATES[wanted]]

    def filled(self, template: str, depth: int) -> str:
        """A template with each `{type}` replaced by an expression.

        `{int in set}` binds a fresh name of one type to a set of another, for what follows; `{map}` is
        `e : x \\in S`, whose name is bound in what comes before it.
        """
        outer = len(self.bound)
        result, rest = "", template
        while "{" in rest:
            before, rest = rest.split("{", 1)
            hole, rest = rest.split("}", 1)
            result += before + self.hole(hole, depth)
        del self.bound[outer:]
        return f"({result}{rest})"

    def hole(self, hole: str, depth: int) -> str:
        if hole in BRACES:
            return BRACES[hole]
        if " in " in hole:
            element, container = hole.split(" in ")
            return self.binding(element, container, depth)
        if hole == "last":
            return self.bound[-1][0]
        if hole.startswith("fresh "):
            return self.named(hole.removeprefix("fresh "))
        if hole.startswith("let "):
            value = self.draw(hole.removeprefix("let "), depth)
            return f"LET {self.named('int')} == {value} IN"
        if hole.startswith("map "):
            binding = self.binding("int", "set", depth)
            return f"{self.draw(hole.removeprefix('map '), depth)} : {binding}"
        return self.draw(hole, depth)

    def named(self, wanted: str) -> str:
        """A fresh name, bound from here to the end of the template."""
        name = f"v{len(self.bound)}"
        self.bound.append((name, wanted))
        return name

    def binding(self, element: str, container: str, depth: int) -> str:
        domain = self.draw(container, depth)
        return f"{self.named(element)} \\in {domain}"


BRACES = {"open": "{", "close": "}"}

LITERALS: Mapping[str, Sequence[str]] = {
    "int": ["0", "1", "2", "3", "(-1)"],
    "bool": ["TRUE", "FALSE"],
    "atom": ['"x"', '"y"', "NULL", '"z"'],
    "set": ["{}", "{1}", "{0, 2}", "(0..2)", "(1..j)"],
    "fun": ["[k \\in {1, 2} |-> k]", "(1 :> j @@ 2 :> i)"],
    "seq": ["<<>>", "<<1, 2>>", "<<j>>"],
    "rec": ['[k |-> "x", n |-> 1]', '[k |-> "y", n |-> j]'],
    "mixed": ["NULL", "<<1>>", "[k |-> 1]"],
    "pair": ["{1, 2}"],
    "places": ["1..Len(q)"],
    "atoms": ['{"x", NULL}', '{"y"}'],
    "sets": ["{}", "{{}, {1}}", "(SUBSET {1, 2})", "{s}"],
}

TEMPLATES: Mapping[str, Sequence[str]] = {
    "int": [
        "{int} + {int}",
        "{int} - {int}",
        "{int} * {int}",
        "{int} \\div {int}",
        "{int} % {int}",
        "-{int}",
        "{int} ^ 2",
        "IF {bool} THEN {int} ELSE {int}",
        "CASE {bool} -> {int} [] {bool} -> {int}",
        "CASE {bool} -> {int} [] OTHER -> {int}",
        "Cardinality({set})",
        "Cardinality({sets})",
        "Len({seq})",
        "Head({seq})",
        "{fun}[{int}]",
        "{seq}[{int}]",
        "{rec}.n",
        "{mixed}.k",
        "CHOOSE {int in set} : {bool}",
        "{let int} {last} + {int}",
        "Twice({int})",
        "Sum({set})",
        "Fact[{int}]",
        "Use({int}, LAMBDA {fresh int} : {last} + {int})",
        "Use({int}, -.)",
        "FoldSet(LAMBDA x, rest : 2 * rest - x, {int}, {set})",
        "FoldLeft(LAMBDA rest, x : 2 * rest - x, {int}, {seq})",
        "FoldRight(LAMBDA x, rest : 2 * rest - x, {seq}, {int})",
        "MapThenSumSet(LAMBDA x : x * x, {set})",
        "{int} & {int}",
        "Max({set})",
    ],
    "bool": [
        "{bool} /\\ {bool}",
        "{bool} \\/ {bool}",
        "{bool} => {bool}",
        "{bool} <=> {bool}",
        "~{bool}",
        "{int} < {int}",
        "{int} <= {int}",
        "{int} = {int}",
        "{int} \\in {set}",
        "{int} \\notin {set}",
        "{set} \\subseteq {set}",
        "{set} = {set}",
        "{set} \\in {sets}",
        "{atom} = {atom}",
        "{atom} \\in {open}NULL, {atom}{close}",
        "{fun} = {fun}",
        "{seq} = {seq}",
        "{rec} # {rec}",
        "{mixed} = {mixed}",
        "{sets} = {sets}",
        "{seq} \\in Seq({set})",
        "{fun} \\in [{open}1, 2{close} -> {set}]",
        '{rec} \\in [k : {open}"x"{close}, n : {set}]',
        "{int} \\in Nat",
        "{set} \\in SUBSET {set}",
        "\\E {int in set} : {bool}",
        "\\A {int in set} : {bool}",
        "\\E {set in sets} : {bool}",
        "\\E {int in set} : \\A {int in set} : {bool}",
        "<<{int}, {atom}>> = <<{int}, {atom}>>",
        "IF {bool} THEN {bool} ELSE {bool}",
    ],
    "atom": ["IF {bool} THEN {atom} ELSE {atom}", "{rec}.k", "CHOOSE {atom in atoms} : {bool}"],
    "set": [
        "{set} \\cup {set}",
        "{set} \\cap {set}",
        "{set} \\ {set}",
        "{open}{int}, {int}{close}",
        "{open}{int in set} : {bool}{close}",
        "{open}{map int}{close}",
        "UNION {sets}",
        "DOMAIN {seq}",
        "DOMAIN {mixed}",
        "{int}..{int}",
        "IF {bool} THEN {set} ELSE {set}",
        "CHOOSE {set in sets} : {bool}",
    ],
    "fun": [
        "[{fun} EXCEPT ![{int}] = {int}]",
        "[{fun} EXCEPT ![1] = @ + {int}, ![{int}] = {int}]",
        "[{int in pair} |-> {int}]",
        "IF {bool} THEN {fun} ELSE {fun}",
        "{fun} @@ {fun}",
    ],
    "seq": [
        "Append({seq}, {int})",
        "Tail({seq})",
        "{seq} \\o {seq}",
        "SubSeq({seq}, {int}, {int})",
        "[{int in places} |-> {int}]",
        "SelectSeq({seq}, LAMBDA {fresh int} : {bool})",
        "IF {bool} THEN {seq} ELSE {seq}",
        "[{seq} EXCEPT ![{int}] = {int}]",
        "Reverse({seq})",
        "SetToSeq({set})",
        "RemoveAt({seq}, {int})",
    ],
    "rec": [
        "[{rec} EXCEPT !.n = {int}]",
        "[{rec} EXCEPT !.n = @ + 1, !.k = {atom}]",
        "[k |-> {atom}, n |-> {int}]",
        "IF {bool} THEN {rec} ELSE {rec}",
    ],
    "mixed": [
        "IF {bool} THEN {mixed} ELSE {mixed}",
        "IF {bool} THEN {mixed} ELSE {seq}",
        "[{mixed} EXCEPT !.k = {int}]",
    ],
    "pair": ["{open}1, 2{close}"],
    "places": ["1..Len({seq})"],
    "atoms": ["{open}{atom}, {atom}{close}"],
    "sets": [
        "SUBSET {set}",
        "{open}{set}, {set}{close}",
        "{sets} \\cup {sets}",
        "{open}{set in sets} : {bool}{close}",
        "{open}{map set}{close}",
    ],
}

MODULE = """---- MODULE Expressions ----
EXTENDS Integers, Sequences, FiniteSets, TLC, SequencesExt, Bitwise
CONSTANT NULL
VARIABLES {variables}
Twice(x) == x + x
Use(x, F(_)) == F(x)
RECURSIVE Sum(_)
Sum(S) == IF S = {{}} THEN 0 ELSE LET x == CHOOSE y \\in S : TRUE IN x + Sum(S \\ {{x}})
Fact[n \\in 0..3] == IF n = 0 THEN 1 ELSE n * Fact[n - 1]
Init == {states}
Next == UNCHANGED <<{variables}>>
{definitions}
====
"""
CONFIG = "CONSTANT NULL = NULL\nINIT Init\nNEXT Next\n"


def module(expressions: Sequence[str], states: int, seed: int) -> str:
    """A module with the expressions as `E0`, `E1`, ..., and with so many random initial states."""
    chance = Random(seed)
    rows = [
        " /\\ ".join(f"{v} = {chance.choice(texts)}" for v, texts in VALUES.items()) for _ in range(states)
    ]
    definitions = "\n".join(f"E{n} == {text}" for n, text in enumerate(expressions))
    return MODULE.format(
        variables=", ".join(VARIABLES),
        states=" \\/ ".join(f"({row})" for row in rows),
        definitions=definitions,
    )


ASSIGNED = ("set", "fun", "seq", "rec", "mixed", "sets", "int", "atom")
"""What a variable is given: values of one kind, which may come from rules, or of several."""

TARGETS = (
    ("NULL", "IF {p} THEN {x} ELSE IF {q} THEN {y} ELSE {z}"),
    ("NULL", "CASE {p} -> {x} [] {q} -> {y} [] OTHER -> {z}"),
    ("NULL", "<<IF {p} THEN {x} ELSE {y}>>"),
    ("[g |-> NULL]", "[w EXCEPT !.g = IF {p} THEN {x} ELSE IF {q} THEN {y} ELSE {z}]"),
)
"""How a variable `w` begins, and what it becomes."""


def assignment(seed: int) -> str:
    """A module in which a step gives one variable the value of a random choice."""
    chance, drawn = Random(seed), Expressions(seed)
    kinds = chance.choice((chance.choices(ASSIGNED, k=3), [chance.choice(ASSIGNED)] * 3))
    first, target = chance.choice(TARGETS)
    x, y, z = (drawn.draw(kind, 2) for kind in kinds)
    text = target.format(x=x, y=y, z=z, p=drawn.draw("bool", 1), q=drawn.draw("bool", 1))
    begun, _, rest = module([text], 8, seed).partition("Next == ")
    begun = begun.replace("VARIABLES ", "VARIABLES w, ").replace("Init == ", f"Init == w = {first} /\\ (")
    unchanged, _, rest = rest.partition("\n")
    definitions, _, _ = rest.partition("====")
    return f"{begun.rstrip()})\n{definitions}Next == w' = E0 /\\ {unchanged}\n====\n"
