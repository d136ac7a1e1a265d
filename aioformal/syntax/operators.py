"""The operators of TLA+: spellings, precedence ranges, associativity, fixity.

Ranges follow the reference parser. Where the ranges of two operators overlap, parentheses are
needed; an operator may follow itself only if it is left-associative.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Fixity: TypeAlias = Literal["prefix", "infix", "postfix"]


class Operator(Struct, frozen=True):
    """One operator; `symbol` is its canonical spelling, `low..high` its precedence range."""

    symbol: str
    fixity: Fixity
    low: int
    high: int
    is_left_associative: bool
    synonyms: tuple[str, ...] = ()

    def binds_tighter_than(self, other: Operator) -> bool:
        return self.low > other.high


_LEFT = """
/\\  3 3 \\land ∧
\\/  3 3 \\lor ∨
\\cdot 5 14 ⋅
@@ 6 6
\\cup 8 8 \\union ∪
\\cap 8 8 \\intersect ∩
++ 10 10
+ 10 10
(+) 10 10 \\oplus ⊕
\\X 10 13 \\times ×
| 10 11
|| 10 11 ‖
%% 10 11
- 11 11
-- 11 11
(-) 11 11 \\ominus ⊖
$ 9 13
$$ 9 13
?? 9 13 ⁇
## 9 13
\\uplus 9 13 ⊎
\\sqcap 9 13 ⊓
\\sqcup 9 13 ⊔
* 13 13
** 13 13
& 13 13
&& 13 13
(.) 13 13 \\odot ⊙
(\\X) 13 13 \\otimes ⊗
\\star 13 13 ⋆
\\o 13 13 \\circ ∘
\\bigcirc 13 13 ◯
\\bullet 13 13 ●
"""

_NOT_ASSOCIATIVE = """
=> 1 1 ⇒
<=> 2 2 \\equiv ≡ ⇔
~> 2 2 ↝
-+-> 2 2 ⇸
= 5 5
# 5 5 /= ≠
< 5 5
> 5 5
<= 5 5 \\leq =< ≤
>= 5 5 \\geq ≥
\\in 5 5 ∈
\\notin 5 5 ∉
\\subset 5 5 ⊂
\\supset 5 5 ⊃
\\subseteq 5 5 ⊆
\\supseteq 5 5 ⊇
\\sqsubset 5 5 ⊏
\\sqsupset 5 5 ⊐
\\sqsubseteq 5 5 ⊑
\\sqsupseteq 5 5 ⊒
\\prec 5 5 ≺
\\succ 5 5 ≻
\\preceq 5 5 ⪯
\\succeq 5 5 ⪰
\\sim 5 5 ∼
\\simeq 5 5 ≃
\\approx 5 5 ≈
\\asymp 5 5 ≍
\\cong 5 5 ≅
\\doteq 5 5 ≐
\\propto 5 5 ∝
\\ll 5 5 ≪
\\gg 5 5 ≫
|- 5 5 ⊢
|= 5 5 ⊨
-| 5 5 ⊣
=| 5 5 ⫤
:= 5 5 ≔
::= 5 5 ⩴
:> 7 7
<: 7 7
\\ 8 8
.. 9 9 ‥
... 9 9 …
!! 9 13 ‼
\\wr 9 14 ≀
% 10 11
/ 13 13
// 13 13
(/) 13 13 \\oslash ⊘
\\div 13 13 ÷
^ 14 14
^^ 14 14
"""

_PREFIX = """
~ 4 4 \\lnot \\neg ¬
[] 4 15 □
<> 4 15 ◇
ENABLED 4 15
UNCHANGED 4 15
SUBSET 10 13
UNION 10 13
DOMAIN 10 13
-. 12 12
"""

_POSTFIX = """
' 15 15
^+ 15 15 ⁺
^* 15 15
^# 15 15
"""


def _table(rows: str, fixity: Fixity, is_left_associative: bool = False) -> dict[str, Operator]:
    table: dict[str, Operator] = {}
    for row in rows.split("\n")[1:-1]:
        symbol, low, high, *synonyms = row.split()
        table[symbol] = Operator(symbol, fixity, int(low), int(high), is_left_associative, tuple(synonyms))
    return table


INFIX: dict[str, Operator] = _table(_LEFT, "infix", True) | _table(_NOT_ASSOCIATIVE, "infix")
PREFIX: dict[str, Operator] = _table(_PREFIX, "prefix")
POSTFIX: dict[str, Operator] = _table(_POSTFIX, "postfix")

NEGATIVE = PREFIX["-."]
"""Unary minus: written `-` before an operand, named `-.`."""

CANONICAL: dict[str, str] = {
    spelling: operator.symbol
    for operator in (*INFIX.values(), *PREFIX.values(), *POSTFIX.values())
    for spelling in (operator.symbol, *operator.synonyms)
}
"""Every spelling of every operator, ASCII and Unicode, to its canonical one."""

POSTFIX_APPLICATION = 16
"""How tightly `f[x]` and `r.a` bind: above every operator of the table."""
