"""Terms as LLVM instructions. Truth values are `i1`, integers and enumerations `i64`.

Everything is computed without a branch, but what `first` looks for: terms are total and have no effect. A
term is computed once in a block and all that it leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager

from aioformal.ir.node import Op, Term
from aioformal.ir.sort import BOOL, IntSort
from aioformal.native.layout import Field, Layout
from aioformal.native.loop_functions import LoopFunctions
from aioformal.native.tree import parameters_of


def type_of(term: Term) -> str:
    return "i1" if term.sort is BOOL else "i64"


class TermWriter:
    """Appends to `lines`. `words` are the operands that hold the words of the state; `searches` is needed
    where a term may look for something."""

    def __init__(self, layout: Layout, words: Sequence[str], searches: LoopFunctions | None = None) -> None:
        self.layout = layout
        self.words = words
        self.searches = searches
        self.lines: list[str] = []
        self._known: dict[Term | str, str] = {}
        self._journal: list[Term | str] = []
        self._names = 0

    def fresh(self) -> str:
        self._names += 1
        return f"%v{self._names}"

    def put(self, instruction: str) -> str:
        """An instruction and the name of its result."""
        name = self.fresh()
        self.lines.append(f"  {name} = {instruction}")
        return name

    def once(self, instruction: str) -> str:
        """The result of an instruction that only computes: there may be one already."""
        name = self._known.get(instruction)
        if name is None:
            name = self._known[instruction] = self.put(instruction)
            self._journal.append(instruction)
        return name

    @contextmanager
    def scope(self) -> Generator[None]:
        """What is computed inside is not known after it."""
        mark = len(self._journal)
        try:
            yield
        finally:
            for term in self._journal[mark:]:
                del self._known[term]
            del self._journal[mark:]

    def define(self, term: Term, operand: str) -> None:
        self._known[term] = operand
        self._journal.append(term)

    def value(self, root: Term) -> str:
        """The operand that holds a term's value. Iterates: terms are deep."""
        stack = [root]
        while stack:
            term = stack[-1]
            if term in self._known:
                stack.pop()
                continue
            missing = [arg for arg in self.needed(term) if arg not in self._known]
            if missing:
                stack.extend(reversed(missing))
            else:
                self.define(term, self.computed(term))
                stack.pop()
        return self._known[root]

    def needed(self, term: Term) -> Sequence[Term]:
        """The terms whose values have to be there before a term's is computed."""
        return term.args if term.op != "first" else parameters_of(term)

    def computed(self, term: Term) -> str:
        if term.op == "constant":
            assert isinstance(term.payload, int)
            return str(term.payload) if term.sort is not BOOL else ("true" if term.payload else "false")
        if term.op == "state":
            return self._slot(self.layout.by_name[term.name])
        if term.op == "first":
            return self._found(term)
        args = [self._known[arg] for arg in term.args]
        return _INSTRUCTIONS[term.op](self, term, args)

    def _found(self, term: Term) -> str:
        """A search is a function of the words, and of what is bound around it."""
        assert self.searches is not None
        given = [f"i64 {word}" for word in self.words]
        given += [f"{type_of(leaf)} {self._known[leaf]}" for leaf in parameters_of(term)]
        return self.put(f"call i1 @{self.searches.name_of(term)}({', '.join(given)})")

    def _slot(self, field: Field) -> str:
        value = self.raw(field)
        if field.sort is BOOL:
            return self.put(f"trunc i64 {value} to i1")
        return self.put(f"add i64 {value}, {field.least}") if field.least else value

    def raw(self, field: Field) -> str:
        """The bits of a field, as a number from 0."""
        if field.width == 0:
            return "0"
        word = self.words[field.word]
        if field.shift:
            word = self.once(f"lshr i64 {word}, {field.shift}")
        return self.once(f"and i64 {word}, {field.mask}")

    def packed(
        self,
        updates: Mapping[str, Term],
        layout: Layout | None = None,
        words: Sequence[str] | None = None,
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
            packed[word] = self._repacked(packed[word], changes)
        return packed

    def _repacked(self, word: str, changes: Iterable[tuple[Field, Term]]) -> str:
        constant, cleared, parts = 0, 0, list[str]()
        for field, term in changes:
            cleared |= field.mask << field.shift
            if term.is_constant:
                assert isinstance(term.payload, int)
                constant |= (int(term.payload) - field.least) << field.shift
            else:
                parts.append(self._shifted(field, self.value(term)))
        result = str(_signed(constant)) if word == "0" else self.put(f"and i64 {word}, {~cleared}")
        if constant and word != "0":
            result = self.put(f"or i64 {result}, {_signed(constant)}")
        for part in parts:
            result = self.put(f"or i64 {result}, {part}")
        return result

    def _shifted(self, field: Field, value: str) -> str:
        if field.sort is BOOL:
            value = self.put(f"zext i1 {value} to i64")
        elif field.least:
            value = self.put(f"sub i64 {value}, {field.least}")
        return self.put(f"shl i64 {value}, {field.shift}") if field.shift else value

    def mask(self, bits: Iterable[tuple[int, Term]]) -> str:
        """A word with the bits whose terms hold."""
        result = "0"
        for bit, term in bits:
            value = self.put(f"select i1 {self.value(term)}, i64 {_signed(1 << bit)}, i64 0")
            result = value if result == "0" else self.put(f"or i64 {result}, {value}")
        return result


def _signed(word: int) -> int:
    return word - (1 << 64) if word >> 63 else word


def _chain(instruction: str) -> Callable[[TermWriter, Term, list[str]], str]:
    def write(writer: TermWriter, _: Term, args: list[str]) -> str:
        # Long conjunctions often begin alike.
        result = args[0]
        for arg in args[1:]:
            result = writer.once(f"{instruction} {result}, {arg}")
        return result

    return write


def _not(writer: TermWriter, _: Term, args: list[str]) -> str:
    return writer.put(f"xor i1 {args[0]}, true")


def _eq(writer: TermWriter, term: Term, args: list[str]) -> str:
    if term.args[0].sort is BOOL:
        return writer.put(f"xor i1 {_differ(writer, *args)}, true")
    return writer.put(f"icmp eq i64 {args[0]}, {args[1]}")


def _le(writer: TermWriter, _: Term, args: list[str]) -> str:
    return writer.put(f"icmp sle i64 {args[0]}, {args[1]}")


def _ite(writer: TermWriter, term: Term, args: list[str]) -> str:
    condition, then, otherwise = args
    if term.sort is not BOOL:
        return writer.put(f"select i1 {condition}, i64 {then}, i64 {otherwise}")
    taken = writer.put(f"and i1 {condition}, {_differ(writer, then, otherwise)}")
    return writer.put(f"xor i1 {otherwise}, {taken}")


def _differ(writer: TermWriter, one: str, other: str) -> str:
    """LLVM's fast way to code knows no comparison of truth values, and no choice between them: one of these
    sends all that stands before it in its block a way that takes four times as long."""
    return writer.once(f"xor i1 {one}, {other}")


def _neg(writer: TermWriter, _: Term, args: list[str]) -> str:
    return writer.put(f"sub i64 0, {args[0]}")


def _divisor(writer: TermWriter, divisor: str) -> tuple[str, str]:
    """Whether a divisor is positive, and it or 1."""
    positive = writer.put(f"icmp sgt i64 {divisor}, 0")
    return positive, writer.put(f"select i1 {positive}, i64 {divisor}, i64 1")


def _div(writer: TermWriter, term: Term, args: list[str]) -> str:
    """Rounded down; 0 where the divisor is not positive, as `ir.term.div` has it."""
    positive, divisor = _divisor(writer, args[1])
    quotient = writer.put(f"sdiv i64 {args[0]}, {divisor}")
    if _may_be_negative(term.args[0]):
        rest = writer.put(f"srem i64 {args[0]}, {divisor}")
        below = writer.put(f"icmp slt i64 {rest}, 0")
        quotient = writer.put(f"add i64 {quotient}, {writer.put(f'sext i1 {below} to i64')}")
    return writer.put(f"select i1 {positive}, i64 {quotient}, i64 0")


def _mod(writer: TermWriter, term: Term, args: list[str]) -> str:
    positive, divisor = _divisor(writer, args[1])
    rest = writer.put(f"srem i64 {args[0]}, {divisor}")
    if _may_be_negative(term.args[0]):
        below = writer.put(f"icmp slt i64 {rest}, 0")
        added = writer.put(f"select i1 {below}, i64 {divisor}, i64 0")
        rest = writer.put(f"add i64 {rest}, {added}")
    return writer.put(f"select i1 {positive}, i64 {rest}, i64 0")


def _may_be_negative(term: Term) -> bool:
    return not isinstance(term.sort, IntSort) or term.sort.lo is None or term.sort.lo < 0


_INSTRUCTIONS: Mapping[Op, Callable[[TermWriter, Term, list[str]], str]] = {
    "not": _not,
    "and": _chain("and i1"),
    "or": _chain("or i1"),
    "ite": _ite,
    "eq": _eq,
    "le": _le,
    "add": _chain("add i64"),
    "neg": _neg,
    "mul": _chain("mul i64"),
    "div": _div,
    "mod": _mod,
}
