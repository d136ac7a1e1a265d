"""The constructors of terms. Everything above builds terms with these and with nothing else.

They fold while they build: constants, doubles and complements, choices between equal or boolean
branches, comparisons that the intervals of their arguments decide. Raises `TypeError` for arguments
of the wrong sort, which is always a fault of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from aioformal.ir.arithmetic import add, div, mod, mul, neg, sub
from aioformal.ir.comparison import eq, iff, le, lt
from aioformal.ir.first import bound_variable, first
from aioformal.ir.logic import and_, implies, ite, not_, or_
from aioformal.ir.node import Op, Payload, Term, false, integer, leaf, postorder, true
from aioformal.ir.sort import EnumSort, Sort
from aioformal.ir.text import text


def boolean(truth: bool) -> Term:
    return true if truth else false


def enum(member: int, size: int) -> Term:
    """Member number `member` of an enumeration of `size`."""
    if isinstance(member, bool) or not 0 <= member < size:
        raise TypeError(f"{member} is no member of an enumeration of {size}")
    return leaf("constant", member, EnumSort(size))


def variable(name: str, sort: Sort) -> Term:
    """The value of a state variable before the step."""
    return leaf("state", name, sort)


def next_variable(name: str, sort: Sort) -> Term:
    """The value of a state variable after the step."""
    return leaf("next", name, sort)


def input_variable(name: str, sort: Sort) -> Term:
    """A value chosen freely for one step."""
    return leaf("input", name, sort)


def variables_of(*roots: Term) -> set[Term]:
    """The `state`, `next` and `input` variables below the roots, also in what `first` looks for."""
    return {term for term in postorder(roots) if term.is_variable}


def substitute(roots: Iterable[Term], replacement: Mapping[Term, Term]) -> list[Term]:
    """The roots with some terms replaced, built and folded anew. What stands for a replaced term is
    not looked into again."""
    roots = list(roots)
    done = substitution(roots, replacement)
    return [done[root] for root in roots]


def substitution(
    roots: Iterable[Term], replacement: Mapping[Term, Term], otherwise: Mapping[Term, Term] | None = None
) -> dict[Term, Term]:
    """What becomes of the roots and of terms below them. Terms that hold nothing replaced stay, or become
    what `otherwise` says: so a substitution can begin with what another one did."""
    done: dict[Term, Term] = dict(replacement)
    touched = _touched_by(replacement)
    for root in roots:
        stack = [root]
        while stack:
            term = stack[-1]
            if term in done:
                stack.pop()
            elif not term.support & touched:
                done[stack.pop()] = term if otherwise is None else otherwise[term]
            elif waiting := [arg for arg in term.args if arg not in done]:
                stack.extend(waiting)
            elif term.args:
                done[stack.pop()] = rebuilt(term, tuple([done[arg] for arg in term.args]))
            else:
                done[stack.pop()] = term if otherwise is None else otherwise[term]
    return done


def _touched_by(replaced: Iterable[Term]) -> int:
    """A term whose support has none of these bits holds nothing that is replaced."""
    touched = 0
    for term in replaced:
        touched |= term.support if term.is_variable else -1
    return touched


def rebuilt(term: Term, args: tuple[Term, ...]) -> Term:
    """The same operator on other arguments."""
    return term if args == term.args else _MAKERS[term.op](*args)


_MAKERS: Mapping[Op, Callable[..., Term]] = {
    "not": not_,
    "and": and_,
    "or": or_,
    "ite": ite,
    "eq": eq,
    "le": le,
    "add": add,
    "neg": neg,
    "mul": mul,
    "div": div,
    "mod": mod,
    "first": lambda *args: first(args[:-2], *args[-2:]),
}

__all__ = [
    "Op",
    "Payload",
    "Term",
    "add",
    "and_",
    "boolean",
    "bound_variable",
    "div",
    "enum",
    "eq",
    "false",
    "first",
    "iff",
    "implies",
    "input_variable",
    "integer",
    "ite",
    "le",
    "lt",
    "mod",
    "mul",
    "neg",
    "next_variable",
    "not_",
    "or_",
    "postorder",
    "rebuilt",
    "sub",
    "substitute",
    "substitution",
    "text",
    "true",
    "variable",
    "variables_of",
]
