"""What can be asked of a generated module: initial states, successors, checks, a monitor."""

from __future__ import annotations

from collections.abc import Iterator

from aioformal.pymodule import action, letting
from aioformal.pymodule.context import Context
from aioformal.pymodule.definitions import file_name, new_scope, place
from aioformal.pymodule.names import text_of_string
from aioformal.pymodule.reading import variables_read
from aioformal.pymodule.rules import rule_lines
from aioformal.pymodule.symbols import ModuleSymbols
from aioformal.resolve.model import Definition, Level, PartKind, Property, PropertyKind, PropertyPart
from aioformal.source import Span
from aioformal.syntax import ast

KINDS = {PartKind.INITIAL: "initial", PartKind.ALWAYS: "invariant", PartKind.STEP: "step"}


class Ends:
    """Writes the last part of a module."""

    def __init__(self, symbols: ModuleSymbols) -> None:
        self.symbols = symbols
        self.model = symbols.model
        self.facts = symbols.facts
        self.remembering = "", ""

    def lines(self) -> Iterator[str]:
        yield from self._history()
        yield from self._initial_states()
        yield from self._successors()
        yield from self._checks()
        yield from self._constraints()
        if any(prop.rule is not None for prop in self.model.properties):
            yield from rule_lines(self.symbols)
        yield f"CHECK_DEADLOCK = {self.model.check_deadlock and self.model.next is not None}\n\n"
        yield "def monitor(most: int = MOST_STATES) -> Monitor:"
        yield '    """Watches a run: tell it the events, one at a time."""'
        yield "    return Monitor(initial_states, successors, CHECKS, most)"

    # ------------------------------------------------------------ behaviour

    def _history(self) -> Iterator[str]:
        """What ordering rules remember of the past, in variables of its own."""
        history = self.model.history
        if history is None:
            return
        first, later = (self.symbols.free_name(name) for name in ("remember_at_first", "remember"))
        self.remembering = first, later
        yield from self._generator(first, history.init, Context({}, "n", None, initial=True))
        yield from self._generator(later, history.step, Context({}, "s", "n"))

    def _generator(self, name: str, body: ast.Expr, context: Context) -> Iterator[str]:
        scope = new_scope(self.symbols, "")
        given = "n: NextState" if context.initial else "s: State, n: NextState"
        with scope.writer.function(f"{name}({given}) -> Iterator[NextState]", *place(body.span)):
            action.enumerate_action(scope, body, context, opens=False)
        yield from [*scope.writer.lines, "\n"]

    def _initial_states(self) -> Iterator[str]:
        init = self.model.init
        name = None
        if init is not None:
            name = self._named(init, "initial")
            if name is None:
                name = self.symbols.free_name("Init")
                yield from self._generator(name, init, Context({}, "n", None, initial=True))
        yield "def initial_states() -> Iterator[State]:"
        yield '    """Every state that Init allows."""'
        if name is None:
            yield "    yield from ()\n\n"
            return
        after = "n"
        yield f"    for n in {name}(NextState()):"
        if self.model.history is not None:
            yield f"        for n in {self.remembering[0]}(n):"
            after = "    n"
        yield f"    {after[:-1]}    yield n.complete()\n\n"

    def _successors(self) -> Iterator[str]:
        following = self.model.next
        name = None
        if following is not None:
            name = self._named(following, "action")
            if name is None:
                name = self.symbols.free_name("Next_action")
                yield from self._unnamed_next(following, name)
        yield "def successors(s: State, wanted: str | None = None) -> Iterator[Successor]:"
        yield '    """Every step out of a state; `wanted`: only those of this action."""'
        if name is None:
            yield "    yield from ()\n\n"
            return
        yield f"    for n in {name}.into(s, NextState(wanted)):"
        yield "        if wanted is None or n.action == wanted:"
        if self.model.history is None:
            yield "            yield n.step()\n\n"
        else:
            yield f"            for n in {self.remembering[1]}(s, n):"
            yield "                yield n.step()\n\n"

    def _unnamed_next(self, following: ast.Expr, name: str) -> Iterator[str]:
        scope = new_scope(self.symbols, "Next")
        with scope.writer.function(
            f"{name}(s: State, n: NextState) -> Iterator[NextState]", *place(following.span)
        ):
            action.enumerate_action(scope, following, Context({}, "s", "n"), opens=True)
        reached = text_of_string(" ".join(self.symbols.reached_names("Next")))
        yield f'@action("Next", reaches={reached})'
        yield from [*scope.writer.lines, "\n"]

    def _named(self, expr: ast.Expr, variant: str) -> str | None:
        """The function for Init or Next where the formula is a definition."""
        definition = self.facts.defined(expr)
        is_plain = isinstance(expr, ast.Name) and definition is not None
        return self.symbols.definition(definition.key, variant) if definition and is_plain else None

    # ------------------------------------------------------------ checks

    def _checks(self) -> Iterator[str]:
        rows: list[str] = []
        skipped: list[str] = []
        for prop in self.model.properties:
            if prop.hidden:
                continue
            for number, part in enumerate(prop.parts, 1):
                if part.kind is PartKind.TEMPORAL or prop.kind is PropertyKind.POSSIBLE:
                    skipped.append(prop.name)
                    continue
                text, row = self._check(prop, part, number)
                yield from text
                rows.append(row)
        yield "CHECKS: tuple[Check, ...] = ("
        yield from (f"    {row}," for row in rows)
        yield ")\n"
        names = "".join(f"{text_of_string(name)}, " for name in dict.fromkeys(skipped))
        yield f"NOT_CHECKED: tuple[str, ...] = ({names.rstrip(' ')})"
        yield '"""Temporal properties, and what is possible: no single step decides them."""\n'

    def _check(self, prop: Property, part: PropertyPart, number: int) -> tuple[list[str], str]:
        definition = self.facts.defined(part.formula)
        if isinstance(part.formula, ast.Name) and definition is not None and part.subscript is None:
            is_predicate = self.facts.is_predicate(definition.key) and definition.level is Level.STATE
            if is_predicate and part.kind is not PartKind.STEP:
                function = self.symbols.definition(definition.key)
                return [], self._row(prop.name, part, function, definition.span)
        function = self.symbols.free_name(prop.name if number == 1 else f"{prop.name}_{number}")
        return self._check_function(part, function), self._row(prop.name, part, function, part.formula.span)

    def _check_function(self, part: PropertyPart, name: str) -> list[str]:
        scope = new_scope(self.symbols, "")
        is_step = part.kind is PartKind.STEP
        formula = part.formula
        if part.subscript is not None:
            formula = ast.ActionBox(formula.span, formula, part.subscript)
        given = "s: State, n: State" if is_step else "s: State"
        with scope.writer.function(f"{name}({given}) -> bool", *place(part.formula.span)):
            letting.tail(scope, formula, Context({}, "s", "n" if is_step else None), is_truth=True)
        return [*scope.writer.lines, "\n"]

    def _row(self, name: str, part: PropertyPart, function: str, span: Span) -> str:
        where = text_of_string(f"{file_name(span.source.name)}:{span.line}")
        read = variables_read(self.facts, part.formula)
        names = "".join(
            f"{text_of_string(self.symbols.variable(v))}, " for v in self.model.variables if v in read
        )
        return (
            f'Check({text_of_string(name)}, "{KINDS[part.kind]}", {function}, {where}, ({names.rstrip(" ")}))'
        )

    def _constraints(self) -> Iterator[str]:
        groups = {"CONSTRAINTS": self.model.constraints, "ACTION_CONSTRAINTS": self.model.action_constraints}
        for name, formulas in groups.items():
            frames = 1 if name == "CONSTRAINTS" else 2
            found = (self.facts.defined(formula) for formula in formulas)
            texts = "".join(f"{self._constraint(d, frames)}, " for d in found if d is not None)
            kinds = ", ".join(["State"] * frames)
            yield f"{name}: tuple[Callable[[{kinds}], bool], ...] = ({texts.rstrip(' ')})"

    def _constraint(self, definition: Definition, frames: int) -> str:
        names = ["s", "n"]
        given = ", ".join(names[: min(frames, int(definition.level))])
        call = f"{self.symbols.definition(definition.key)}({given})"
        if not self.facts.is_predicate(definition.key):
            call = f"truth({call})"
        return f"lambda {', '.join(names[:frames])}: {call}"
