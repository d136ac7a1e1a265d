"""A model as the text of one Python module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from aioformal.pymodule import action, binding, expression, letting
from aioformal.pymodule.calls import SELF
from aioformal.pymodule.context import Context, Entry, Local, Operator
from aioformal.pymodule.embedding import needed, used_names
from aioformal.pymodule.facts import Facts
from aioformal.pymodule.layout import Writer
from aioformal.pymodule.names import text_of_string
from aioformal.pymodule.scope import Scope
from aioformal.pymodule.symbols import ModuleSymbols, Variant
from aioformal.resolve.model import Definition, Level, Model, PartKind, Property, PropertyPart
from aioformal.source import Span
from aioformal.syntax import ast

KINDS = {PartKind.INITIAL: "initial", PartKind.ALWAYS: "invariant", PartKind.STEP: "step"}


def generate(model: Model, sources: dict[str, str] | None = None) -> str:
    """The text of the module. `sources`: the place of each file of the specification, seen from the
    folder that the module will be in. The same model gives the same text, on every machine."""
    facts = Facts(model.flat.definitions)
    facts.find_lazy(roots(model))
    wanted: dict[Variant, None] = {}
    while True:
        made = _Module(ModuleSymbols(model, facts, wanted), sources or {})
        text = made.text()
        if made.symbols.asked.keys() == wanted.keys():
            return text
        wanted = made.symbols.asked


def roots(model: Model) -> list[ast.Expr]:
    """The expressions that a module is made for."""
    found = [e for e in (model.init, model.next) if e is not None]
    for prop in model.properties:
        for part in prop.parts:
            if part.kind is not PartKind.TEMPORAL:
                found += [e for e in (part.formula, part.subscript) if e is not None]
    return [*found, *model.constraints, *model.action_constraints]


@dataclass
class _Module:
    symbols: ModuleSymbols
    sources: dict[str, str]

    @property
    def model(self) -> Model:
        return self.symbols.model

    @property
    def facts(self) -> Facts:
        return self.symbols.facts

    def text(self) -> str:
        """All of it, in order."""
        body = "\n".join(self._definitions()) + "\n"
        constants = "\n".join(self._constants())
        state = "\n".join(self._state())
        names = used_names_of(body, constants, state) | {"Monitor"}
        before, after, imports = needed(names)
        parts = [
            self._opening(),
            "from __future__ import annotations\n",
            imports + "\n",
            *(piece + "\n" for piece in before),
            "\n".join(self._sources()) + "\n",
            _title("Constants") + constants + "\n",
            state + "\n",
            *(piece + "\n" for piece in after),
            _title(f"{self.model.flat.name}") + body,
        ]
        return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"

    def _opening(self) -> str:
        spec = PurePath(self.model.spec_path).name
        config = PurePath(self.model.config_path).name if self.model.config_path else "no configuration"
        return (
            f'"""{spec} with {config}, as Python: written by `aioformal compile`, not by hand.\n\n'
            "initial_states(), successors(state), monitor(), an Action for each action and a Check for each\n"
            "property; comments say which line of the specification each line comes from.\n"
            '"""\n\n# fmt: off\n# ruff: noqa'
        )

    def _sources(self) -> Iterator[str]:
        yield "SOURCES.update({"
        for name, place in sorted(self.sources.items()):
            yield f"    {text_of_string(name)}: {text_of_string(place)},"
        yield "})"

    # ------------------------------------------------------------ constants and state

    def _constants(self) -> Iterator[str]:
        own = {name for name, python in self.symbols.model_values.items() if name in self.model.constants}
        for name, python in sorted(self.symbols.model_values.items()):
            yield f"{python} = ModelValue({text_of_string(name)})"
        for name, value in self.model.constants.items():
            if name not in own:
                yield f"{self.symbols.constant(name)}: Value = {self.symbols.literal(value)}"

    def _state(self) -> Iterator[str]:
        yield "@dataclass(frozen=True)"
        yield "class State:"
        yield f'    """A state of {self.model.flat.name}."""\n'
        for name in self.model.variables:
            yield f"    {self.symbols.variable(name)}: Value"

    # ------------------------------------------------------------ definitions

    def _definitions(self) -> Iterator[str]:
        ends = list(self._ends())
        written: dict[Variant, list[str]] = {}
        while missing := [one for one in self.symbols.asked if one not in written]:
            for variant in missing:
                written[variant] = self._definition(*variant)
        for variant in sorted(written, key=self._position):
            yield from written[variant]
            yield "\n"
        yield from ends

    def _position(self, variant: Variant) -> tuple[int, int, str]:
        span = self.model.flat.definitions[variant[0]].span
        names = [source.name for source in self.model.flat.sources]
        file = names.index(span.source.name) if span.source.name in names else len(names)
        return -file, span.start, variant[1]

    def _definition(self, key: str, variant: str) -> list[str]:
        definition = self.model.flat.definitions[key]
        writer = Writer()
        scope = Scope(self.symbols, key, self.symbols.inside(), writer, action.enabled)
        {"plain": self._plain, "action": self._action, "initial": self._initial}[variant](
            scope, definition, self.symbols.definition(key, variant)
        )
        return writer.lines

    def _parameters(self, scope: Scope, definition: Definition) -> tuple[str, dict[str, Entry]]:
        entries: dict[str, Entry] = {}
        for param in definition.params:
            text = scope.fresh(param.name)
            is_lazy = (definition.key, param.name) in self.facts.lazy
            entries[param.name] = Operator(text, False) if param.arity else Local(text, is_lazy=is_lazy)
        texts = (f", {e.text}: {e.annotation}" for e in entries.values() if not hasattr(e, "expr"))
        return "".join(texts), entries

    def _plain(self, scope: Scope, definition: Definition, name: str) -> None:
        """A definition as a function of the states that it looks at and of its parameters."""
        header, entries = self._parameters(scope, definition)
        level = definition.level
        frames = ["s: State", "n: State"][: min(int(level), 2)]
        is_truth = self.facts.is_predicate(definition.key)
        if level is Level.CONSTANT and not definition.params:
            scope.writer.text("@cache")
        given = ", ".join(frames) + header if frames else header.removeprefix(", ")
        kind = "bool" if is_truth else "Value"
        context = Context(entries, "s" if level >= Level.STATE else None, "n" if level >= Level.ACTION else None)
        with _function(scope.writer, f"def {name}({given}) -> {kind}:", definition.span):
            if definition.recursive and isinstance(definition.body, ast.FunctionConstructor):
                self._recursive(scope, definition, context)
            else:
                letting.tail(scope, definition.body, context, is_truth=is_truth)

    def _recursive(self, scope: Scope, definition: Definition, context: Context) -> None:
        assert isinstance(definition.body, ast.FunctionConstructor)
        piece = binding.recursive(scope, SELF + definition.key, definition.body, context)
        scope.writer.statement("return ", piece, line=definition.span.line)

    def _action(self, scope: Scope, definition: Definition, name: str) -> None:
        header, entries = self._parameters(scope, definition)
        own = [text_of_string(p.name) for p in definition.params]
        names = self.symbols.reached_names(definition.key)
        reaches = f'reaches={text_of_string(" ".join(names))}' if names != [definition.key] else ""
        marks = ", ".join(part for part in (text_of_string(definition.key), *own, reaches) if part)
        scope.writer.text(f"@action({marks})")
        with _function(
            scope.writer, f"def {name}(s: State, n: Next{header}) -> Iterator[Next]:", definition.span
        ):
            action.enumerate_action(scope, definition.body, Context(entries, "s", "n"), opens=True)

    def _initial(self, scope: Scope, definition: Definition, name: str) -> None:
        header, entries = self._parameters(scope, definition)
        with _function(scope.writer, f"def {name}(n: Next{header}) -> Iterator[Next]:", definition.span):
            context = Context(entries, "n", None, initial=True)
            action.enumerate_action(scope, definition.body, context, opens=False)

    # ------------------------------------------------------------ what can be asked of the module

    def _ends(self) -> Iterator[str]:
        yield from self._initial_states()
        yield from self._successors()
        rows: list[str] = []
        skipped: list[str] = []
        for prop in self.model.properties:
            for number, part in enumerate(prop.parts, 1):
                if part.kind is PartKind.TEMPORAL:
                    skipped.append(prop.name)
                else:
                    text, row = self._check(prop, part, number)
                    yield from text
                    rows.append(row)
        yield "CHECKS: tuple[Check, ...] = ("
        yield from (f"    {row}," for row in rows)
        yield ")\n"
        names = "".join(f"{text_of_string(name)}, " for name in dict.fromkeys(skipped))
        yield f"NOT_CHECKED: tuple[str, ...] = ({names.rstrip(' ')})"
        yield '"""Temporal properties: they are about whole behaviours."""\n'
        yield from self._constraints()
        yield f"CHECK_DEADLOCK = {self.model.check_deadlock and self.model.next is not None}\n\n"
        yield "def monitor() -> Monitor:"
        yield '    """Watches a run: tell it the events, one at a time."""'
        yield "    return Monitor(initial_states, successors, CHECKS)"

    def _initial_states(self) -> Iterator[str]:
        yield "def initial_states() -> Iterator[State]:"
        yield '    """Every state that Init allows."""'
        if self.model.init is None:
            yield "    yield from ()\n\n"
            return
        yield f"    for n in {self._root(self.model.init, 'Init', 'initial')}(Next()):"
        yield "        yield n.complete()\n\n"

    def _successors(self) -> Iterator[str]:
        yield "def successors(s: State, wanted: str | None = None) -> Iterator[Step]:"
        yield '    """Every step out of a state; `wanted`: only those of this action."""'
        if self.model.next is None:
            yield "    yield from ()\n\n"
            return
        yield f"    for n in {self._root(self.model.next, 'Next', 'action')}.into(s, Next(wanted)):"
        yield "        if wanted is None or n.action == wanted:"
        yield "            yield n.step()\n\n"

    def _root(self, expr: ast.Expr, name: str, variant: str) -> str:
        """The function for Init or Next; one is written where the formula has no name."""
        definition = self.facts.defined(expr)
        if definition is not None:
            return self.symbols.definition(definition.key, variant)
        raise NotImplementedError(name)

    def _check(self, prop: Property, part: PropertyPart, number: int) -> tuple[list[str], str]:
        kind = KINDS[part.kind]
        definition = self.facts.defined(part.formula)
        plain = isinstance(part.formula, ast.Name) and part.subscript is None and definition is not None
        if definition is not None and plain and self.facts.is_predicate(definition.key):
            if definition.level is Level.STATE and kind != "step":
                python = self.symbols.definition(definition.key)
                return [], self._row(prop.name, kind, python, definition.span)
        return self._check_function(prop, part, kind, number)

    def _check_function(
        self, prop: Property, part: PropertyPart, kind: str, number: int
    ) -> tuple[list[str], str]:
        python = self.symbols.free_name(prop.name if number == 1 else f"{prop.name}_{number}")
        writer = Writer()
        scope = Scope(self.symbols, "", self.symbols.inside(), writer, action.enabled)
        is_step = kind == "step"
        context = Context({}, "s", "n" if is_step else None)
        formula = part.formula
        if part.subscript is not None:
            formula = ast.ActionBox(formula.span, formula, part.subscript)
        given = "s: State, n: State" if is_step else "s: State"
        with _function(writer, f"def {python}({given}) -> bool:", part.formula.span):
            letting.tail(scope, formula, context, is_truth=True)
        return [*writer.lines, "\n"], self._row(prop.name, kind, python, part.formula.span)

    def _row(self, name: str, kind: str, python: str, span: Span) -> str:
        place = text_of_string(f"{file_of(span)}:{span.line}")
        return f'Check({text_of_string(name)}, "{kind}", {python}, {place})'

    def _constraints(self) -> Iterator[str]:
        groups = {"CONSTRAINTS": self.model.constraints, "ACTION_CONSTRAINTS": self.model.action_constraints}
        for name, formulas in groups.items():
            frames = "State" if name == "CONSTRAINTS" else "State, State"
            found = (self.facts.defined(formula) for formula in formulas)
            texts = "".join(f"{self._constraint(d, name)}, " for d in found if d is not None)
            yield f"{name}: tuple[Callable[[{frames}], bool], ...] = ({texts.rstrip(' ')})"

    def _constraint(self, definition: Definition, name: str) -> str:
        python = self.symbols.definition(definition.key)
        level = {"CONSTRAINTS": Level.STATE, "ACTION_CONSTRAINTS": Level.ACTION}[name]
        frames = ["s", "n"][: int(level)]
        given = ", ".join(frames[: int(definition.level)])
        call = f"{python}({given})"
        if not self.facts.is_predicate(definition.key):
            call = f"truth({call})"
        return f"lambda {', '.join(frames)}: {call}"


def _function(writer: Writer, header: str, span: Span) -> _Indented:
    writer.header(header, file_of(span), span.line)
    return _Indented(writer)


class _Indented:
    """The body of a function at the top."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def __enter__(self) -> None:
        self.writer.indent += 4

    def __exit__(self, *_: object) -> None:
        self.writer.indent -= 4


def file_of(span: Span) -> str:
    """The name of a file, as comments show it."""
    return PurePath(span.source.name.strip("<>")).name.replace(" ", "_").replace(":", "_")


def _title(text: str) -> str:
    return f"# {'-' * 64} {text}\n\n"


def used_names_of(*texts: str) -> set[str]:
    """The names that some Python text uses."""
    import ast as python

    return set().union(*(used_names(python.parse(text)) for text in texts))


__all__ = ["expression", "generate", "roots"]
