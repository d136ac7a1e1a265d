"""Random small models as TLA+ text: a few variables of every shape, guarded actions, and properties.

The text goes through the whole front end. Every expression is typed by construction, so that what engines
may disagree about is their meaning and nothing else. Bound names carry the depth at which they stand: TLA+
does not let one hide another.
"""

from __future__ import annotations

from hypothesis import strategies as st

VARIABLES = {"n": "int", "b": "bool", "s": "set", "f": "fun", "q": "seq", "r": "rec"}


def joined(operator: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda texts: "(" + f" {operator} ".join(texts) + ")")


def template(text: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda texts: text.format(*texts))


KEYS = st.sampled_from(["1", "2"])
ATOMS = st.sampled_from(['"p"', '"q"'])
SMALL = st.sampled_from(["0", "1", "2"])
LEAF_INT = st.one_of(SMALL, st.sampled_from(["n", "r.c", "Len(q)", "Cardinality(s)", "f[1]", "f[2]"]))
LEAF_SET = st.sampled_from(["s", "{}", "{0}", "{1, 2}", "(0..2)", "DOMAIN f", "{f[i] : i \\in {1, 2}}"])


def integers(depth: int) -> st.SearchStrategy[str]:
    if depth == 0:
        return LEAF_INT
    deeper, truth = integers(depth - 1), booleans(depth - 1)
    return st.one_of(
        LEAF_INT,
        joined("+", deeper, deeper),
        template("(({}) % 3)", deeper),
        template("(IF {} THEN {} ELSE {})", truth, deeper, deeper),
        template("(CASE {} -> {} [] OTHER -> {})", truth, deeper, deeper),
        template(f"(LET m{depth} == {{}} IN m{depth} * m{depth})", deeper),
        template(f"(CHOOSE c{depth} \\in 0..2 : c{depth} = {{}} % 3)", deeper),
    )


def sets(depth: int) -> st.SearchStrategy[str]:
    if depth == 0:
        return LEAF_SET
    deeper, truth = sets(depth - 1), booleans(depth - 1)
    return st.one_of(
        LEAF_SET,
        joined("\\cup", deeper, deeper),
        joined("\\cap", deeper, deeper),
        joined("\\", deeper, deeper),
        template(f"{{{{s{depth} \\in {{}} : {{}}}}}}", deeper, truth),
        template("UNION {{{}, {}}}", deeper, deeper),
    )


def booleans(depth: int) -> st.SearchStrategy[str]:
    leaf = st.one_of(
        st.sampled_from(["b", "TRUE", "n = 1", "q = <<>>", "f[1] = f[2]", '"p" = r.a', "s = {}"]),
        template("(r.a = {})", ATOMS),
        template("(f[{}] # n)", KEYS),
    )
    if depth == 0:
        return leaf
    deeper, number, group = booleans(depth - 1), integers(depth - 1), sets(depth - 1)
    return st.one_of(
        leaf,
        joined("/\\", deeper, deeper),
        joined("\\/", deeper, deeper),
        joined("=>", deeper, deeper),
        joined("<=>", deeper, deeper),
        template("~{}", leaf),
        joined("<", number, number),
        joined("=", number, number),
        joined("\\in", number, group),
        joined("\\subseteq", group, group),
        template(f"(\\E e{depth} \\in {{}} : e{depth} < {{}})", group, number),
        template(f"(\\A a{depth} \\in {{}} : {{}} # a{depth})", group, number),
    )


def updates(name: str) -> st.SearchStrategy[str]:
    same = st.just(f"UNCHANGED {name}")
    number, truth = integers(1).map(lambda text: f"({text}) % 3"), booleans(1)
    changes = {
        "n": [
            template("n' = {}", number),
            st.just("n' \\in 0..2"),
            template("n' \\in ({} \\cap (0..2))", sets(1)),
            template("(\\E z \\in {{n, f[1], {} % 3}} : n' = z)", integers(0)),
            template("(IF {} THEN n' = 0 ELSE {} /\\ n' \\in {{n, 1}})", truth, choices()),
            template(
                "(CASE {} -> {} /\\ n' = 1 [] {} -> n' = n [] OTHER -> n' = 2)", truth, choices(), truth
            ),
            template("({} => {} /\\ n' = 0) /\\ n' = 0", truth, choices()),
            template("n' = IF {} THEN 0 ELSE n", truth),
        ],
        "b": [
            template("b' = ({})", truth),
            st.just("b' \\in BOOLEAN"),
            st.just("b' = ~b"),
            template("(b' = b \\/ b' = ({}))", truth),
        ],
        "s": [
            template("s' = ({}) \\cap (0..2)", sets(1)),
            template("s' = s \\cup {{{}}}", number),
            template("s' \\in SUBSET ({} \\cap (0..2))", sets(0)),
            template("s' \\subseteq {{n, f[1]}} \\cap (0..2)"),
        ],
        "f": [
            template("f' = [f EXCEPT ![{}] = {}]", KEYS, number),
            template("f' = [k \\in {{1, 2}} |-> IF {} THEN k ELSE f[k]]", truth),
            template("f' = [f EXCEPT ![{}] = (@ + 1) % 3]", KEYS),
        ],
        "q": [
            template("q' = IF Len(q) < 2 THEN Append(q, {}) ELSE Tail(q)", ATOMS),
            st.just("(q # <<>> /\\ q' = Tail(q))"),
        ],
        "r": [
            template("r' = [r EXCEPT !.a = {}]", ATOMS),
            template("r' = [a |-> {}, c |-> {}]", ATOMS, number),
            template("r' = [r EXCEPT !.c = {}, !.a = {}]", number, ATOMS),
        ],
    }
    return st.one_of(same, *changes[name])


def choices() -> st.SearchStrategy[str]:
    """Formulas that may be true in several ways."""
    plain, group, number = booleans(1), sets(1), integers(0)
    return st.one_of(
        joined("\\/", plain, plain),
        template("(\\E g \\in {} : g < {} \\/ g = {})", group, number, number),
        template("(\\E g, h \\in {{n, {}, {}}} : g < h \\/ {})", number, number, plain),
        template("(\\E g \\in ({}) \\cup (0..n) \\cup {{f[1]}} : {})", group, plain),
        template("Some({})", number),
        template("Given({})", plain),
    )


def guards() -> st.SearchStrategy[str]:
    """Tests: those that choose are true in several ways, and each way counts."""
    plain, group, number, choice = booleans(1), sets(1), integers(0), choices()
    return st.one_of(
        plain,
        choice,
        joined("/\\", choice, choice),
        template("(\\E g \\in 0..2 : g \\in {} /\\ {})", group, plain),
        template("(\\A g \\in 1..2 : g < {} \\/ {})", number, plain),
        template("(\\A g \\in {} : g < {} \\/ {})", group, number, plain),
        template("(IF {} THEN {} ELSE {})", plain, choice, choice),
        template("(LET w == {} IN w \\/ {})", choice, plain),
        template("(CASE {} -> {} [] {} -> {} [] OTHER -> TRUE)", plain, choice, choice, plain),
        template("({} => {})", plain, choice),
        template("~{}", choice),
    )


def afterthoughts() -> st.SearchStrategy[str]:
    """Tests of a state that is complete."""
    plain = booleans(0)
    return st.one_of(
        template("(n' # n \\/ {} \\/ b')", plain),
        template("(\\E g \\in s' : g \\in {{n, n', 1}} \\/ {})", plain),
        template("[b' = b \\/ {}]_n", plain),
        template("<<b' = b \\/ {}>>_b", plain),
        template("(LET w == n' = n \\/ {} IN w)", plain),
        template("Given(n' = n \\/ {})", plain),
    )


@st.composite
def actions(draw: st.DrawFn) -> str:
    guard = draw(guards())
    order = draw(st.permutations(list(VARIABLES))) if draw(st.booleans()) else VARIABLES
    last = [draw(afterthoughts())] if draw(st.integers(0, 3)) == 0 else []
    return "\n        /\\ ".join(["/\\ " + guard, *(draw(updates(name)) for name in order), *last])


@st.composite
def models(draw: st.DrawFn) -> str:
    """The text of `MODULE Random`, with Init, Next, Inv, Step, Within (for CONSTRAINT) and Allowed (for
    ACTION_CONSTRAINT)."""
    steps = draw(st.lists(actions(), min_size=1, max_size=3))
    definitions = "\n".join(f"A{i} ==\n        {text}" for i, text in enumerate(steps))
    either = " \\/ ".join(f"A{i}" for i in range(len(steps)))
    start = draw(
        st.sampled_from(
            [
                "n = 0 /\\ b = FALSE",
                "n \\in 0..1 /\\ b \\in BOOLEAN",
                "n \\in 0..1 /\\ b \\in {n = 0, n = 1, TRUE} /\\ (b \\/ n = 0)",
                "(n = 0 \\/ n \\in 0..1) /\\ b = (n = 0) /\\ (\\E g \\in {n, 0, 1} : g > 0)",
            ]
        )
    )
    invariant, step = draw(booleans(2)), draw(booleans(1))
    within, allowed = draw(booleans(1)), draw(booleans(1))
    return f"""---- MODULE Random ----
EXTENDS Integers, Sequences, FiniteSets
VARIABLES {", ".join(VARIABLES)}
Some(p) == p = n \\/ \\E t \\in s : t < p
Given(p) == p \\/ n = 0
Init == {start} /\\ s = {{}} /\\ f = [k \\in {{1, 2}} |-> 0] /\\ q = <<>> /\\ r = [a |-> "p", c |-> 1]
{definitions}
Next == {either}
Inv == {invariant}
Step == [][{step} \\/ n' # n \\/ s \\subseteq s']_<<{", ".join(VARIABLES)}>>
Within == {within} \\/ n # 2
Allowed == {allowed} \\/ n' > n
====
"""


CONSTRAINTS = st.sampled_from(
    [
        "",
        "CONSTRAINT Within\n",
        "ACTION_CONSTRAINT Allowed\n",
        "CONSTRAINT Within\nACTION_CONSTRAINT Allowed\n",
    ]
)
"""Lines of a configuration for a random model."""
