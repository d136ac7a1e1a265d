"""Which steps of a counterexample are marked as bystanders, and what is said of them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.text import Text

from aioformal.evidence.verdict import Relevance, Trace

BYSTANDER = "(bystander)"
"""What stands at such a step."""


class Bystanders(Struct, frozen=True):
    """The steps, as indices into `Trace.actions`, that matter for none of the properties that a trace
    violates. `depth`: how many steps there are; `alike`: the same steps are bystanders for each property;
    `complete`: nothing more can be left out, else the time for trying ran out."""

    steps: frozenset[int]
    depth: int
    alike: bool = True
    complete: bool = True

    @classmethod
    def of(cls, trace: Trace, found: Sequence[Relevance | None]) -> Bystanders:
        """Those of a trace. Of a property of which nobody has asked which steps matter, all do."""
        everything = frozenset(range(trace.depth))
        aside = [everything.difference(everything if one is None else one.steps) for one in found]
        return cls(
            everything.intersection(*aside),
            trace.depth,
            len(set(aside)) < 2,
            all(one is None or one.complete for one in found),
        )

    def legend(self, width: int) -> Iterator[Text]:
        """What the marks mean, in one line; nothing where nothing is marked."""
        if not self.steps:
            return
        count = len(self.steps)
        text = (
            f"without the {'step' if count == 1 else f'{count} steps'} marked {BYSTANDER} it fails in the "
            "same way"
        )
        more = "" if self.complete else "; perhaps without others, too: the time for trying ran out"
        yield from (Text(line, "dim") for line in _lines(text + more, width))

    def among(self, states: int) -> str:
        """Which steps to the first so many states are bystanders, where these are not shown once more."""
        numbers = [str(index + 2) for index in sorted(self.steps) if index + 2 <= states]
        if not numbers:
            return ""
        return f"; here {', '.join(numbers)} {'is a bystander' if len(numbers) == 1 else 'are bystanders'}"

    def of_one(self, found: Relevance | None) -> str | None:
        """Which steps a property needs, by the numbers of the states they lead to; None where the marks say
        it already, or all do."""
        if found is None or self.alike or len(found.steps) == self.depth:
            return None
        numbers = ", ".join(str(index + 2) for index in found.steps) or "none"
        return f"only the steps to {numbers}"


NO_BYSTANDERS = Bystanders(frozenset(), 0)


def _lines(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 40), initial_indent="  ", subsequent_indent="      ")
