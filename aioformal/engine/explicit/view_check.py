"""What is said of a search with VIEW, and a sample of its states where nothing is proved of them."""

from __future__ import annotations

import time
from collections.abc import Iterator

from aioformal.diagnostic import Diagnostic, DiagnosticError, Severity
from aioformal.engine.explicit.preparation import Prepared
from aioformal.native.kernel import Kernel
from aioformal.native.layout import Packed
from aioformal.resolve.model import PropertyKind
from aioformal.value.values import Value

STATES = 64
SECONDS = 0.3

ONE = "states of the same VIEW count as one: no step, and nothing that is checked, reads what it leaves out"


def remark_on_view(prepared: Prepared, kernel: Kernel) -> Diagnostic | None:
    """A note on what a proof by a search with VIEW rests on; where there is none, a warning if states are
    seen to differ."""
    view = prepared.problem.model.view
    if view is None:
        return None
    if not prepared.doubts:
        return Diagnostic("run.reduction", ONE, view.span, Severity.NOTE)
    try:
        difference = _Sample(prepared, kernel).difference()
    except DiagnosticError:
        difference = None
    if difference is None:
        return None
    message = f"VIEW takes states for the same that were seen to differ in {difference}"
    hint = "leave VIEW out, or let it show what is missing"
    return Diagnostic("config.view", message, view.span, Severity.WARNING, hint=hint)


class _Sample:
    """Some kept states and their successors, of which most are not kept, by the value of the view."""

    def __init__(self, prepared: Prepared, kernel: Kernel) -> None:
        self._prepared = prepared
        self._kernel = kernel
        self._by_view: dict[Value, Packed] = {}

    def difference(self) -> str | None:
        """What two states of one view differ in; None if no two are seen to differ."""
        until = time.monotonic() + SECONDS
        for words in self._states():
            first = self._by_view.setdefault(self._view(words), words)
            if first != words and (found := self._between(first, words)) is not None:
                return found
            if time.monotonic() > until:
                break
        return None

    def _states(self) -> Iterator[Packed]:
        for number in range(min(STATES, self._kernel.distinct)):
            words = self._kernel.state(number)
            yield words
            for _, after in self._kernel.successors(words) or ():
                if self._kernel.verdicts(after)[2] == 0:
                    yield self._kernel.representative(after)

    def _between(self, one: Packed, other: Packed) -> str | None:
        failed = self._kernel.verdicts(one)[1] ^ self._kernel.verdicts(other)[1]
        for number, prop in enumerate(self._prepared.properties):
            if failed >> number & 1 and prop.kind is not PropertyKind.PROBE:
                return prop.name
        return None if self._views_after(one) == self._views_after(other) else "the views of their successors"

    def _views_after(self, words: Packed) -> set[Value] | None:
        steps = self._kernel.successors(words)
        return None if steps is None else {self._view(self._kernel.representative(a)) for _, a in steps}

    def _view(self, words: Packed) -> Value:
        view = self._prepared.problem.model.view
        assert view is not None
        return self._prepared.problem.program.evaluate(view, self._prepared.decoded(words))
