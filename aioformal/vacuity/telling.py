"""What is said of probes that nothing has triggered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from aioformal.concrete.blame import text_of
from aioformal.diagnostic import Diagnostic, Severity
from aioformal.resolve.model import Model, PartKind
from aioformal.syntax import ast
from aioformal.vacuity.collecting import Kind, Probe
from aioformal.vacuity.entering import written

LONGEST = 60
"""Characters of a formula that are shown."""


class Seen(Struct, frozen=True):
    """How many states a search has seen; `reduced`: up to SYMMETRY or VIEW."""

    states: int
    model: Model
    reduced: bool = False

    def where(self, part: PartKind) -> str:
        """The states, or steps, of which something is said."""
        states = f"all {self.states:,} reachable states" if self.states > 1 else "the only reachable state"
        model = self.model
        reductions = (("SYMMETRY", model.symmetry), ("VIEW", model.view))
        apart = [name for name, given in reductions if given and self.reduced]
        bounds = (("CONSTRAINT", model.constraints), ("ACTION_CONSTRAINT", model.action_constraints))
        limits = [name for name, given in bounds if given]
        states += f" that {' and '.join(apart)} tell{'' if apart[1:] else 's'} apart" if apart else ""
        states += f" within {' and '.join(limits)}" if limits else ""
        match part:
            case PartKind.STEP:
                return f"every step from {states}"
            case PartKind.INITIAL:
                return "every initial state"
            case _:
                return states


def never_applying(
    probes: Collection[Probe], untriggered: Collection[str], proved: Collection[str], seen: Seen
) -> Iterator[Diagnostic]:
    """A note for each part of a proved property that never matters, unless a part around it never does.
    `untriggered`: the probes of which a complete search has seen no state and no step."""
    said: dict[tuple[object, ...], tuple[Probe, list[str]]] = {}
    for probe in probes:
        inside = bool(probe.within) and probe.within <= set(untriggered)
        if probe.of not in proved or probe.name not in untriggered or inside:
            continue
        span = probe.expr.span
        key = (probe.kind, probe.part, span.source.name, span.start, span.end)
        said.setdefault(key, (probe, []))[1].append(probe.of)
    for probe, names in said.values():
        yield Diagnostic(
            "check.never-applies", _message(probe, names, seen), probe.expr.span, severity=Severity.NOTE
        )


def _message(probe: Probe, names: list[str], seen: Seen) -> str:
    says, reason = _SAID[probe.kind]
    properties = " and ".join(f"`{name}`" for name in dict.fromkeys(names))
    text = _shortened(probe.expr)
    where = seen.where(probe.part)
    chosen = list(dict.fromkeys(written(name) for name in probe.around.chosen_names))
    for_each = f", for every {', '.join(chosen)}" if chosen else ""
    asked = "where it is asked, " if probe.around.is_conditional else ""
    return f"in {properties}, {says.format(text)}: {asked}{reason} in {where}{for_each}"


_SAID: Mapping[Kind, tuple[str, str]] = {
    "premise": ("`{} => ...` never applies", "its left side is false"),
    "cause": ("`{} ~> ...` never applies", "its left side is false"),
    "denial": ("`~({}) \\/ ...` never gets further", "its left side is true"),
    "domain": ("`{}` is only ever over the empty set", "there is no member"),
    "condition": ("the branch for `{}` is never taken", "the condition is false"),
    "otherwise": ("the branch `{}` is never taken", "a condition before it is true"),
}


def _shortened(expr: ast.Expr) -> str:
    """A formula on one line; of a quantifier what is chosen."""
    text = text_of(expr)
    if isinstance(expr, ast.Quantifier):
        bounds = expr.bounds[0].span.to(expr.bounds[-1].span)
        text = f"{expr.kind} {' '.join(bounds.text.split())}"
    elif text.startswith("(") and text.endswith(")") and _closes_at_end(text):
        text = text[1:-1].strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 3].rstrip() + "..."


def _closes_at_end(text: str) -> bool:
    """Whether the parenthesis that a text begins with is closed by its last character."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return position == len(text) - 1
    return False
