"""Small transition systems whose verdicts can be worked out by hand, and random ones."""

from __future__ import annotations

from hypothesis import strategies as st

from aioformal.ir.sort import BOOL, EnumSort, Sort, int_sort
from aioformal.ir.system import (
    Initial,
    Input,
    Label,
    StateVariable,
    SystemPart,
    SystemProperty,
    Transition,
    TransitionSystem,
)
from aioformal.ir.term import (
    Term,
    add,
    and_,
    boolean,
    enum,
    eq,
    input_variable,
    integer,
    ite,
    le,
    lt,
    next_variable,
    not_,
    or_,
    true,
    variable,
)
from aioformal.resolve.model import PartKind, PropertyKind
from tests.unit.engine.hand_built import Build, always, every_step, transition


def counter(width: int) -> TransitionSystem:
    """x counts from 0 upwards and never stops."""
    sort = int_sort(0, width)
    x = variable("x", sort)
    return TransitionSystem(
        variables=(StateVariable("x", sort),),
        initial=(Initial(true, {"x": integer(0)}),),
        transitions=(transition("Up", x=add(x, integer(1))),),
        properties=(
            always("NotSeventeen", not_(eq(x, integer(17)))),
            always("NotNegative", le(integer(0), x)),
            every_step("Grows", lt(x, next_variable("x", sort))),
        ),
    )


def unbounded(_: int) -> TransitionSystem:
    """Two unbounded integers: x grows by 1 or 2, and y is always twice x."""
    sort = int_sort(None, None)
    x, y, more = variable("x", sort), variable("y", sort), input_variable("more", BOOL)
    by = ite(more, integer(2), integer(1))
    up = Transition(Label("Up"), true, {"x": add(x, by), "y": add(y, add(by, by))}, (Input("more", BOOL),))
    return TransitionSystem(
        variables=(StateVariable("x", sort), StateVariable("y", sort)),
        initial=(Initial(true, {"x": integer(0), "y": integer(0)}),),
        transitions=(up,),
        properties=(
            always("Twice", eq(y, add(x, x))),
            always("NotNegative", le(integer(0), x)),
            always("SumNotNegative", le(integer(0), add(x, y))),
            always("Below", lt(x, integer(9))),
        ),
    )


def choosing(width: int) -> TransitionSystem:
    """x goes from 0 to 1 by the choice 1, and from there to 9 by the choice 2; else back to 0."""
    sort, choice = int_sort(0, width), Input("i", int_sort(0, 3))
    x, i = variable("x", sort), input_variable("i", choice.sort)
    from_zero = ite(eq(i, integer(1)), integer(1), integer(0))
    from_one = ite(eq(i, integer(2)), integer(9), integer(0))
    updates = {"x": ite(eq(x, integer(0)), from_zero, from_one)}
    return TransitionSystem(
        variables=(StateVariable("x", sort),),
        initial=(Initial(true, {"x": integer(0)}),),
        transitions=(Transition(Label("Go"), lt(x, integer(2)), updates, (choice,)),),
        properties=(always("Few", lt(x, integer(9))),),
    )


def mutex(_: int) -> TransitionSystem:
    """Two processes, idle, waiting, critical, and a lock. Exclusion needs to know who holds the lock."""
    sort = EnumSort(3)
    lock = variable("lock", BOOL)
    transitions: list[Transition] = []
    for i in (0, 1):
        pc = variable(f"pc{i}", sort)
        at = [eq(pc, enum(n, 3)) for n in range(3)]
        transitions += [
            Transition(Label("Ask", (("i", i),)), at[0], {f"pc{i}": enum(1, 3)}),
            Transition(
                Label("Take", (("i", i),)),
                and_(at[1], not_(lock)),
                {f"pc{i}": enum(2, 3), "lock": true},
            ),
            Transition(Label("Leave", (("i", i),)), at[2], {f"pc{i}": enum(0, 3), "lock": boolean(False)}),
        ]
    critical = [eq(variable(f"pc{i}", sort), enum(2, 3)) for i in (0, 1)]
    return TransitionSystem(
        variables=(StateVariable("pc0", sort), StateVariable("pc1", sort), StateVariable("lock", BOOL)),
        initial=(Initial(true, {"pc0": enum(0, 3), "pc1": enum(0, 3), "lock": boolean(False)}),),
        transitions=tuple(transitions),
        properties=(
            always("Exclusion", not_(and_(*critical))),
            always("LockHeld", eq(lock, or_(*critical))),
            always("NeverCritical", not_(critical[1])),
        ),
    )


def ring(size: int) -> Build:
    """A token goes round 0 .. size - 1 by adding one modulo size; odd places beyond are unreachable, and
    from there the bad place -- the last -- is entered after a while: k-inductive only for a large k."""

    def build(_: int) -> TransitionSystem:
        sort = int_sort(0, 2 * size)
        x = variable("x", sort)
        start_again = ite(eq(x, integer(size - 1)), integer(0), add(x, integer(1)))
        return TransitionSystem(
            variables=(StateVariable("x", sort),),
            initial=(Initial(true, {"x": integer(0)}),),
            transitions=(transition("Go", lt(x, integer(2 * size)), x=start_again),),
            properties=(always("NotLast", not_(eq(x, integer(2 * size)))),),
        )

    return build


Atom = tuple[str, str, int | None]
"""`("state" | "next" | "input", name, number)`: a boolean itself, an enumeration or a choice that equals the
number, an integer that is at most the number."""
Literal = tuple[bool, Atom]
CHOICE = Input("i", int_sort(0, 2))
ATOMS = [("a", None), ("b", None), *(("e", i) for i in range(3)), *(("n", i) for i in range(3))]


def sorts(width: int) -> dict[str, Sort]:
    return {"a": BOOL, "b": BOOL, "n": int_sort(0, width), "e": EnumSort(3)}


def literal(described: Literal, width: int) -> Term:
    negated, (kind, name, number) = described
    if kind == "input":
        term = eq(input_variable("i", CHOICE.sort), integer(number))
    else:
        leaf = (variable if kind == "state" else next_variable)(name, sorts(width)[name])
        if name in ("a", "b"):
            term = leaf
        else:
            term = le(leaf, integer(number)) if name == "n" else eq(leaf, enum(number, 3))
    return not_(term) if negated else term


def literals(*kinds: str) -> st.SearchStrategy[Literal]:
    atoms = [(kind, name, number) for kind in kinds if kind != "input" for name, number in ATOMS]
    atoms += [("input", "i", number) for number in range(3) if "input" in kinds]
    return st.tuples(st.booleans(), st.sampled_from(atoms))


def clause(described: list[Literal], width: int) -> Term:
    return or_(*(literal(one, width) for one in described))


def cube(described: list[Literal], width: int) -> Term:
    return and_(*(literal(one, width) for one in described))


def updates() -> st.SearchStrategy[dict[str, tuple[str, object]]]:
    truth = st.tuples(st.just("literal"), literals("state", "input"))
    colour = st.tuples(st.sampled_from(["always", "sometimes"]), st.integers(0, 2))
    number = st.tuples(st.sampled_from(["set", "wrap", "grow"]), st.integers(0, 3))
    return st.fixed_dictionaries({}, optional={"a": truth, "b": truth, "e": colour, "n": number})


def update(name: str, described: tuple[str, object], width: int) -> Term:
    kind, value = described
    x = variable(name, sorts(width)[name])
    match kind:
        case "literal":
            return literal(value, width)
        case "always":
            return enum(value, 3)
        case "sometimes":
            return ite(variable("a", BOOL), enum(value, 3), x)
        case "set":
            return integer(value)
        case _:
            more = add(x, input_variable("i", CHOICE.sort))
            return more if kind == "grow" else ite(le(more, integer(3)), more, integer(0))


@st.composite
def random_builds(draw: st.DrawFn) -> Build:
    """Systems of four variables, two to five transitions, constraints now and then. The integer starts
    with the shape 0..3 and may grow up to 4, which its shape has to follow."""
    guards = st.lists(literals("state", "input"), max_size=2)
    rules = draw(st.lists(st.tuples(guards, updates()), min_size=2, max_size=5))
    constraint = draw(st.lists(literals("state"), max_size=3))
    action_constraint = draw(st.lists(literals("state", "next"), max_size=3))
    states = draw(st.lists(st.lists(literals("state"), min_size=1, max_size=3), min_size=1, max_size=3))
    steps = draw(st.lists(st.lists(literals("state", "next"), min_size=1, max_size=4), max_size=2))
    first = draw(st.sampled_from([one_start(), free_start()]))

    def build(width: int) -> TransitionSystem:
        few = le(variable("n", sorts(width)["n"]), integer(2))
        return TransitionSystem(
            variables=tuple(StateVariable(name, sort) for name, sort in sorts(width).items()),
            initial=(first,),
            transitions=tuple(
                Transition(
                    Label(f"T{i}"),
                    cube(guard, width),
                    {name: update(name, described, width) for name, described in changes.items()},
                    (CHOICE,),
                )
                for i, (guard, changes) in enumerate(rules)
            ),
            properties=(
                *(always(f"S{i}", clause(described, width)) for i, described in enumerate(states)),
                *(every_step(f"A{i}", clause(described, width)) for i, described in enumerate(steps)),
                mixed("M", clause(states[0], width), [clause(described, width) for described in steps]),
            ),
            constraint=and_(few, clause(constraint, width)) if constraint else few,
            action_constraint=clause(action_constraint, width) if action_constraint else true,
        )

    return build


def mixed(name: str, initially: Term, steps: list[Term]) -> SystemProperty:
    """A property with an INITIAL part and STEP parts."""
    parts = [SystemPart(PartKind.INITIAL, initially), *(SystemPart(PartKind.STEP, term) for term in steps)]
    return SystemProperty(name, PropertyKind.ACTION, tuple(parts))


def one_start() -> Initial:
    return Initial(true, {"a": boolean(False), "b": boolean(False), "n": integer(0), "e": enum(0, 3)})


def free_start() -> Initial:
    """Several initial states; the input i has another sort here than in the transitions."""
    a, i = input_variable("a", BOOL), input_variable("i", EnumSort(3))
    values = {"a": a, "b": boolean(True), "n": integer(1), "e": i}
    return Initial(not_(eq(i, enum(1, 3))), values, (Input("a", BOOL), Input("i", EnumSort(3))))
