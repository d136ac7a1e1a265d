"""Terms as Python statements: each term is computed once in a block and all that it leads to.

Truth values may be Python's or 0 and 1; only whether they are true is asked of them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager

from aioformal.ir.node import Op, Term
from aioformal.ir.sort import BOOL
from aioformal.native.layout import Field, Layout


class PythonWriter:
    """Appends indented lines. `words` are the names that hold the words of the state."""

    def __init__(self, layout: Layout, words: Sequence[str]) -> None:
        self.layout = layout
        self.words = words
        self.lines: list[str] = []
        self.depth = 1
        self._known: dict[Term, str] = {}
        self._journal: list[Term] = []
        self._names = 0

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def put(self, expression: str) -> str:
        """A line that names a result."""
        self._names += 1
        name = f"v{self._names}"
        self.line(f"{name} = {expression}")
        return name

    @contextmanager
    def block(self, head: str) -> Generator[None]:
        """An indented block. What is computed inside is not known after it."""
        self.line(head)
        mark = len(self._journal)
        self.depth += 1
        try:
            yield
        finally:
            self.line("pass")
            self.depth -= 1
            for term in self._journal[mark:]:
                del self._known[term]
            del self._journal[mark:]

    def define(self, term: Term, text: str) -> None:
        self._known[term] = text
        self._journal.append(term)

    def value(self, root: Term) -> str:
        """The text of a term's value. Iterates: terms are deep."""
        stack = [root]
        while stack:
            term = stack[-1]
            missing = [arg for arg in term.args if arg not in self._known] if term not in self._known else []
            if missing:
                stack.extend(reversed(missing))
                continue
            if term not in self._known:
                self.define(term, self._computed(term))
            stack.pop()
        return self._known[root]

    def _computed(self, term: Term) -> str:
        if term.op == "constant":
            return repr(term.payload)
        if term.op == "state":
            field = self.layout.by_name[term.name]
            value = self.raw(field)
            return self.put(f"{value} + {field.least}") if field.least and field.sort is not BOOL else value
        args = [self._known[arg] for arg in term.args]
        joined = _JOINED.get(term.op)
        return self.put(_EXPRESSIONS[term.op].format(*args) if joined is None else joined.join(args))

    def raw(self, field: Field) -> str:
        """The bits of a field, as a number from 0."""
        if field.width == 0:
            return "0"
        word = self.words[field.word]
        return self.put(
            f"{word} >> {field.shift} & {field.mask}" if field.shift else f"{word} & {field.mask}"
        )

    def packed(
        self, updates: Mapping[str, Term], layout: Layout | None = None, words: Sequence[str] | None = None
    ) -> list[str]:
        """The words of the state with some slots changed; or other words, of another layout."""
        layout = layout or self.layout
        packed = list(self.words if words is None else words)
        by_word: dict[int, list[tuple[Field, Term]]] = {}
        for name, term in updates.items():
            field = layout.by_name[name]
            if field.width:
                by_word.setdefault(field.word, []).append((field, term))
        for word, changes in by_word.items():
            cleared = sum(field.mask << field.shift for field, _ in changes)
            parts = [self._shifted(field, self.value(term)) for field, term in changes]
            packed[word] = self.put(" | ".join([f"{packed[word]} & {~cleared}", *parts]))
        return packed

    def _shifted(self, field: Field, value: str) -> str:
        if field.sort is BOOL:
            return f"({1 << field.shift} if {value} else 0)"
        return f"(({value} - {field.least}) << {field.shift})"

    def mask(self, bits: Iterable[tuple[int, Term]]) -> str:
        """A number with the bits whose terms hold."""
        parts = [f"({1 << bit} if {self.value(term)} else 0)" for bit, term in bits]
        return " | ".join(parts) or "0"


_JOINED: Mapping[Op, str] = {"and": " and ", "or": " or ", "add": " + "}

_EXPRESSIONS: Mapping[Op, str] = {
    "not": "not {0}",
    "ite": "{1} if {0} else {2}",
    "eq": "{0} == {1}",
    "le": "{0} <= {1}",
    "neg": "-({0})",
    "mul": "({0}) * ({1})",
    "div": "({0}) // ({1}) if {1} > 0 else 0",
    "mod": "({0}) % ({1}) if {1} > 0 else 0",
}
