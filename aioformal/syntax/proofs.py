"""Proofs are skipped, and ASSUME .. PROVE becomes one SEQUENT token: nothing here evaluates them.

Only their extent is read: steps nest by level, and each level ends with a QED.
"""

from __future__ import annotations

import re

from aioformal.diagnostic import error
from aioformal.syntax.terminals import ENDS_OPERAND
from aioformal.syntax.tokens import Token

_LEAF_STARTS = frozenset({"BY", "OBVIOUS", "OMITTED", "PROOF"})
_UNIT_STARTS = frozenset(
    [
        "DEF_START",
        "CONSTANT",
        "VARIABLE",
        "ASSUME",
        "THEOREM",
        "RECURSIVE",
        "LOCAL",
        "INSTANCE",
        "SEPARATOR",
        "BEGIN_MODULE",
        "END_MODULE",
        "USE",
        "HIDE",
    ]
)
_INSIDE_STEPS = frozenset(
    ["DEF_START", "CONSTANT", "VARIABLE", "ASSUME", "RECURSIVE", "INSTANCE", "USE", "HIDE"]
)
_LEVEL = re.compile(r"<(\d+|[+*])>")


class ProofSkipper:
    """One pass over the tokens of a module; `kept` is what remains."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.kept: list[Token] = []
        self._at = 0
        self._finished = -1
        self._unit = ""
        self._lets = 0

    def run(self) -> list[Token]:
        while self._at < len(self.tokens):
            token = self.tokens[self._at]
            if self._starts_proof(token):
                self._skip_proof()
            elif token.type in ("USE", "HIDE"):
                self._forbid_local(token)
                self._skip_leaf()
            elif token.type in ("ASSUME", "ALWAYS") and self._starts_sequent():
                self._read_sequent()
            else:
                self._keep(token)
        return self.kept

    def _keep(self, token: Token) -> None:
        self._lets += (token.type == "LET") - (token.type == "LET_IN")
        if token.type in _UNIT_STARTS and not self._lets:
            named = token.type == "DEF_START" and self.kept and self.kept[-1].type in ("THEOREM", "ASSUME")
            self._unit = self._unit if named else token.type
        self.kept.append(token)
        self._at += 1

    def _forbid_local(self, token: Token) -> None:
        if self.kept and self.kept[-1].type == "LOCAL":
            raise error(
                "parse.unexpected",
                f"{token.written} cannot be LOCAL",
                token.span,
                hint="only definitions and INSTANCE can be LOCAL",
            )

    def _starts_proof(self, token: Token) -> bool:
        if token.type not in _LEAF_STARTS and token.type != "STEP":
            return False
        return self._unit == "THEOREM" and self.kept[-1].type in ENDS_OPERAND

    def _starts_sequent(self) -> bool:
        """`THEOREM ASSUME ..`, `THEOREM name == []ASSUME ..`; an ASSUME of its own is a unit."""
        follows = self._at + (self.tokens[self._at].type == "ALWAYS")
        if follows >= len(self.tokens) or self.tokens[follows].type != "ASSUME" or not self.kept:
            return False
        if self.kept[-1].type in ("THEOREM", "ASSUME"):
            return True
        named = len(self.kept) > 3 and self.kept[-4].type in ("THEOREM", "ASSUME")
        return named and self.kept[-1].type == "DEFEQ"

    # ------------------------------------------------------------ sequents

    def _read_sequent(self) -> None:
        start = self._at
        proves = lets = 0
        while self._at < len(self.tokens):
            token = self.tokens[self._at]
            if token.type == "ASSUME" and (proves > 0 or self._at <= start + 1):
                proves += 1
            elif token.type == "PROVE":
                proves -= 1
            elif proves == 0 and lets == 0 and self._ends_sequent(token):
                break
            lets += (token.type == "LET") - (token.type == "LET_IN")
            self._at += 1
        self._keep_sequent(start)

    def _ends_sequent(self, token: Token) -> bool:
        if token.type in _LEAF_STARTS or token.type in _UNIT_STARTS:
            return True
        return token.type == "STEP" and self.tokens[self._at - 1].type in ENDS_OPERAND

    def _keep_sequent(self, start: int) -> None:
        first, last = self.tokens[start], self.tokens[self._at - 1]
        text = " ".join(t.written for t in self.tokens[start : self._at] if t.type != "DEF_START")
        self.kept.append(Token("SEQUENT", text, first.source, first.start, last.end, first.column))

    # ------------------------------------------------------------ proofs

    def _skip_proof(self) -> None:
        """Skip to the first unit after the QED of the outermost level (or the leaf proof)."""
        levels: list[int] = []
        self._finished = -1
        first_step: Token | None = None
        while self._at < len(self.tokens):
            token = self.tokens[self._at]
            if token.type == "STEP" and self._is_step_start():
                first_step = first_step or token
                self._enter_level(levels, token)
            elif token.type == "QED":
                self._leave_level(levels, token)
            elif not levels and token.type in _UNIT_STARTS:
                return
            elif token.type in _UNIT_STARTS - _INSIDE_STEPS and token.type != "THEOREM":
                raise self._unfinished(first_step or token, token)
            self._at += 1
            if token.type == "LET":
                self._skip_let()

    def _skip_leaf(self) -> None:
        """USE and HIDE at the level of units."""
        self._at += 1
        while self._at < len(self.tokens) and self.tokens[self._at].type not in _UNIT_STARTS:
            self._at += 1
            if self.tokens[self._at - 1].type == "LET":
                self._skip_let()

    def _skip_let(self) -> None:
        """Definitions inside LET begin no unit."""
        depth = 1
        while depth and self._at < len(self.tokens):
            kind = self.tokens[self._at].type
            depth += (kind == "LET") - (kind == "LET_IN")
            self._at += 1

    def _is_step_start(self) -> bool:
        """A step begins here; after BY, a comma or an operator the token only refers to one."""
        before = self.tokens[self._at - 1].type
        if before in ENDS_OPERAND or before in ("PROOF", "QED", "OBVIOUS", "OMITTED"):
            return True
        return self._follows_operator_list()

    def _follows_operator_list(self) -> bool:
        """`BY DEFS >, =  <1>2`: operators stand for themselves after DEF."""
        index = self._at - 1
        while index > 0 and self.tokens[index].type in ("INFIX", "COMMA", "IDENT", "AND_OR", "MINUS", "IN"):
            index -= 1
        return self.tokens[index].type == "DEF" and self.tokens[self._at - 1].type != "COMMA"

    def _enter_level(self, levels: list[int], token: Token) -> None:
        found = _LEVEL.match(token.text)
        mark = found.group(1) if found else "*"
        current = levels[-1] if levels else self._finished
        is_deeper = mark == "+" or not levels or self.tokens[self._at - 1].type == "PROOF"
        level = int(mark) if mark.isdigit() else current + 1 if is_deeper else current
        while levels and levels[-1] > level:
            levels.pop()
        if levels and levels[-1] == level:
            return
        if not levels and level <= self._finished:
            raise error("parse.unexpected", "the proof has already ended with QED", token.span)
        levels.append(level)

    def _leave_level(self, levels: list[int], token: Token) -> None:
        if not levels:
            raise error("parse.unexpected", "this QED ends no proof", token.span)
        self._finished = levels.pop()

    def _unfinished(self, step: Token, token: Token) -> Exception:
        return error(
            "parse.unclosed",
            "this proof has no QED step",
            step.span,
            hint=f"every level of a proof ends with QED; `{token.written[:20]}` was found instead",
        )


def skip_proofs(tokens: list[Token]) -> list[Token]:
    """The tokens without proofs, USE and HIDE; sequents folded into SEQUENT tokens."""
    return ProofSkipper(tokens).run()
