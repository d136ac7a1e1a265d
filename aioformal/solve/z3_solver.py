"""Z3 as an incremental solver for terms at frames.

A formula is translated once, free of frames, and then substituted per frame. Finite systems go to the
solver for QF_FD, which blasts everything into bits and keeps what it learns; systems with an
unbounded integer go to the solver for linear arithmetic with everything else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from aioformal.ir.sort import BOOL, BoolSort, EnumSort, Sort
from aioformal.ir.term import Term, true
from aioformal.solve.lowering import Lowering
from aioformal.solve.places import Place, leaves_of, place_of
from aioformal.solve.protocol import Answer, At
from aioformal.solve.z3_nodes import (
    ANSWERS,
    Context,
    Node,
    Z3Nodes,
    array,
    core,
    milliseconds,
    read_constant,
    set_parameters,
)

STOPPING_SECONDS = 5.0
"""How long a cancelled query may take until the solver is given up."""


class Z3Solver:
    """A `protocol.Solver`. `finite` says that every integer variable has a bound on both sides."""

    def __init__(self, *, finite: bool) -> None:
        self._context = Context()
        self._nodes = Z3Nodes(self._context)
        self._lowering: Lowering[Node] = Lowering(self._nodes, finite=finite)
        self._frames = Frames(self._context, self._nodes, self._lowering)
        self._solver = self._make_solver("QF_FD" if finite else "ALL")
        self._literals: dict[At, tuple[Node, Node]] = {}
        self._facts: list[Node] = []
        self._query: Z3Query | None = None

    def add(self, fact: At) -> None:
        self._assert(self._frames.at(fact))

    def ask(self, assumptions: Iterable[At], seconds: float | None = None) -> Z3Query:
        if self._query is not None and self._query.running:
            raise RuntimeError("the solver is still at work")
        wanted = dict.fromkeys(assumption for assumption in assumptions if assumption.term is not true)
        for assumption in wanted:
            if assumption not in self._literals:
                self._literals[assumption] = self._make_literal(assumption)
        literals = [yes if at in wanted else no for at, (yes, no) in self._literals.items()]
        self._set_time_limit(seconds)
        self._query = Z3Query(self._context, self._solver, literals, self._facts)
        return self._query

    def value(self, variable: At) -> bool | int:
        if self._query is None or self._query.model is None:
            raise ValueError("there is no assignment")
        sort = variable.term.sort
        node = self._frames.known(place_of(variable.term, variable))
        if node is None:
            return _any_member(sort)
        found = read_constant(self._context, self._query.model, node)
        form = self._lowering.format(sort)
        if form is not None and form.signed and found >= 1 << form.width - 1:
            return found - (1 << form.width)
        return bool(found) if isinstance(sort, BoolSort) else int(found)

    def why_unknown(self) -> str:
        return str(core.Z3_solver_get_reason_unknown(self._context.ref, self._solver))

    def _make_solver(self, logic: str) -> Any:
        ref = self._context.ref
        solver = core.Z3_mk_solver_for_logic(ref, self._context.symbol(logic))
        core.Z3_solver_inc_ref(ref, solver)
        return solver

    def _set_time_limit(self, seconds: float | None) -> None:
        # Ctrl-C is Python's business: it ends the run through `Query.cancel`.
        set_parameters(self._context, self._solver, {"ctrl_c": False, "timeout": milliseconds(seconds)})

    def _assert(self, node: Node) -> None:
        for side in self._frames.taken_sides():
            self._facts.append(side)
            core.Z3_solver_assert(self._context.ref, self._solver, side)
        self._facts.append(node)
        core.Z3_solver_assert(self._context.ref, self._solver, node)

    def _make_literal(self, assumption: At) -> tuple[Node, Node]:
        """A fresh boolean that implies the assumption, and its negation: solvers take only literals. A
        question denies the literals that it does not assume, else the solver might choose to satisfy
        what nobody asked for, and be busy with that."""
        node = self._frames.at(assumption)
        literal = self._nodes.constant(f"@ask{len(self._literals)}", BOOL, None)
        denied = self._nodes.apply("not", [literal])
        self._assert(self._nodes.apply("or", [denied, node]))
        return literal, denied


class Frames:
    """Z3 nodes of terms at frames, and the ranges of the variables that appear in them."""

    def __init__(self, context: Context, nodes: Z3Nodes, lowering: Lowering[Node]) -> None:
        self._context = context
        self._nodes = nodes
        self._lowering = lowering
        self._variables: dict[Place, Node] = {}
        self._leaves: dict[Term, list[Term]] = {}
        self._sides: list[Node] = []

    def at(self, fact: At) -> Node:
        """The node of a term at a frame."""
        node = self._lowering.lower(fact.term)
        leaves = self._leaves.get(fact.term)
        if leaves is None:
            leaves = self._leaves[fact.term] = leaves_of(fact.term)
        pairs = [(self._lowering.lower(leaf), self._variable(leaf, place_of(leaf, fact))) for leaf in leaves]
        return self._nodes.substituted(node, pairs)

    def known(self, place: Place) -> Node | None:
        """The constant that stands for a variable at a frame, if one does."""
        return self._variables.get(place)

    def taken_sides(self) -> list[Node]:
        """The range conditions of variables that are new since the last call."""
        sides, self._sides = self._sides, []
        return sides

    def _variable(self, leaf: Term, place: Place) -> Node:
        node = self._variables.get(place)
        if node is None:
            node = self._variables[place] = self._declared(leaf, place)
        return node

    def _declared(self, leaf: Term, place: Place) -> Node:
        form = self._lowering.format(place.sort)
        node = self._nodes.constant(place.symbol, place.sort, None if form is None else form.width)
        within = self._lowering.in_range(leaf)
        if within is not None:
            self._sides.append(self._nodes.substituted(within, [(self._lowering.lower(leaf), node)]))
        return node


def _any_member(sort: Sort) -> bool | int:
    if isinstance(sort, BoolSort):
        return False
    if isinstance(sort, EnumSort):
        return 0
    if sort.lo is not None:
        return max(sort.lo, min(0, sort.hi if sort.hi is not None else 0))
    return 0 if sort.hi is None else min(0, sort.hi)


class Z3Query:
    """A check in a thread of its own, so that whoever asked can go on giving signs of life."""

    def __init__(self, context: Context, solver: Any, literals: list[Node], facts: list[Node]) -> None:
        self._context = context
        self._solver = solver
        self._literals = literals
        self._facts = facts
        self._answer = Answer.UNKNOWN
        self._failure: Exception | None = None
        self._confirmed = False
        self.model: Any = None
        self._thread = threading.Thread(target=self._check, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def wait(self, seconds: float) -> Answer | None:
        self._thread.join(seconds)
        if self._thread.is_alive():
            return None
        if self._failure is not None:
            raise self._failure
        if self._answer is Answer.SAT and not self._confirmed:
            self._take_model()
        return self._answer

    def cancel(self) -> None:
        # An interrupt that comes before Z3 has begun is lost: ask again until it stops.
        deadline = time.monotonic() + STOPPING_SECONDS
        while self._thread.is_alive() and time.monotonic() < deadline:
            self._context.interrupt()
            self._thread.join(0.05)

    def _check(self) -> None:
        ref = self._context.ref
        try:
            found = core.Z3_solver_check_assumptions(
                ref, self._solver, len(self._literals), array(self._literals)
            )
            self._answer = ANSWERS[found]
        except Exception as failure:
            self._failure = failure

    def _take_model(self) -> None:
        """Read the model and have Z3 evaluate in it everything that it must satisfy."""
        ref = self._context.ref
        model = core.Z3_solver_get_model(ref, self._solver)
        core.Z3_model_inc_ref(ref, model)
        asked = (*self._facts, *self._literals)
        if not all(read_constant(self._context, model, node) is True for node in asked):
            raise AssertionError("Z3's model does not satisfy what it was asked")
        self.model = model
        self._confirmed = True
