"""Names after BY, USE, HIDE and DEF: they are named, not used, so that arguments are not counted."""

from __future__ import annotations

from msgspec import Struct

from aioformal.diagnostic import Note
from aioformal.resolve.lookup import core_entry, report_unknown
from aioformal.resolve.resolution import Resolution
from aioformal.resolve.scope import BrokenEntry, DefinitionEntry, Entry, InstanceEntry, Place, describe
from aioformal.syntax import ast
from aioformal.syntax.steps import Sequent


class FactNames(Struct, frozen=True):
    """Looks up what facts and DEF name, and reports what nothing declares."""

    resolution: Resolution

    def check(self, name: ast.Name, place: Place) -> None:
        """A name after BY, USE, HIDE or DEF, perhaps of an instance; parts of it are not looked at."""
        first = name.path[0].name if name.path else name.name
        entry = core_entry(first, name.span) or place.lookup(first)
        if entry is None:
            report_unknown(self.resolution, first, name.span, place)
        elif isinstance(entry, InstanceEntry) and len(name.path) == 1:
            inner = core_entry(name.name, name.span) or entry.scope.exported(name.name)
            if inner is None:
                report_unknown(self.resolution, name.name, name.span, place, entry.scope)

    def check_hidden(self, fact: ast.Expr | Sequent, place: Place) -> None:
        """HIDE can only hide what has a name among the facts: a theorem, an assumption, a step."""
        message = "HIDE takes the names of theorems, assumptions and steps, but this is a formula"
        notes: list[Note] = []
        hint = "to hide a definition write HIDE DEF"
        match fact:
            case ast.Name(path=()):
                entry = core_entry(fact.name, fact.span) or place.lookup(fact.name)
                if entry is None or _is_fact(entry):
                    return
                message = f"HIDE takes facts, but `{fact.name}` is {describe(entry)}"
                notes = [Note("declared here", entry.span)] if entry.origin or entry.span != fact.span else []
                hint = f"to hide the definition write HIDE DEF {fact.name}"
            case ast.Boolean() | ast.Junction() | ast.Quantifier():
                pass
            case ast.Apply(operator=ast.Name(path=())):
                pass
            case _:
                return
        self.resolution.report("proof.fact", message, fact.span, hint=hint, notes=notes)


def _is_fact(entry: Entry) -> bool:
    is_statement = isinstance(entry, DefinitionEntry) and isinstance(entry.body, ast.Theorem | ast.Assume)
    return is_statement or isinstance(entry, BrokenEntry)
