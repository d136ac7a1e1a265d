"""Small models whose variables may read each other, and views that hide some of them."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = ("x", "y", "z")
STEPS = ["{a}' = ({a} + 1) % 4", "{a}' = ({a} + {b}) % 4", "{a}' \\in 0..1", "{a}' \\in {{0, {b}}}"]
STEPS += ["{a}' = {a}", "{a}' = (2 * {a} + 1) % 4", "{a}' = 2"]
GUARDS = ["{a} < 3", "{a} # {b}", "TRUE", "TRUE", "TRUE"]


@st.composite
def viewed_models(draw: st.DrawFn) -> tuple[str, str]:
    """A specification and its configuration without VIEW; `View` is what that may name."""

    def text(templates: list[str], name: str) -> str:
        return draw(st.sampled_from(templates)).format(a=name, b=draw(st.sampled_from(NAMES)))

    def action() -> str:
        guard = text(GUARDS, draw(st.sampled_from(NAMES)))
        return " /\\ ".join((guard, *(text(STEPS, name) for name in NAMES)))

    steps = [action() for _ in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        steps[0] = f"IF {text(GUARDS, 'x')} THEN {steps[0]} ELSE UNCHANGED <<x, y, z>>"
    shown = draw(st.lists(st.sampled_from([*NAMES, "x % 2", "y > z"]), min_size=1, max_size=3, unique=True))
    one = draw(st.sampled_from(NAMES))
    lines = (
        "VARIABLES x, y, z",
        "Init == x = 0 /\\ y \\in 0..1 /\\ z = 0",
        "Next == " + " \\/ ".join(f"({step})" for step in steps),
        f"Inv == {one} < {draw(st.integers(1, 4))}",
        f"Moves == [][{one}' # 3]_{draw(st.sampled_from(NAMES))}",
        f"View == <<{', '.join(shown)}>>",
    )
    bound = "\nCONSTRAINT Bound" if draw(st.booleans()) else ""
    return "\n".join((*lines, f"Bound == {text(GUARDS, one)}")), f"INVARIANT Inv\nPROPERTY Moves{bound}\n"
