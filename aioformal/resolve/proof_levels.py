"""Levels in proofs: what is asked of the formulas of its steps once all definitions have their levels.

The rules are those of the reference tools: a temporal statement can be proved by HAVE, TAKE, WITNESS and
CASE only with constant formulas, because these steps reason about one state of the behaviour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from aioformal.diagnostic import Note
from aioformal.resolve.let import Block
from aioformal.resolve.levels import ARTICLES, Levels
from aioformal.resolve.model import Level
from aioformal.resolve.resolution import Resolution
from aioformal.source import Span
from aioformal.syntax import ast


class Formula(Struct, frozen=True):
    """A resolved expression of a proof, with what DEFINE and NEW have made known around it."""

    expr: ast.Expr
    blocks: tuple[Block, ...] = ()
    levels: Mapping[str, Level] | None = None

    def level(self, levels: Levels) -> Level:
        """Its level; that of a step it refers to counts as constant."""
        expr = self.expr
        for block in reversed(self.blocks):
            expr = ast.Let(expr.span, block.flat_units(), expr)
        return levels.level_of(expr, self.levels or {})


class LevelRule(Struct, frozen=True):
    """`formula` has at most the level `limit` where one of `goals` is temporal; with None always."""

    formula: Formula
    limit: Level
    role: str
    hint: str
    goals: tuple[Formula, ...] | None = None


def check_levels(rules: Iterable[LevelRule], levels: Levels, resolution: Resolution) -> None:
    """Report each rule that does not hold. What is wrong inside a formula is not looked for here."""
    silent = Levels(_keep_silent, levels.definitions, levels.signatures)
    known: dict[int, Level] = {}

    def is_temporal(goal: Formula) -> bool:
        # Many steps share one goal, so that its level is remembered.
        if id(goal) not in known:
            known[id(goal)] = goal.level(silent)
        return known[id(goal)] is Level.TEMPORAL

    for rule in rules:
        goal = next((g for g in rule.goals or () if is_temporal(g)), None)
        if rule.goals is not None and goal is None:
            continue
        level = rule.formula.level(silent)
        if level <= rule.limit:
            continue
        notes = [Note("this is a temporal formula", goal.expr.span)] if goal else []
        message = f"{rule.role} is {ARTICLES[level]} here, where only {ARTICLES[rule.limit]} can stand"
        resolution.report("level.too-high", message, rule.formula.expr.span, hint=rule.hint, notes=notes)


def _keep_silent(
    _code: str, _message: str, _span: Span | None, _notes: Sequence[Note], _hint: str | None
) -> None:
    pass
