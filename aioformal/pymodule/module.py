"""A model as the text of one Python module."""

from __future__ import annotations

import ast as python
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from aioformal.pymodule.definitions import written
from aioformal.pymodule.embedding import needed, used_names
from aioformal.pymodule.ends import Ends
from aioformal.pymodule.facts import Facts
from aioformal.pymodule.laziness import Laziness
from aioformal.pymodule.names import text_of_string
from aioformal.pymodule.symbols import ModuleSymbols, Needs, Variant
from aioformal.resolve.model import Model, PartKind
from aioformal.syntax import ast

OFFERED = frozenset({"native", "show"})
"""What of the runtime a module has for whoever imports it, beside what it needs itself."""


def generate(model: Model, sources: Mapping[str, str] | None = None) -> str:
    """The text of the module. `sources`: the place of each file of the specification, seen from the
    folder that the module will be in. The same model gives the same text, on every machine."""
    laziness = Laziness(Facts(model.flat.definitions))
    laziness.find(roots(model))
    needs = Needs()
    while True:
        made = _Module(ModuleSymbols(model, laziness, needs), sources or {})
        text = made.text()
        if made.symbols.needs == needs:
            return text
        needs = made.symbols.needs


def roots(model: Model) -> list[ast.Expr]:
    """The expressions that a module is made for."""
    history = () if model.history is None else (model.history.init, model.history.step)
    found = [e for e in (model.init, model.next, *history) if e is not None]
    for prop in model.properties:
        for part in prop.parts:
            if part.kind is not PartKind.TEMPORAL:
                found += [e for e in (part.formula, part.subscript) if e is not None]
    return [*found, *model.constraints, *model.action_constraints]


class _Module:
    def __init__(self, symbols: ModuleSymbols, sources: Mapping[str, str]) -> None:
        self.symbols = symbols
        self.model = symbols.model
        self.sources = sources

    def text(self) -> str:
        """All of it, in order."""
        body = "\n".join(self._definitions())
        constants = "\n".join(self._constants())
        state = "\n".join(self._state())
        names = used_names(python.parse("\n".join((body, constants, state))))
        before, after, imports = needed(names | OFFERED)
        parts = [
            self._opening(),
            "from __future__ import annotations",
            imports,
            _title("What TLA+ is in Python"),
            *before,
            "\n".join(self._sources()),
            _title("The constants, and a state"),
            constants,
            state,
            *after,
            _title(self.model.flat.name),
            body,
        ]
        return "\n\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"

    def _opening(self) -> str:
        spec = PurePath(self.model.spec_path).name
        config = PurePath(self.model.config_path).name if self.model.config_path else "no configuration"
        return (
            f'"""{spec} with {config}, as Python: written by `aioformal compile`, not by hand.\n\n'
            "initial_states(), successors(state), monitor(); an Action for each action, a Check for each\n"
            "property. Comments say which line of the specification each line comes from.\n"
            '"""\n\n# fmt: off\n# ruff: noqa'
        )

    def _sources(self) -> Iterator[str]:
        yield "SOURCES.update({"
        for name, place in sorted(self.sources.items()):
            yield f"    {text_of_string(name)}: {text_of_string(place)},"
        yield "})"

    def _constants(self) -> Iterator[str]:
        own = self.symbols.model_values.keys() & self.model.constants.keys()
        for name, text in sorted(self.symbols.model_values.items()):
            yield f"{text} = ModelValue({text_of_string(name)})"
        for name, value in self.model.constants.items():
            if name not in own:
                yield f"{self.symbols.constant(name)}: Value = {self.symbols.literal(value)}"

    def _state(self) -> Iterator[str]:
        yield "@dataclass(frozen=True)"
        yield "class State:"
        yield f'    """A state of {self.model.flat.name}."""\n'
        for name in self.model.variables:
            yield f"    {self.symbols.variable(name)}: Value"

    def _definitions(self) -> Iterator[str]:
        """Definitions in the order of the specification; then what can be asked of the module."""
        ends = list(Ends(self.symbols).lines())
        known: dict[Variant, list[str]] = {}
        while missing := [one for one in self.symbols.needs.variants if one not in known]:
            for variant in missing:
                known[variant] = written(self.symbols, *variant)
        for variant in sorted(known, key=self._position):
            yield from known[variant]
            yield "\n"
        yield from ends

    def _position(self, variant: Variant) -> tuple[int, int, str]:
        span = self.model.flat.definitions[variant[0]].span
        names = [source.name for source in self.model.flat.sources]
        file = names.index(span.source.name) if span.source.name in names else len(names)
        return -file, span.start, variant[1]


def _title(text: str) -> str:
    return f"# {'-' * 64} {text}"
