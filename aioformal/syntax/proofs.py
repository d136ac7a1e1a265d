"""A proof becomes one token (SKIPPED), and so do ASSUME .. PROVE (SEQUENT), USE and HIDE (FACTS).

No engine reads them. Only their extent is found here: steps nest by level, and each level ends with a QED.
What they say is read by `proof_reader` and `statements`, when a specification is looked through.
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
_LEVEL = re.compile(r"<(?:0+(?=[0-9]))?([0-9]+|[+*])>")
LONGEST_LEVEL = 9
"""Digits of a level, without zeros in front."""


class ProofSkipper:
    """One pass over the tokens of a module; `kept` is what remains."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.kept: list[Token] = []
        self._at = 0
        self._unit = ""
        self._lets = 0

    def run(self) -> list[Token]:
        while self._at < len(self.tokens):
            token = self.tokens[self._at]
            if self._starts_proof(token):
                start = self._at
                self._skip_proof()
                self._fold("SKIPPED", start, with_text=False)
            elif token.type in ("USE", "HIDE"):
                self._forbid_local(token)
                start = self._at
                self._skip_leaf()
                self._fold("FACTS", start)
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
        self._fold("SEQUENT", start)

    def _ends_sequent(self, token: Token) -> bool:
        if token.type in _LEAF_STARTS or token.type in _UNIT_STARTS:
            return True
        return token.type == "STEP" and self.tokens[self._at - 1].type in ENDS_OPERAND

    def _fold(self, terminal: str, start: int, *, with_text: bool = True) -> None:
        """One token for all since `start`."""
        folded = self.tokens[start : self._at]
        first, last = folded[0], folded[-1]
        text = " ".join([t.written for t in folded if t.type != "DEF_START"]) if with_text else ""
        self.kept.append(Token(terminal, text, first.source, first.start, last.end, first.column))

    # ------------------------------------------------------------ proofs

    def _skip_proof(self) -> None:
        """Skip to the first unit after the QED of the outermost level (or the leaf proof)."""
        levels = ProofLevels()
        first_step: Token | None = None
        last_step = -1
        while self._at < len(self.tokens):
            token = self.tokens[self._at]
            if token.type == "STEP" and starts_step(self.tokens, self._at, last_step):
                first_step = first_step or token
                last_step = self._at
                levels.enter(token, self.tokens[self._at - 1].type == "PROOF")
            elif token.type == "QED":
                levels.leave(token)
            elif not levels.open and token.type in _UNIT_STARTS:
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

    def _unfinished(self, step: Token, token: Token) -> Exception:
        return error(
            "parse.unclosed",
            "this proof has no QED step",
            step.span,
            hint=f"every level of a proof ends with QED; `{token.written[:20]}` was found instead",
        )


class ProofLevels:
    """The levels that are open at a point of a proof; `<+>` and `<*>` count from them."""

    def __init__(self) -> None:
        self.open: list[int] = []
        self._finished = -1

    def enter(self, token: Token, after_proof: bool) -> int:
        """The level of the step that `token` begins. Raises parse.unexpected."""
        mark = _mark(token)
        current = self.open[-1] if self.open else self._finished
        is_deeper = mark == "+" or not self.open or after_proof
        level = int(mark) if mark.isdigit() else current + 1 if is_deeper else current
        while self.open and self.open[-1] > level:
            self.open.pop()
        if self.open and self.open[-1] == level:
            return level
        if not self.open and level <= self._finished:
            raise error("parse.unexpected", "the proof has already ended with QED", token.span)
        self.open.append(level)
        return level

    def leave(self, token: Token) -> None:
        """QED ends the innermost level. Raises parse.unexpected."""
        if not self.open:
            raise error("parse.unexpected", "this QED ends no proof", token.span)
        self._finished = self.open.pop()


def _mark(token: Token) -> str:
    """What stands between the angles of a step: `+`, `*`, or a number that can be counted with."""
    found = _LEVEL.match(token.text)
    mark = found.group(1) if found else "*"
    if len(mark) > LONGEST_LEVEL:
        message = f"the number of this level has more than {LONGEST_LEVEL} digits"
        raise error("parse.unexpected", message, token.span, hint="number the levels of a proof 1, 2, 3, ...")
    return mark


def starts_step(tokens: list[Token], index: int, last: int) -> bool:
    """Whether a step begins at the STEP token; after BY, a comma or an operator it only refers to one.
    `last` is where the step before began: what follows that token directly is part of its statement."""
    if tokens[index].text.rstrip(".").endswith(">"):
        return True  # without a name nothing can refer to it
    before = tokens[index - 1].type
    if before == "STEP":
        return index - 1 != last
    if before in ENDS_OPERAND or before in ("PROOF", "QED", "OBVIOUS", "OMITTED"):
        return True
    return _follows_operator_list(tokens, index)


def _follows_operator_list(tokens: list[Token], at: int) -> bool:
    """`BY DEFS >, =  <1>2`: operators stand for themselves after DEF."""
    index = at - 1
    while index > 0 and tokens[index].type in ("INFIX", "COMMA", "IDENT", "AND_OR", "MINUS", "IN"):
        index -= 1
    return tokens[index].type == "DEF" and tokens[at - 1].type != "COMMA"


def skip_proofs(tokens: list[Token]) -> list[Token]:
    """The tokens with proofs, sequents, USE and HIDE folded into one token each."""
    return ProofSkipper(tokens).run()
