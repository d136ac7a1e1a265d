"""Syntax trees of proofs: what a proof says, step by step (Lamport, "TLA+ Version 2", chapter on proofs)."""

from __future__ import annotations

from typing import Literal, TypeAlias

from aioformal.syntax import ast

Kind: TypeAlias = Literal[
    "ASSERT",
    "SUFFICES",
    "HAVE",
    "CASE",
    "TAKE",
    "PICK",
    "WITNESS",
    "DEFINE",
    "USE",
    "HIDE",
    "INSTANCE",
    "QED",
]


class New(ast.Node, frozen=True):
    """`NEW x \\in S`, `NEW VARIABLE v`, `NEW F(_)` in a sequent. `level` is the word that gives it."""

    declared: ast.Parameter
    level: Literal["CONSTANT", "VARIABLE", "STATE", "ACTION", "TEMPORAL"]
    domain: ast.Expr | None


class Sequent(ast.Node, frozen=True):
    """`ASSUME assumptions PROVE goal`, with the label before it, if it has one."""

    label: ast.Identifier | None
    assumptions: tuple[New | Sequent | ast.Expr, ...]
    goal: ast.Expr


class Facts(ast.Node, frozen=True):
    """`BY facts DEF definitions`, and the same after USE and HIDE. What is named by MODULE is left out."""

    word: Literal["BY", "USE", "HIDE"]
    facts: tuple[Sequent | ast.Expr, ...]
    definitions: tuple[ast.Expr, ...]


class Step(ast.Node, frozen=True):
    """One step. `name` is `<1>a`, None for `<1>`. `content` by kind: a statement of ASSERT and SUFFICES
    (`Sequent` or expression); the expression of HAVE and CASE; a `Tuple` of WITNESS; a `Quantifier` of TAKE
    (with the body TRUE) and PICK; a `Let` of DEFINE (with the body TRUE); `Facts`; else None."""

    name: ast.Identifier | None
    kind: Kind
    content: Sequent | Facts | ast.Expr | None
    proof: Proof | Facts | None


class Proof(ast.Node, frozen=True):
    """Steps of one level."""

    steps: tuple[Step, ...]
