"""What sequents, proofs, USE and HIDE demand: names that are known, steps that exist, facts, levels.

A proof is walked from top to bottom with what is known so far. What cannot be told without carrying the
proof out (a part of a step that `!` selects, names that an INSTANCE step brings) is left alone:
`Context.is_sure`. Nor is a name missed where a module of the library is in use whose theorems were left out,
nor a module that only proofs name: those are not loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.diagnostic import Note
from aioformal.resolve.expression import Expressions
from aioformal.resolve.facts import FactNames
from aioformal.resolve.let import Block
from aioformal.resolve.model import Level
from aioformal.resolve.proof_levels import Formula, LevelRule
from aioformal.resolve.resolution import Resolution
from aioformal.resolve.scope import Entry, InstanceEntry, LocalEntry, Place
from aioformal.resolve.traverse import walk
from aioformal.syntax import ast
from aioformal.syntax.proof_reader import read_proof
from aioformal.syntax.statements import read_facts, read_sequent
from aioformal.syntax.steps import Facts, New, Proof, Sequent, Step

_STEP_NAME = re.compile(r"<[0-9]+>.")
_ANGLE = re.compile(r"<[0-9]+>")
_NEW_LEVELS = {
    "VARIABLE": Level.STATE,
    "STATE": Level.STATE,
    "ACTION": Level.ACTION,
    "TEMPORAL": Level.TEMPORAL,
}
_WITHOUT_VALUE = frozenset(["QED", "CASE", "HAVE", "TAKE", "PICK", "WITNESS", "SUFFICES"])
_CONSTANT_ROLES = {
    "HAVE": "the formula of HAVE",
    "CASE": "the formula of CASE",
    "TAKE": "the set of TAKE",
    "WITNESS": "what WITNESS gives",
}
_CONSTANT_HINT = "in the proof of a temporal formula, {} takes constant formulas only"


class Context(Struct, frozen=True):
    """What is known at a point of a proof. `levels` are those of names that NEW declares, by key."""

    place: Place
    steps: Mapping[str, Step] = field(default_factory=dict[str, Step])
    levels: Mapping[str, Level] = field(default_factory=dict[str, Level])
    blocks: tuple[Block, ...] = ()
    is_sure: bool = True

    def seeing(self, step: Step) -> Context:
        """With the name of a step, if it has one. Two steps may share a name: the first is meant,
        unless only the other has a value."""
        if step.name is None:
            return self
        name = step.name.name
        first = self.steps.get(name)
        if first is not None and (first.kind not in _WITHOUT_VALUE or step.kind in _WITHOUT_VALUE):
            return self
        entry: dict[str, Entry] = {name: LocalEntry(name, step.name.span, "", name, 0)}
        place = self.place.inside(self.place.environment.with_entries(entry))
        return replace(self, place=place, steps={**self.steps, name: step})


Goals = tuple[Formula, ...]
Statement = Sequent | ast.Expr


class Proofs(Struct, dict=True):
    """Reads what a module states, and with `reads_proofs` its proofs; `rules` are to be looked at when all
    levels are known."""

    resolution: Resolution
    expressions: Expressions
    reads_proofs: bool
    rules: list[LevelRule] = field(default_factory=list[LevelRule])

    def __post_init__(self) -> None:
        self.names = FactNames(self.resolution)
        loaded = self.resolution.loaded
        self.knows_all_names = all(loaded.modules[name].units for name in loaded.library)

    def check(
        self, unit: ast.Theorem | ast.Assume | ast.Use, place: Place, body: ast.Expr | None = None
    ) -> None:
        """A unit of a module at its place; `body` is its resolved formula, if it has one.
        Raises DiagnosticError (parse.*) if it cannot be read."""
        context = Context(place)
        if isinstance(unit, ast.Use):
            self._facts(read_facts(unit.span), context)
            return
        goals: Goals = (Formula(body),) if body is not None else ()
        if isinstance(unit.body, ast.AssumeProve):
            goals, context = self._sequent(read_sequent(unit.body.span), context)
        proof = unit.proof if isinstance(unit, ast.Theorem) and self.reads_proofs else None
        if proof is not None:
            # A proof sees the name of its theorem, the statement does not.
            inner = replace(context.place, position=place.position + 1)
            self._proof(read_proof(proof), replace(context, place=inner), goals)

    # ------------------------------------------------------------ steps

    def _proof(self, proof: Proof | Facts | None, context: Context, goals: Goals) -> None:
        if isinstance(proof, Facts):
            self._facts(proof, context)
        elif proof is not None:
            for step in proof.steps:
                context = self._step(step, context, goals)

    def _step(self, step: Step, context: Context, goals: Goals) -> Context:
        """Look at a step and its proof; what is known after it."""
        inner = after = context
        stated = goals
        match step.kind, step.content:
            case "ASSERT", content:
                stated, inner = self._statement(content, context, sees_previous=True)
            case "SUFFICES", content:
                stated, after = self._statement(content, context)
            case "DEFINE", ast.Let() as content:
                after = self._define(content, context)
            case "USE" | "HIDE", Facts() as facts:
                self._facts(facts, context)
            case "INSTANCE", _:
                after = replace(context, is_sure=False)
            case "TAKE", ast.Quantifier() as content:
                domains, after = self._bounds(content, context)
                self._demand_constant(step, domains, goals)
            case "PICK", ast.Quantifier() as content:
                stated, after = self._pick(content, context)
            case "WITNESS", ast.Tuple(elements=parts):
                for part in parts:
                    self._demand_constant(step, self._resolved(part, context), goals)
            case "HAVE" | "CASE", content:
                stated, _ = self._statement(content, context)
                self._demand_constant(step, stated, goals)
                stated = (*goals, *stated)
            case _:
                pass
        self._proof(step.proof, inner.seeing(step), stated)
        return after.seeing(step)

    def _demand_constant(self, step: Step, formulas: Goals, goals: Goals) -> None:
        hint = _CONSTANT_HINT.format(step.kind)
        role = _CONSTANT_ROLES[step.kind]
        self.rules += [LevelRule(f, Level.CONSTANT, role, hint, goals) for f in formulas]

    def _statement(
        self, content: Statement | Facts | None, context: Context, *, sees_previous: bool = False
    ) -> tuple[Goals, Context]:
        if isinstance(content, Sequent):
            return self._sequent(content, context)
        assert content is not None
        assert not isinstance(content, Facts)
        if not sees_previous:
            return self._resolved(content, context), context
        # `@` stands for the right side of the step before.
        at: dict[str, Entry] = {"@": LocalEntry("@", content.span, "", "@", 0)}
        place = context.place.inside(context.place.environment.with_entries(at))
        return self._resolved(content, replace(context, place=place)), context

    def _bounds(self, node: ast.Quantifier, context: Context) -> tuple[Goals, Context]:
        domains: list[Formula] = []
        for bound in node.bounds:
            domains.extend(self._resolved(bound.domain, context) if bound.domain else ())
        names = [name for bound in node.bounds for name in bound.names]
        return tuple(domains), self._introduce(names, context)

    def _pick(self, node: ast.Quantifier, context: Context) -> tuple[Goals, Context]:
        domains, after = self._bounds(node, context)
        stated = (*self._resolved(node.body, after), *domains)
        hint = "what PICK chooses from must not change when its formula speaks of behaviours"
        self.rules += [LevelRule(d, Level.CONSTANT, "what PICK chooses from", hint, stated) for d in domains]
        return stated, after

    def _define(self, node: ast.Let, context: Context) -> Context:
        if not context.is_sure or self._selects(node, context):
            return replace(context, is_sure=False)
        problems = len(self.resolution.problems)
        block = self.expressions.definitions.block(node.units, context.place)
        self._forget_missed_names(problems)
        return replace(context, place=block.place, blocks=(*context.blocks, block))

    # ------------------------------------------------------------ sequents

    def _sequent(self, node: Sequent, context: Context, *, is_nested: bool = False) -> tuple[Goals, Context]:
        """The formulas of a sequent, and what is known where it is assumed."""
        stated: list[Formula] = []
        declared: New | None = None
        for item in (*node.assumptions, node.goal):
            formula = item.domain if isinstance(item, New) else item
            if declared is not None and is_nested and formula is not None:
                self._forbid_labels(formula, declared)
            if isinstance(item, New):
                declared = item
                context = self._new(item, context)
            elif isinstance(item, Sequent):
                stated.extend(self._sequent(item, context, is_nested=True)[0])
            else:
                stated.extend(self._resolved(item, context))
        return tuple(stated), context

    def _new(self, node: New, context: Context) -> Context:
        hint = "a set is no formula about behaviours"
        for formula in self._resolved(node.domain, context) if node.domain else ():
            self.rules.append(LevelRule(formula, Level.ACTION, "the set of a NEW name", hint))
        return self._introduce([node.declared], context, _NEW_LEVELS.get(node.level))

    def _introduce(
        self,
        names: Sequence[ast.Identifier | ast.Parameter],
        context: Context,
        level: Level | None = None,
    ) -> Context:
        if not context.is_sure:
            return context
        place, keys = self.expressions.introduce(names, context.place)
        levels = {**context.levels, **dict.fromkeys(keys.values(), level)} if level else context.levels
        return replace(context, place=place, levels=levels)

    def _forbid_labels(self, item: Statement, declared: New) -> None:
        if isinstance(item, Sequent):
            labels = [item.label] if item.label else []
        else:
            labels = [node.name for node in walk(item) if isinstance(node, ast.Label)]
        for label in labels:
            message = f"the label `{label.name}` stands in an inner ASSUME/PROVE, below a NEW of it"
            notes = [Note(f"`{declared.declared.name}` is declared here", declared.span)]
            hint = "nothing can select it there; leave it out"
            self.resolution.report("name.selector", message, label.span, hint=hint, notes=notes)

    # ------------------------------------------------------------ facts

    def _facts(self, node: Facts, context: Context) -> None:
        looks_up = context.is_sure and self.knows_all_names
        for fact in node.facts:
            if isinstance(fact, Sequent):
                self._sequent(fact, context)
            elif isinstance(fact, ast.Name):
                known = self._knows_steps(fact, context, are_facts=True)
                if known and looks_up and not _is_step(fact):
                    self.names.check(fact, context.place)
            else:
                self._resolved(fact, context)
            if node.word == "HIDE" and context.is_sure and not _is_step(fact):
                self.names.check_hidden(fact, context.place)
        for name in node.definitions if looks_up else ():
            if isinstance(name, ast.Name) and not _is_step(name):
                self.names.check(name, context.place)

    # ------------------------------------------------------------ expressions

    def _resolved(self, node: ast.Expr, context: Context) -> Goals:
        """The formula, or nothing if it cannot be told what it is."""
        knows_all = self._knows_steps(node, context)
        if not knows_all or not context.is_sure or self._selects(node, context):
            return ()
        problems = len(self.resolution.problems)
        expr = self.expressions.resolve(node, context.place)
        if self._forget_missed_names(problems):
            return ()
        return (Formula(expr, context.blocks, context.levels),)

    def _forget_missed_names(self, since: int) -> bool:
        """Whether something was reported that may only be missing from our library; then it is not."""
        problems = self.resolution.problems
        if len(problems) == since:
            return False
        forgiven = {"module.unknown"} if self.knows_all_names else {"module.unknown", "name.unknown"}
        kept = [p for p in problems[since:] if p.code not in forgiven]
        has_missed = len(problems) > since + len(kept)
        problems[since:] = kept
        return has_missed

    def _knows_steps(self, node: ast.Expr, context: Context, *, are_facts: bool = False) -> bool:
        """Whether the steps that an expression refers to are there, and have a value."""
        if _ANGLE.search(node.span.source.text, node.span.start, node.span.end) is None:
            return True
        for name in walk(node):
            if isinstance(name, ast.Name):
                first = name.path[0].name if name.path else name.name
                if _STEP_NAME.match(first) and not self._knows_step(first, name, context, are_facts):
                    return False
        return True

    def _knows_step(self, step: str, name: ast.Name, context: Context, is_fact: bool) -> bool:
        known = context.steps.get(step)
        if known is None:
            message = f"there is no step `{step}` that can be seen here"
            hint = "a step sees those before it in its own proof, and in the proofs around"
            self.resolution.report("proof.step", message, name.span, hint=hint)
            return False
        kind = "ASSUME/PROVE" if isinstance(known.content, Sequent) else known.kind
        if is_fact or name.path or (kind not in _WITHOUT_VALUE and kind != "ASSUME/PROVE"):
            return True
        message = f"`{step}` is a step of {kind}: as part of a formula it has no value"
        notes = [Note("the step", known.span)]
        hint = "only a step that states a formula can be used as one; any step can be a fact after BY"
        self.resolution.report("proof.step", message, name.span, hint=hint, notes=notes)
        return False

    def _selects(self, root: ast.Node, context: Context) -> bool:
        """Whether `!` selects a part of something, rather than a definition of an instance."""
        if root.span.source.text.find("!", root.span.start, root.span.end) < 0:
            return False
        for node in walk(root):
            if isinstance(node, ast.Name) and node.path:
                head = context.place.lookup(node.path[0].name)
                if not isinstance(head, InstanceEntry):
                    return True
        return False


def _is_step(fact: Statement) -> bool:
    return isinstance(fact, ast.Name) and bool(
        _STEP_NAME.match(fact.path[0].name if fact.path else fact.name)
    )
