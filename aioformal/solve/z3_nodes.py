"""Terms as Z3 expressions, through Z3's C interface: one call is about nine times as fast as one node
of the Python interface on top of it.

Nodes are the pointers of the C interface. They live as long as the context: a reference is taken for
each and none is given back, the whole memory goes at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

import z3  # pyright: ignore[reportMissingTypeStubs]
from z3 import z3core  # pyright: ignore[reportMissingTypeStubs]

from aioformal.ir.sort import BoolSort, Sort
from aioformal.ir.term import Term
from aioformal.solve.protocol import Answer

core = cast(Any, z3core)
_z3 = cast(Any, z3)

Node: TypeAlias = Any
"""A `Z3_ast`."""

_BINARY = {
    "=": core.Z3_mk_eq,
    "bvadd": core.Z3_mk_bvadd,
    "bvmul": core.Z3_mk_bvmul,
    "bvudiv": core.Z3_mk_bvudiv,
    "bvurem": core.Z3_mk_bvurem,
    "bvsdiv": core.Z3_mk_bvsdiv,
    "bvsmod": core.Z3_mk_bvsmod,
    "bvule": core.Z3_mk_bvule,
    "bvsle": core.Z3_mk_bvsle,
    "<=": core.Z3_mk_le,
    "div": core.Z3_mk_div,
    "mod": core.Z3_mk_mod,
}
_UNARY = {"not": core.Z3_mk_not, "bvneg": core.Z3_mk_bvneg, "-": core.Z3_mk_unary_minus}
_CHAIN = {"and": core.Z3_mk_and, "or": core.Z3_mk_or, "+": core.Z3_mk_add, "*": core.Z3_mk_mul}
ANSWERS = {1: Answer.SAT, -1: Answer.UNSAT, 0: Answer.UNKNOWN}
"""Z3's `lbool`."""
_PREFIX = {"state": "", "next": "'", "input": "?"}


class Context:
    """Z3's memory: one for each solver, so that solvers may run in threads side by side."""

    def __init__(self) -> None:
        self._owner = _z3.Context()
        self.ref = self._owner.ref()

    def keep(self, node: Node) -> Node:
        """Take a reference that lasts as long as the context."""
        core.Z3_inc_ref(self.ref, node)
        return node

    def symbol(self, name: str) -> Any:
        return core.Z3_mk_string_symbol(self.ref, name)

    def interrupt(self) -> None:
        """Ask whatever runs in this context to stop. Safe from any thread."""
        core.Z3_interrupt(self.ref)


class Z3Nodes:
    """The `lowering.Target` of Z3."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._ref = context.ref
        self.bool_sort = context.keep(core.Z3_mk_bool_sort(self._ref))
        self.int_sort = context.keep(core.Z3_mk_int_sort(self._ref))
        self._bit_sorts: dict[int, Any] = {}
        self._true = context.keep(core.Z3_mk_true(self._ref))
        self._false = context.keep(core.Z3_mk_false(self._ref))

    def truth(self, value: bool) -> Node:
        return self._true if value else self._false

    def bits(self, value: int, width: int) -> Node:
        return self._numeral(value % (1 << width), self._bit_sort(width))

    def whole(self, value: int) -> Node:
        return self._numeral(value, self.int_sort)

    def symbol(self, variable: Term, width: int | None) -> Node:
        return self.constant(_PREFIX[variable.op] + variable.name, variable.sort, width)

    def constant(self, name: str, sort: Sort, width: int | None) -> Node:
        """An uninterpreted constant: boolean, a bit vector, or for `width` None an integer."""
        if isinstance(sort, BoolSort):
            own = self.bool_sort
        else:
            own = self.int_sort if width is None else self._bit_sort(width)
        return self._context.keep(core.Z3_mk_const(self._ref, self._context.symbol(name), own))

    def apply(self, operator: str, args: Sequence[Node]) -> Node:
        if operator in _CHAIN:
            node = _CHAIN[operator](self._ref, len(args), array(args))
        elif operator == "ite":
            node = core.Z3_mk_ite(self._ref, *args)
        else:
            node = (_UNARY if len(args) == 1 else _BINARY)[operator](self._ref, *args)
        return self._context.keep(node)

    def extend(self, node: Node, extra: int, signed: bool) -> Node:
        make = core.Z3_mk_sign_ext if signed else core.Z3_mk_zero_ext
        return self._context.keep(make(self._ref, extra, node))

    def cut(self, node: Node, width: int) -> Node:
        return self._context.keep(core.Z3_mk_extract(self._ref, width - 1, 0, node))

    def share(self, node: Node, uses: int, sort: Sort, width: int | None) -> Node:  # noqa: ARG002
        """Z3 shares by itself."""
        return node

    def substituted(self, node: Node, pairs: Sequence[tuple[Node, Node]]) -> Node:
        """The node with constants replaced, all at once: each pair is an old one and a new one."""
        if not pairs:
            return node
        old, new = array([pair[0] for pair in pairs]), array([pair[1] for pair in pairs])
        return self._context.keep(core.Z3_substitute(self._ref, node, len(pairs), old, new))

    def _numeral(self, value: int, sort: Any) -> Node:
        if -(1 << 63) <= value < 1 << 63:
            return self._context.keep(core.Z3_mk_int64(self._ref, value, sort))
        return self._context.keep(core.Z3_mk_numeral(self._ref, str(value), sort))

    def _bit_sort(self, width: int) -> Any:
        sort = self._bit_sorts.get(width)
        if sort is None:
            sort = self._bit_sorts[width] = self._context.keep(core.Z3_mk_bv_sort(self._ref, width))
        return sort


def array(nodes: Sequence[Node]) -> Any:
    """The nodes as the C array that Z3's functions with many arguments take."""
    return (core.Ast * len(nodes))(*nodes)


def read_constant(context: Context, model: Any, node: Node) -> bool | int:
    """The value of a node in a model, completed: booleans, integers, and bit vectors read unsigned."""
    out = (core.Ast * 1)()
    if not core.Z3_model_eval(context.ref, model, node, True, out):
        raise ValueError("the model does not evaluate")
    value = out[0]
    core.Z3_inc_ref(context.ref, value)
    try:
        truth = core.Z3_get_bool_value(context.ref, value)
        return truth == 1 if truth else int(core.Z3_get_numeral_string(context.ref, value))
    finally:
        core.Z3_dec_ref(context.ref, value)


def set_parameters(context: Context, solver: Any, values: Mapping[str, bool | int]) -> None:
    """Set parameters of a solver by their names."""
    ref = context.ref
    params = core.Z3_mk_params(ref)
    core.Z3_params_inc_ref(ref, params)
    for name, value in values.items():
        setter = core.Z3_params_set_bool if isinstance(value, bool) else core.Z3_params_set_uint
        setter(ref, params, context.symbol(name), value)
    core.Z3_solver_set_params(ref, solver, params)
    core.Z3_params_dec_ref(ref, params)


def judge_script(script: str, seconds: float | None) -> Answer:
    """What a fresh Z3 says of the assertions in an SMT-LIB script."""
    context = Context()
    solver = core.Z3_mk_solver(context.ref)
    core.Z3_solver_inc_ref(context.ref, solver)
    set_parameters(context, solver, {"ctrl_c": False, "timeout": milliseconds(seconds)})
    try:
        core.Z3_solver_from_string(context.ref, solver, script)
    except _z3.Z3Exception as failure:
        raise ValueError(f"Z3 cannot read the script: {failure}") from None
    return ANSWERS[core.Z3_solver_check(context.ref, solver)]


def milliseconds(seconds: float | None) -> int:
    """A time limit as Z3 wants it; its greatest number stands for none."""
    return 0xFFFFFFFF if seconds is None else max(1, min(0xFFFFFFFE, int(seconds * 1000)))
