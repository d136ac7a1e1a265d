"""The test oracle for layout: junction lists found by asking the parser.

No knowledge of brackets or constructs: an operator opens a list where the grammar takes OPEN, and
a list ends when the next token is not acceptable and CLOSE is. Acceptable means that reducing and
then shifting succeeds; a row of the LALR table alone would lie, since lookaheads are merged.
"""

from __future__ import annotations

from typing import Any

from aioformal.syntax.grammar import parser
from aioformal.syntax.tokens import Token


class RejectedError(Exception):
    """No reading of the tokens exists."""


class DirectedLayout:
    def __init__(self, tokens: list[Token], start: str) -> None:
        state: Any = parser().parse_interactive(start=start).parser_state
        self.table = state.parse_conf.states
        self.end_state = state.parse_conf.end_state
        self.states: list[int] = list(state.state_stack)
        self.tokens = tokens
        self.lists: list[Token] = []
        self.laid: list[tuple[str, int]] = []

    def run(self) -> list[tuple[str, int]]:
        for index, token in enumerate(self.tokens):
            while not self.place(token, index):
                self.close()
        while self.lists:
            self.close()
        if not self.advance("$END", peek=True):
            raise RejectedError("$END")
        return self.laid

    def place(self, token: Token, index: int) -> bool:
        """Shift the token if it can stand here; False when a list must end first."""
        if self.lists and token.column <= self.lists[-1].column:
            bullet = self.lists[-1]
            same = token.type == "AND_OR" and token.text == bullet.text and token.column == bullet.column
            return same and self.shift("BULLET", token)
        if token.type == "AND_OR" and self.advance("OPEN", peek=True) and not self.is_argument(index):
            self.lists.append(token)
            return self.shift("OPEN", token)
        if token.type == "ALWAYS" and self.advance("CASE_SEP", peek=True):
            return self.shift("CASE_SEP", token)
        if self.advance(token.type, peek=True):
            return self.shift(token.type, token)
        return False

    def is_argument(self, index: int) -> bool:
        following = self.tokens[index + 1 :][:1]
        if not following or following[0].type in ("COMMA", "RPAR", "GETS"):
            return True
        ends = ("DEF_START", "LOCAL", "INSTANCE", "CONSTANT", "VARIABLE", "THEOREM", "ASSUME", "RECURSIVE")
        ends = (*ends, "SEPARATOR", "BEGIN_MODULE", "END_MODULE")
        return self.tokens[index - 1].type == "GETS" and following[0].type in ends

    def close(self) -> None:
        if not self.lists or not self.advance("CLOSE", peek=True):
            raise RejectedError(self.laid[-5:])
        self.lists.pop()
        self.advance("CLOSE")
        self.laid.append(("CLOSE", -1))

    def shift(self, kind: str, token: Token) -> bool:
        if not self.advance(kind):
            raise RejectedError(token)
        self.laid.append((kind, token.start))
        return True

    def advance(self, kind: str, *, peek: bool = False) -> bool:
        """Reduce and shift on the stack of states (on a copy, to peek)."""
        states = self.states[:] if peek else self.states
        while True:
            entry = self.table[states[-1]].get(kind)
            if entry is None:
                return False
            action, target = entry
            if action.name == "Shift":
                states.append(target)
                return True
            if target.expansion:
                del states[-len(target.expansion) :]
            states.append(self.table[states[-1]][target.origin.name][1])
            if kind == "$END" and states[-1] == self.end_state:
                return True


def directed_layout(tokens: list[Token], start: str = "module") -> list[tuple[str, int]]:
    """Types and offsets of the laid-out tokens; CLOSE has the offset -1. Raises RejectedError."""
    return DirectedLayout(tokens, start).run()
