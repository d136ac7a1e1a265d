"""Reads .cfg files as TLC does: keywords in any order, repeatable, with no terminators."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

from msgspec import Struct, field

from aioformal.diagnostic import DiagnosticError, Note, error, nearest
from aioformal.source import Source, Span
from aioformal.syntax.config import (
    Assign,
    BooleanValue,
    CheckDeadlock,
    Config,
    ConfigName,
    ConfigValue,
    ConstantStatement,
    IntValue,
    ModelValue,
    Replace,
    SetValue,
    StringValue,
)
from aioformal.syntax.nesting import MAX_DEPTH, make_room
from aioformal.syntax.operators import CANONICAL

__all__ = [
    "Assign",
    "BooleanValue",
    "CheckDeadlock",
    "Config",
    "ConfigName",
    "ConfigValue",
    "ConstantStatement",
    "IntValue",
    "ModelValue",
    "Replace",
    "SetValue",
    "StringValue",
    "parse_config",
]

MAX_CHARACTERS = 1_000_000
"""The longest configuration that is read."""

ONE_NAME = {
    "INIT": "init",
    "NEXT": "next",
    "SPECIFICATION": "specification",
    "SYMMETRY": "symmetry",
    "VIEW": "view",
    "ALIAS": "alias",
    "_PERIODIC": "periodic",
    "_RL_REWARD": "rl_reward",
}
"""Keywords that one name follows, and the field of `Config` it goes to."""

MANY_NAMES = {
    "INVARIANT": "invariants",
    "INVARIANTS": "invariants",
    "PROPERTY": "properties",
    "PROPERTIES": "properties",
    "CONSTRAINT": "constraints",
    "CONSTRAINTS": "constraints",
    "ACTION_CONSTRAINT": "action_constraints",
    "ACTION_CONSTRAINTS": "action_constraints",
    "POSTCONDITION": "postcondition",
    "POSTCONDITIONS": "postcondition",
    "_POSSIBLE": "possible",
}
"""Keywords that any number of names follow."""

KEYWORDS = (*ONE_NAME, *MANY_NAMES, "CONSTANT", "CONSTANTS", "CHECK_DEADLOCK")

_OPERATORS = "|".join(re.escape(s) for s in sorted(set(CANONICAL) - {"="}, key=len, reverse=True))
_TOKEN = re.compile(
    r"[ \t\r\n\f\v\ufeff]*(?:(?P<comment>\\\*[^\n]*)|(?P<block>\(\*)|(?P<number>-?[0-9]+(?![0-9A-Za-z_]))"
    r'|(?P<string>"(?:[^"\\\r\n]|\\[^\r\n])*")|(?P<word>[0-9A-Za-z_]+)|(?P<gets><-|←)'
    rf"|(?P<operator>{_OPERATORS})|(?P<symbol>[=\[\](){{}},!]))"
)
_BLOCK_EDGE = re.compile(r"\(\*|\*\)")
_BLANK = re.compile(r"[ \t\r\n\f\v\ufeff]*")
_FORBIDDEN = {
    "<": "a tuple",
    "[": "a record or a function",
    "(": "an expression",
}


class _Word(Struct, frozen=True):
    kind: str
    text: str
    span: Span


class _Reader(Struct):
    source: Source
    words: list[_Word]
    at: int = 0
    found: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])

    # ------------------------------------------------------------ words

    def peek(self) -> _Word:
        return self.words[self.at]

    def take(self) -> _Word:
        word = self.words[self.at]
        if word.kind != "end":
            self.at += 1
        return word

    def expect(self, text: str, why: str) -> _Word:
        word = self.take()
        if word.text != text or word.kind in ("string", "end"):
            raise _wrong(word, f"`{text}` is expected {why}")
        return word

    def name(self, after: str) -> ConfigName:
        """An identifier, possibly of an instance: `M!x`; or an operator."""
        word = self.take()
        if word.kind == "operator":
            return ConfigName(word.span, CANONICAL[word.text])
        if word.kind != "word" or word.text in KEYWORDS:
            raise _wrong(word, f"a name is expected after {after}")
        text, span = word.text, word.span
        while self.peek().text == "!" and self.peek().kind == "symbol":
            self.take()
            part = self.take()
            if part.kind not in ("word", "number"):
                raise _wrong(part, "a name is expected after `!`")
            text, span = f"{text}!{part.text}", span.to(part.span)
        return ConfigName(span, text)

    def is_at_keyword(self) -> bool:
        word = self.peek()
        return word.kind == "end" or (word.kind == "word" and word.text in KEYWORDS)

    # ------------------------------------------------------------ statements

    def statements(self) -> Config:
        while self.peek().kind != "end":
            word = self.take()
            if word.kind != "word" or word.text not in KEYWORDS:
                raise self._no_keyword(word)
            self._statement(word)
        return Config(self.source, **{name: tuple(items) for name, items in self.found.items()})

    def _add(self, field_name: str, item: object) -> None:
        self.found.setdefault(field_name, []).append(item)

    def _statement(self, keyword: _Word) -> None:
        text = keyword.text
        if text in ONE_NAME:
            self._add(ONE_NAME[text], self.name(text))
        elif text in MANY_NAMES:
            while not self.is_at_keyword():
                self._stop_at_misspelt()
                self._add(MANY_NAMES[text], self.name(text))
        elif text == "CHECK_DEADLOCK":
            self._check_deadlock()
        else:
            while not self.is_at_keyword():
                self._stop_at_misspelt()
                self._add("constants", self._constant(text))

    def _check_deadlock(self) -> None:
        word = self.take()
        if word.text not in ("TRUE", "FALSE"):
            raise _wrong(word, "TRUE or FALSE is expected after CHECK_DEADLOCK")
        self._add("check_deadlock", CheckDeadlock(word.span, word.text == "TRUE"))

    def _constant(self, keyword: str) -> ConstantStatement:
        name = self.name(keyword)
        args = self._arguments()
        word = self.take()
        if word.kind == "gets":
            return self._replacement(name)
        if word.text != "=" or word.kind != "symbol":
            if word.kind == "word" and _is_misspelt_keyword(name.name):
                raise self._no_keyword(_Word("word", name.name, name.span))
            raise _wrong(word, f"`=` or `<-` is expected after {name.name}", hint=_constant_hint(name))
        module = self._module()
        value = self._value()
        return Assign(name.span.to(value.span), name, value, module, args)

    def _replacement(self, name: ConfigName) -> Replace:
        module = self._module()
        word = self.peek()
        if word.kind in ("number", "string") or word.text == "{":
            raise _wrong(word, f"`{name.name} <-` takes the name of a definition", hint="a value follows `=`")
        definition = self.name("`<-`")
        return Replace(name.span.to(definition.span), name, definition, module)

    def _arguments(self) -> tuple[ConfigValue, ...]:
        if self.peek().text != "(" or self.peek().kind != "symbol":
            return ()
        self.take()
        values = [self._value()]
        while self.peek().text == ",":
            self.take()
            values.append(self._value())
        self.expect(")", "after the arguments")
        return tuple(values)

    def _module(self) -> ConfigName | None:
        if self.peek().text != "[" or self.peek().kind != "symbol":
            return None
        self.take()
        module = self.name("`[`")
        self.expect("]", f"after the module {module.name}")
        return module

    # ------------------------------------------------------------ values

    def _value(self, depth: int = 0) -> ConfigValue:
        word = self.take()
        if word.kind == "number":
            return IntValue(word.span, _integer(word))
        if word.kind == "string":
            return StringValue(word.span, word.text[1:-1])
        if word.text in ("TRUE", "FALSE"):
            return BooleanValue(word.span, word.text == "TRUE")
        if word.text == "{" and depth < MAX_DEPTH:
            return self._set(word, depth + 1)
        if word.text == "{":
            raise error("parse.nesting", f"sets nest more than {MAX_DEPTH} levels deep", word.span)
        if word.kind == "word" and word.text not in KEYWORDS:
            return ModelValue(word.span, word.text)
        raise _no_value(word)

    def _set(self, opening: _Word, depth: int) -> SetValue:
        elements: list[ConfigValue] = []
        while self.peek().text != "}":
            elements.append(self._value(depth))
            if self.peek().text != ",":
                break
            self.take()
        close = self.take()
        if close.text != "}":
            raise _unclosed_set(opening, close)
        return SetValue(opening.span.to(close.span), tuple(elements))

    # ------------------------------------------------------------ mistakes

    def _stop_at_misspelt(self) -> None:
        """`PROPERTEIS P` on a line of its own is no list of two invariants."""
        word, following = self.peek(), self.words[self.at + 1]
        line = word.span.line
        leads = self.words[self.at - 1].span.line < line == following.span.line
        if leads and word.kind == following.kind == "word" and _is_misspelt_keyword(word.text):
            raise self._no_keyword(word)

    def _no_keyword(self, word: _Word) -> DiagnosticError:
        near = nearest(word.text.upper(), KEYWORDS) if word.kind == "word" else None
        hint = f"did you mean {near}?" if near else f"a statement begins with {', '.join(_MAIN_KEYWORDS)}"
        return error(
            "config.syntax", f"`{word.text}` is not a keyword of a configuration", word.span, hint=hint
        )


_MAIN_KEYWORDS = ("CONSTANT", "INIT", "NEXT", "SPECIFICATION", "INVARIANT", "PROPERTY", "CONSTRAINT", "..")


def _is_misspelt_keyword(text: str) -> bool:
    """As sure as one can be: a letter or two off, and not a keyword with something added."""
    near = nearest(text, KEYWORDS) if text not in KEYWORDS else None
    if near is None or near in text:
        return False
    return SequenceMatcher(None, near, text).ratio() > 0.85


def _integer(word: _Word) -> int:
    try:
        return int(word.text)
    except ValueError:
        raise error("config.syntax", f"a number of {len(word.text)} digits is too long", word.span) from None


def _wrong(word: _Word, message: str, *, hint: str | None = None) -> DiagnosticError:
    found = "the end of the file" if word.kind == "end" else f"`{word.text}`"
    return error("config.syntax", f"{message}, not {found}", word.span, hint=hint)


def _constant_hint(name: ConfigName) -> str:
    return f"write `{name.name} = value` or `{name.name} <- Definition`"


def _no_value(word: _Word) -> DiagnosticError:
    meant = _FORBIDDEN.get(word.text[:1])
    hint = f"{meant} must be a definition of the specification, used with `<-`" if meant else None
    return _wrong(
        word, "a value is expected: a number, a string, TRUE, FALSE, a model value or {..}", hint=hint
    )


def _unclosed_set(opening: _Word, word: _Word) -> DiagnosticError:
    found = "the end of the file" if word.kind == "end" else f"`{word.text}`"
    return error(
        "config.syntax",
        "this `{` is not closed: `,` or `}` is expected",
        opening.span,
        notes=(Note(f"{found} comes instead", word.span),),
    )


def _words(source: Source) -> list[_Word]:
    words: list[_Word] = []
    position, text = 0, source.text
    while found := _TOKEN.match(text, position):
        kind = found.lastgroup or ""
        start, position = found.span(kind)
        if kind == "block":
            position = _block_end(source, start)
        elif kind != "comment":
            words.append(_Word(kind, text[start:position], Span(source, start, position)))
    blank = _BLANK.match(text, position)
    place = blank.end() if blank else position
    if place < len(text):
        raise _strange(source, place)
    words.append(_Word("end", "", Span(source, place, place)))
    return words


def _block_end(source: Source, start: int) -> int:
    depth = 0
    for edge in _BLOCK_EDGE.finditer(source.text, start):
        depth += 1 if edge.group() == "(*" else -1
        if depth == 0:
            return edge.end()
    raise error("config.syntax", "this comment is never closed", Span(source, start, start + 2))


def _strange(source: Source, place: int) -> DiagnosticError:
    character = source.text[place]
    span = Span(source, place, place + 1)
    if character == '"':
        return error("config.syntax", "this string is not closed on its line", span)
    name = f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
    meant = _FORBIDDEN.get(character)
    hint = f"{meant} must be a definition of the specification, used with `<-`" if meant else None
    return error("config.syntax", f"{name} has no meaning in a configuration", span, hint=hint)


def parse_config(source: Source) -> Config:
    """The statements of a .cfg file. Raises DiagnosticError: config.syntax, file.too-large."""
    if len(source.text) > MAX_CHARACTERS:
        raise error(
            "file.too-large",
            f"{source.name}: at most {MAX_CHARACTERS:,} characters are read",
            Span(source, 0, 0),
        )
    make_room()
    return _Reader(source, _words(source)).statements()
