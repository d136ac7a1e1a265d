"""Models that treat the members of P alike, and those of V, and what their orbits are by brute force."""

from __future__ import annotations

from hypothesis import strategies as st

from aioformal.concrete import compile_model
from aioformal.resolve.model import Model
from aioformal.value.permutation import Permutation, group_of, renamed
from aioformal.value.values import State

VALUES = {
    "pc": "[p \\in P |-> 0]",
    "next": "[p \\in P |-> nobody]",
    "seen": "{}",
    "queue": "<<>>",
    "leader": "nobody",
    "pairs": "{}",
    "teams": "{}",
    "mixed": "nobody",
    "known": "[p \\in {} |-> 0]",
    "has": "[p \\in P |-> nobody]",
    "votes": "{}",
    "picks": "[v \\in V |-> {}]",
}

ACTIONS = {
    "pc": ["pc[p] < 2 /\\ pc' = [pc EXCEPT ![p] = @ + 1]", "\\E q \\in P : pc' = [pc EXCEPT ![p] = pc[q]]"],
    "next": ["\\E q \\in P \\ {p} : next' = [next EXCEPT ![p] = q]", "next' = [next EXCEPT ![p] = nobody]"],
    "seen": ["seen' = seen \\cup {p}", "p \\in seen /\\ seen' = P \\ seen"],
    "queue": ["Len(queue) < 2 /\\ queue' = Append(queue, p)", "queue # <<>> /\\ queue' = Tail(queue)"],
    "leader": ["leader = nobody /\\ leader' = p", "leader = p /\\ leader' = nobody"],
    "pairs": ["Cardinality(pairs) < 2 /\\ \\E q \\in P : pairs' = pairs \\cup {<<p, q>>}"],
    "teams": ["Cardinality(teams) < 2 /\\ \\E q \\in P : teams' = teams \\cup {{p, q}}"],
    "mixed": ["mixed' = p", "mixed' = <<p>>", "mixed' = [of |-> p]"],
    "known": [
        "known' = [q \\in DOMAIN known \\cup {p} |-> Cardinality(DOMAIN known)]",
        "known' = [q \\in {p} |-> 1]",
    ],
    "has": ["\\E v \\in V : has' = [has EXCEPT ![p] = v]", "has' = [q \\in P |-> has[p]]"],
    "votes": ["Cardinality(votes) < 2 /\\ \\E v \\in V : votes' = votes \\cup {[by |-> p, of |-> v]}"],
    "picks": ["\\E v \\in V : picks' = [picks EXCEPT ![v] = @ \\cup {p}]"],
}

INVARIANTS = {
    "pc": "Cardinality({p \\in P : pc[p] = 2}) < 2",
    "next": "\\A p \\in P : next[p] = nobody \\/ next[next[p]] # p",
    "seen": "seen # P",
    "queue": "Len(queue) = 2 => queue[1] # queue[2]",
    "leader": "leader = nobody",
    "pairs": "\\A x \\in pairs : x[1] = x[2] \\/ <<x[2], x[1]>> \\notin pairs",
    "teams": "Cardinality(teams) < 2 \\/ {} # {t \\in teams : Cardinality(t) = 1}",
    "mixed": "TRUE",
    "known": "Cardinality(DOMAIN known) < 3",
    "has": "\\A v \\in V : Cardinality({p \\in P : has[p] = v}) < 3",
    "votes": "\\A x, y \\in votes : x.by = y.by => x.of = y.of",
    "picks": "UNION {picks[v] : v \\in V} # P",
}


@st.composite
def symmetric_models(draw: st.DrawFn) -> tuple[str, str]:
    """A specification and its configuration without SYMMETRY; `Perms` is what that may name."""
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True))
    members = draw(st.integers(2, 4 if len(names) < 3 else 3))
    some = draw(st.booleans())
    steps: list[str] = []
    for name in names:
        for action in draw(st.lists(st.sampled_from(ACTIONS[name]), min_size=1, unique=True)):
            others = [other for other in names if other != name]
            kept = f" /\\ UNCHANGED <<{', '.join(others)}>>" if others else ""
            steps.append(f"\\E p \\in P : {action}{kept}")
    init = " /\\ ".join(
        f"{name} \\in P" if some and name == "leader" else f"{name} = {VALUES[name]}" for name in names
    )
    text = "\n".join(
        (
            "CONSTANTS P, V, nobody",
            f"VARIABLES {', '.join(names)}",
            f"Init == {init}",
            "Next == " + " \\/ ".join(f"({step})" for step in steps),
            "Inv == " + " /\\ ".join(f"({INVARIANTS[name]})" for name in names),
            f"Grows == [][{names[0]}' # {VALUES[names[0]]}]_{names[0]}",
            "Perms == Permutations(P) \\cup Permutations(V)",
        )
    )
    constants = f"P = {{{', '.join('abcd'[:members])}}} V = {{u, w}} nobody = nobody"
    return text, f"CONSTANTS {constants}\nINVARIANT Inv\nPROPERTY Grows\n"


SPECIAL = ["n = a", "n # a", "n = First(P)", "n = First({x \\in P : x # a})", "n \\in SomeOf(P)"]
"""What may be said of a member n of P that is not the same for all of them."""

ABOUT_ONE = ["VARIABLE # n", "VARIABLE = n", "TRUE"]


@st.composite
def lopsided_models(draw: st.DrawFn) -> tuple[str, str]:
    """The same, but one step, or what is checked, may treat members of P differently."""
    text, config = draw(symmetric_models())
    special = draw(st.sampled_from(SPECIAL))
    where = draw(st.sampled_from(["Next", "Inv"]))
    lines = text.split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith(f"{where} =="))
    if where == "Next":
        lines[at] = lines[at].replace("\\E p \\in P : ", f"\\E p \\in {{n \\in P : {special}}} : ", 1)
    else:
        about = draw(st.sampled_from(ABOUT_ONE)).replace("VARIABLE", lines[1].split()[1].rstrip(","))
        kept = draw(st.sampled_from(["FALSE", lines[at].removeprefix("Inv == ")]))
        lines[at] = f"Inv == ({kept}) \\/ (\\E n \\in P : ({special}) /\\ {about})"
    lines[at:at] = ["First(S) == CHOOSE x \\in S : TRUE", "SomeOf(S) == CHOOSE T \\in SUBSET S : T # {}"]
    lines[0] = "CONSTANTS P, V, nobody, a"
    return "\n".join(lines), config.replace("nobody = nobody", "nobody = nobody a = a", 1)


def image(state: State, by: Permutation) -> State:
    return tuple(renamed(value, by) for value in state)


def orbits_of(model: Model) -> tuple[int, int]:
    """How many orbits there are among all reachable states, and what their states generate."""
    program = compile_model(model)
    assert model.symmetry is not None
    group = list(group_of(program.evaluate(model.symmetry)).elements())
    initial = list(program.initial_states())
    waiting, seen, count, generated = list(initial), set[State](), 0, len(initial)
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen |= {image(state, by) for by in group}
        count += 1
        successors = [step.state for step in program.successors(state)]
        generated += len(successors)
        waiting += successors
    return count, generated
