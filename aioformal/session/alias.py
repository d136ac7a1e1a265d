"""ALIAS: a counterexample is shown as the fields of a record, evaluated in every state and the next."""

from __future__ import annotations

from msgspec.structs import replace

from aioformal.concrete import EvaluationError, Program
from aioformal.diagnostic import Diagnostic, Severity
from aioformal.evidence.verdict import Trace
from aioformal.syntax import ast
from aioformal.value.registers import REGISTERS
from aioformal.value.values import Function, State, Value


class Alias:
    """Turns traces into what the configuration wants to see; `problems` says why that cannot be done."""

    def __init__(self, program: Program, record: ast.Expr) -> None:
        self._program = program
        self._record = record
        self.problems: list[Diagnostic] = []

    def shown(self, trace: Trace) -> Trace:
        """A trace whose variables are the fields of the record; as it is where the alias has no value in
        one of its states, or is no record of the same fields in all of them."""
        if not trace.states:
            return trace
        try:
            records = self._records(trace)
        except EvaluationError as problem:
            return self._unshown(trace, f"it cannot be evaluated: {problem.diagnostics[0].message}")
        names = tuple(name for name in records[0].mapping if isinstance(name, str))
        if not names or any(tuple(record.mapping) != names for record in records):
            return self._unshown(trace, "it is not a record with the same fields in every state")
        states = tuple(tuple(record.mapping.values()) for record in records)
        return replace(trace, variables=names, states=states)

    def _records(self, trace: Trace) -> list[Function]:
        """After the last state comes that state again, or the beginning of the loop, as in TLC."""
        last = trace.states[-1 if trace.loop is None else trace.loop]
        following = (*trace.states[1:], last)
        found: list[Value] = []
        with REGISTERS.elsewhere():
            for level, (state, after) in enumerate(zip(trace.states, following, strict=True), 1):
                REGISTERS.level = level
                REGISTERS.trace = lambda level=level: [_record(trace, s) for s in trace.states[:level]]
                found.append(self._program.evaluate(self._record, state, after))
        return [value if isinstance(value, Function) else Function({}) for value in found]

    def _unshown(self, trace: Trace, why: str) -> Trace:
        message = f"ALIAS is not used, and the variables are shown: {why}"
        diagnostic = Diagnostic("config.ignored", message, self._record.span, Severity.WARNING)
        if diagnostic not in self.problems:
            self.problems.append(diagnostic)
        return trace


def _record(trace: Trace, state: State) -> Function:
    return Function(dict(zip(trace.variables, state, strict=True)))
