"""SYMMETRY and VIEW, where an engine looks at all states whatever they say."""

from __future__ import annotations

from collections.abc import Iterator

from aioformal.diagnostic import Diagnostic, Severity
from aioformal.engine.protocol import Remark
from aioformal.resolve.model import Model

SYMMETRY = (
    "SYMMETRY is not used by the search: all states are looked at; verdicts are those of a true symmetry"
)
VIEW = (
    "VIEW is not used by the search: every state is judged as it is, so verdicts are exact, also where "
    "those of a search that takes states of one view for the same are not"
)


def unused_reductions(model: Model) -> Iterator[Remark]:
    """A warning for each of the two that the configuration has."""
    for expression, message in ((model.symmetry, SYMMETRY), (model.view, VIEW)):
        if expression is not None:
            yield Remark(Diagnostic("config.ignored", message, expression.span, Severity.WARNING))
