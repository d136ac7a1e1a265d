"""Terms as Python expressions. Integers and enumerations are ints; of a truth value only Python's own truth
counts: a slot of one bit is `w0 & 8`, so two truth values are compared as `(not a) is (not b)`.

Terms are total and have no effect. What is used more than once gets a local name where it is first needed;
all else is written into the expression, where `and`, `or` and `if` leave out what does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from aioformal.ir.node import Op, Term, postorder
from aioformal.ir.sort import BOOL, EnumSort
from aioformal.native.conditions import denied, number, with_constant
from aioformal.native.layout import WORD, Field, Layout
from aioformal.native.loop_functions import LoopFunctions
from aioformal.native.tree import parameters_of

DEEPEST = 20
"""Nested parentheses of one expression: Python's parser has a limit, and so has a reader."""

WORTH_NAMING = 4
"""Operations from which on a term that is used twice gets a name."""

DIGIT = 30
"""Bits of the integers that CPython computes with fastest."""

WORTH_SPLITTING = 6
"""Uses of fields in a part of a word that is small enough to be computed with fast."""

HELPERS = """\
def div(a, b):
    return a // b if b > 0 else 0


def mod(a, b):
    return a % b if b > 0 else 0
"""
"""What expressions call: division that is total, as `ir.term.div` has it."""


class _Written(Struct, frozen=True):
    text: str
    size: int
    depth: int


Form: TypeAlias = tuple[tuple[Term, ...], Callable[[list[str]], str]]
"""The terms that an expression is made of, and how."""


class TermWriter:
    """Appends to `lines`. `words` are the names of the words of the state; `roots` is all that will be
    written: what is used twice in it gets a name. `searches` is needed where a term may look for
    something."""

    def __init__(
        self,
        layout: Layout,
        words: Sequence[str],
        roots: Iterable[Term],
        searches: LoopFunctions | None = None,
    ) -> None:
        self.layout = layout
        self.words = words
        self.searches = searches
        self.lines: list[str] = []
        self.indent = 1
        self.uses = uses_of(roots)
        self.known: dict[Term, str] = {}
        self._journal: list[Term] = []
        self._names = 0
        self._parts: dict[tuple[int, int], str] = {}

    # ------------------------------------------------------------ lines and names

    def put(self, line: str) -> None:
        self.lines.append(" " * self.indent + line)

    def fresh(self) -> str:
        self._names += 1
        return f"v{self._names}"

    def define(self, term: Term, name: str) -> None:
        self.known[term] = name
        self._journal.append(term)

    def _name(self, term: Term, text: str) -> str:
        name = self.fresh()
        self.put(f"{name} = {text}")
        self.define(term, name)
        return name

    @property
    def mark(self) -> int:
        """To be given to `forget`."""
        return len(self._journal)

    def forget(self, mark: int) -> None:
        """What was defined since is not known any more: it was computed in a branch."""
        for term in self._journal[mark:]:
            del self.known[term]
        del self._journal[mark:]

    # ------------------------------------------------------------ slots

    def split_words(self) -> None:
        """Gives names to those parts of words that many fields are read from."""
        wanted: Counter[tuple[int, int]] = Counter()
        for term, count in self.uses.items():
            if term.op == "state":
                field = self.layout.by_name[term.name]
                if field.width and field.shift // DIGIT == (field.shift + field.width - 1) // DIGIT:
                    wanted[field.word, field.shift // DIGIT] += count
        for (word, part), count in sorted(wanted.items()):
            if count >= WORTH_SPLITTING:
                name = f"p{word}_{part}"
                beyond = part * DIGIT + DIGIT >= WORD
                shifted = f"{self.words[word]} >> {part * DIGIT}" if part else self.words[word]
                self.put(f"{name} = {shifted}" if beyond else f"{name} = {shifted} & {(1 << DIGIT) - 1:#x}")
                self._parts[word, part] = name

    def _place(self, field: Field) -> tuple[str, int]:
        """A name that holds the field, and the bit that it begins at."""
        part = field.shift // DIGIT
        if (field.shift + field.width - 1) // DIGIT == part and (field.word, part) in self._parts:
            return self._parts[field.word, part], field.shift - part * DIGIT
        return self.words[field.word], field.shift

    def _slot(self, term: Term) -> str:
        field = self.layout.by_name[term.name]
        if not field.width:
            return str(field.least)
        name, shift = self._place(field)
        if term.sort is BOOL:
            return f"{name} & {1 << shift:#x}"
        read = f"{name} >> {shift} & {field.mask}" if shift else f"{name} & {field.mask}"
        return f"({read}) + {field.least}" if field.least else read

    def name_slots(self, slots: Iterable[Term]) -> None:
        """Reads slots now, because they will be needed often."""
        for slot in slots:
            if slot not in self.known:
                self._name(slot, self._slot(slot))

    # ------------------------------------------------------------ expressions

    def value(self, root: Term) -> str:
        """An expression for a term; what it needs beside is computed before it. Iterates: terms are deep."""
        written: dict[Term, _Written] = {}
        forms: dict[Term, Form] = {}
        stack = [root]
        while stack:
            term = stack[-1]
            if term in self.known or term in written:
                stack.pop()
                continue
            if term not in forms:
                forms[term] = self._form(term)
            parts = forms[term][0]
            missing = [part for part in parts if part not in self.known and part not in written]
            if missing:
                stack.extend(reversed(missing))
            else:
                self._write(term, forms[term], written)
                stack.pop()
        return self.known[root] if root in self.known else written[root].text

    def _write(self, term: Term, form: Form, written: dict[Term, _Written]) -> None:
        parts, build = form
        below = [written[part] for part in parts if part not in self.known]
        texts = [self.known[part] if part in self.known else written[part].text for part in parts]
        text = build(texts)
        size = 1 + len(parts) - len(below) + sum(part.size for part in below)
        depth = 1 + max((part.depth for part in below), default=0)
        if self._deserves_name(term, size, depth):
            self._name(term, text)
        else:
            written[term] = _Written(text if text.isalnum() else f"({text})", size, depth)

    def _deserves_name(self, term: Term, size: int, depth: int) -> bool:
        if term.op == "state":
            return term.sort is not BOOL and self.uses[term] > 1
        if term.op == "first" and self.uses[term] > 1:
            return True
        return depth > DEEPEST or (size >= WORTH_NAMING and self.uses[term] > 1)

    def _form(self, term: Term) -> Form:
        if term.op == "constant":
            assert isinstance(term.payload, int)
            literal = str(int(term.payload)) if term.sort is not BOOL else str(bool(term.payload))
            return (), lambda _: literal
        if term.op == "state":
            slot = self._slot(term)
            return (), lambda _: slot
        return _FORMS[term.op](self, term)

    def equation(self, term: Term, sign: str) -> Form:
        """`a = b` with the sign `==`, or `a # b` with `!=`."""
        a, b = term.args
        if a.sort is BOOL:
            word = "is" if sign == "==" else "is not"
            return (a, b), lambda texts: f"(not {texts[0]}) {word} (not {texts[1]})"
        if b.op == "constant" and a.op == "state" and a not in self.known:
            return (), lambda _: self._compared(a, b, sign)
        return (a, b), lambda texts: f"{texts[0]} {sign} {texts[1]}"

    def _compared(self, slot: Term, constant: Term, sign: str) -> str:
        """A slot is compared where it lies."""
        field = self.layout.by_name[slot.name]
        raw = number(constant) - field.least
        if not 0 <= raw <= field.mask:
            return str(sign == "!=")
        if not field.width:
            return str(sign == "==")
        name, shift = self._place(field)
        return f"{name} & {field.mask << shift:#x} {sign} {raw << shift:#x}"

    # ------------------------------------------------------------ words

    def packed(
        self, updates: Mapping[str, Term], layout: Layout | None = None, words: Sequence[str] | None = None
    ) -> str:
        """The tuple of the words of the state with some slots changed; or of other words, of another
        layout."""
        layout = layout or self.layout
        packed = list(self.words if words is None else words)
        by_word: dict[int, list[tuple[Field, Term]]] = {}
        for name, term in updates.items():
            field = layout.by_name[name]
            if field.width:
                by_word.setdefault(field.word, []).append((field, term))
        for word, changes in by_word.items():
            packed[word] = self._repacked(packed[word], changes)
        return f"({', '.join(packed)},)"

    def _repacked(self, word: str, changes: Iterable[tuple[Field, Term]]) -> str:
        constant, kept, parts = 0, (1 << WORD) - 1, list[str]()
        for field, term in changes:
            kept &= ~(field.mask << field.shift)
            if term.is_constant:
                constant |= _bits(field, term)
            else:
                parts.append(self._shifted(field, term))
        if word != "0":
            parts.insert(0, f"{word} & {kept:#x}")
        if constant or not parts:
            parts.append(f"{constant:#x}")
        return " | ".join(parts)

    def _shifted(self, field: Field, term: Term) -> str:
        """A term's value at its place. Choices between constants are written as choices between words."""
        if term.is_constant:
            return f"{_bits(field, term):#x}"
        if term.sort is BOOL:
            return f"({1 << field.shift:#x} if {self.value(term)} else 0)"
        if term.op == "ite" and term not in self.known and self.uses[term] < 2:
            condition, then, otherwise = term.args
            if then.is_constant or otherwise.is_constant:
                test = self.value(condition)
                return f"({self._plain(field, then)} if {test} else {self._plain(field, otherwise)})"
        return self._plain(field, term)

    def _plain(self, field: Field, term: Term) -> str:
        if term.is_constant:
            return f"{_bits(field, term):#x}"
        value = self.value(term)
        if field.least:
            value = f"({value} - {field.least})"
        return f"({value} << {field.shift})" if field.shift else f"({value})"


def uses_of(roots: Iterable[Term]) -> Counter[Term]:
    """How often each term occurs in others, and as a root."""
    roots = list(roots)
    uses = Counter(roots)
    for term in postorder(roots):
        uses.update(term.args)
    return uses


def _bits(field: Field, constant: Term) -> int:
    return (int(number(constant)) - field.least) << field.shift


# ---------------------------------------------------------------- forms


def _not(writer: TermWriter, term: Term) -> Form:
    inner = term.args[0]
    if inner not in writer.known:
        if inner.op == "eq":
            return writer.equation(inner, "!=")
        if inner.op == "le":
            return inner.args, lambda texts: f"{texts[0]} > {texts[1]}"
    return (inner,), lambda texts: f"not {texts[0]}"


def _and(writer: TermWriter, term: Term) -> Form:
    return _junction(writer, term, "and", denied, "not in")


def _or(writer: TermWriter, term: Term) -> Form:
    return _junction(writer, term, "or", lambda part: part, "in")


def _junction(
    writer: TermWriter, term: Term, word: str, equation: Callable[[Term], Term | None], member: str
) -> Form:
    """Where one thing is compared with several constants, it is looked for among these."""
    sought: dict[Term, list[int]] = {}
    for part in term.args:
        if (found := with_constant(equation(part))) is not None and part not in writer.known:
            sought.setdefault(found[0], []).append(found[1])
    several = {subject: numbers for subject, numbers in sought.items() if len(numbers) > 1}
    parts: list[tuple[Term, str]] = []
    for part in term.args:
        found = with_constant(equation(part))
        if found is None or part in writer.known or found[0] not in several:
            parts.append((part, "{}"))
        elif found[1] == several[found[0]][0]:
            parts.append((found[0], _membership(found[0], several[found[0]], member)))
    pattern = f" {word} ".join(text for _, text in parts)
    return tuple(part for part, _ in parts), lambda texts: pattern.format(*texts)


def _membership(subject: Term, numbers: Sequence[int], member: str) -> str:
    if isinstance(subject.sort, EnumSort) and len(numbers) == subject.sort.size:
        return str(member == "in")
    return f"{{}} {member} {{{{{', '.join(map(str, numbers))}}}}}"


def _add(writer: TermWriter, term: Term) -> Form:
    a, b = term.args
    if b.op == "neg" and b not in writer.known:
        return (a, b.args[0]), lambda texts: f"{texts[0]} - {texts[1]}"
    if b.is_constant and number(b) < 0:
        return (a,), lambda texts: f"{texts[0]} - {-number(b)}"
    return term.args, lambda texts: f"{texts[0]} + {texts[1]}"


def _division(sign: str, total: str) -> Callable[[TermWriter, Term], Form]:
    def form(_: TermWriter, term: Term) -> Form:
        # The constructors leave no constant divisor that is not positive.
        if term.args[1].is_constant:
            return term.args, lambda texts: f"{texts[0]} {sign} {texts[1]}"
        return term.args, lambda texts: f"{total}({texts[0]}, {texts[1]})"

    return form


def _first(writer: TermWriter, term: Term) -> Form:
    """A search is a function of the words, and of what is bound around it."""
    assert writer.searches is not None
    name, given = writer.searches.name_of(term), tuple(parameters_of(term))
    return given, lambda texts: f"{name}({', '.join((*writer.words, *texts))})"


def _pattern(pattern: str) -> Callable[[TermWriter, Term], Form]:
    def form(_: TermWriter, term: Term) -> Form:
        return term.args, lambda texts: pattern.format(*texts)

    return form


_FORMS: Mapping[Op, Callable[[TermWriter, Term], Form]] = {
    "not": _not,
    "and": _and,
    "or": _or,
    "ite": _pattern("{1} if {0} else {2}"),
    "eq": lambda writer, term: writer.equation(term, "=="),
    "le": _pattern("{} <= {}"),
    "add": _add,
    "neg": _pattern("-{}"),
    "mul": _pattern("{} * {}"),
    "div": _division("//", "div"),
    "mod": _division("%", "mod"),
    "first": _first,
}
