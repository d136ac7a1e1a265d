"""What the Python twin keeps of a state, and what it tells kept states apart by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aioformal.native.layout import Packed
from aioformal.native.plan import Plan
from aioformal.native.python_symmetry import Canonizer, symmetry_source
from aioformal.native.python_tree import view_source


def compiled(source: str) -> dict[str, Any]:
    """What the source defines."""
    names: dict[str, Any] = {}
    exec(compile(source, "<plan>", "exec"), names)
    return names


class Keeper:
    """`representative`: the state that stands for a state. `key`: what tells kept states apart. `trouble`:
    the number of an obligation that fires while the key of a kept state is found."""

    def __init__(self, plan: Plan) -> None:
        self._first_trouble = plan.view_troubles
        self.representative: Callable[[Packed], Packed] = _same
        self.key: Callable[[Packed], Packed] = _same
        self._troubles: Callable[[Packed], list[bool]] | None = None
        if plan.symmetry is not None:
            functions = compiled(symmetry_source(plan.layout, plan.symmetry))
            self.representative = Canonizer(plan.symmetry, functions)
        if plan.view is not None:
            functions = compiled(view_source(plan.layout, plan.view))
            self.key = functions["view"]
            self._troubles = functions["view_troubles"] if plan.view.obligations else None
        self.may_fail = self._troubles is not None

    def trouble(self, kept: Packed) -> int | None:
        found = self._troubles(kept) if self._troubles is not None else []
        return next((self._first_trouble + n for n in reversed(range(len(found))) if found[n]), None)


def _same(words: Packed) -> Packed:
    return words
