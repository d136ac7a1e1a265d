"""The names that the steps of a model can have, found without taking any.

Constants may rule an action out before anything is enumerated, or encoded. That it is there all the same,
and never happens, is what a user wants to hear. The rule for labels is that of the enumeration; where a
name depends on more than the text (an action that is a parameter, or of a LET), nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aioformal.concrete.choices import conjuncts, defined_by, disjuncts, is_choice
from aioformal.concrete.condition import builtin_key
from aioformal.concrete.facts import Analysis
from aioformal.concrete.program import Program
from aioformal.resolve.model import Definition
from aioformal.syntax import ast


def action_names(program: Program) -> tuple[str, ...]:
    """The actions of the next-state action that have a definition, in its order."""
    action = program.model.next
    if action is None:
        return ()
    finder = _Finder(program.analysis, program.model.flat.definitions)
    return tuple(dict.fromkeys(finder.names(action, None, frozenset())))


class _Finder:
    def __init__(self, analysis: Analysis, definitions: Mapping[str, Definition]) -> None:
        self._analysis = analysis
        self._definitions = definitions

    def names(self, expr: ast.Expr, name: str | None, inside: frozenset[str]) -> Iterator[str]:
        """The names of the steps that an action allows where it is entered from the action `name`."""
        match expr:
            case ast.Label(body=body) | ast.Let(body=body) | ast.Quantifier(kind="\\E", body=body):
                yield from self.names(body, name, inside)
            case ast.Name() | ast.Apply() if builtin_key(expr) is None:
                yield from self._entered(expr, inside)
            case ast.ActionBox() | ast.ActionAngle():
                return
            case _ if (parts := disjuncts(expr)) != [expr]:
                for part in parts:
                    yield from self.names(part, name, inside)
            case _:
                yield from self._conjunction(expr, name, inside)

    def _entered(self, expr: ast.Name | ast.Apply, inside: frozenset[str]) -> Iterator[str]:
        definition = defined_by(expr, self._definitions)
        if definition is None or definition.key in inside:
            return
        if self._analysis.of_definition(definition.key).following:
            yield from self.names(definition.body, definition.key, inside | {definition.key})

    def _conjunction(self, expr: ast.Expr, name: str | None, inside: frozenset[str]) -> Iterator[str]:
        looking = [part for part in conjuncts(expr) if self._analysis.of(part).following]
        if len(looking) == 1 and is_choice(looking[0], self._definitions):
            yield from self.names(looking[0], name, inside)
        elif looking and name is not None:
            yield name
