"""What can be told of an expression from its text: kind, what it looks at, whether it may fail."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from aioformal.resolve.model import Definition, Level
from aioformal.resolve.traverse import walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

RELATIONS = frozenset(["=", "#", "\\in", "\\notin", "\\subseteq", "<", ">", "<=", ">=", "IsFiniteSet"])
CONNECTIVES = frozenset(["/\\", "\\/", "~", "=>", "<=>"])
FORMULAS = RELATIONS | CONNECTIVES | {"UNCHANGED", "ENABLED", "Assert", "PrintT"}


def builtin(expr: ast.Expr) -> str | None:
    """The key of the built-in operator that an expression applies."""
    name = expr.operator if isinstance(expr, ast.Apply) else expr
    binding = name.binding if isinstance(name, ast.Name) else None
    return binding.key if binding is not None and binding.kind is BindingKind.BUILTIN else None


def operands(expr: ast.Expr, key: str) -> list[ast.Expr]:
    """The operands of `/\\` or `\\/`, nested ones taken apart."""
    found: list[ast.Expr] = []
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Label):
            waiting.append(one.body)
        elif isinstance(one, ast.Junction) and one.kind == key:
            waiting.extend(reversed(one.items))
        elif isinstance(one, ast.Apply) and builtin(one) == key:
            waiting.extend(reversed(one.args))
        else:
            found.append(one)
    return found


class Facts(Struct):
    """Facts about the expressions of one model. Definitions' are remembered."""

    definitions: Mapping[str, Definition]
    _formulas: dict[str, bool] = field(default_factory=dict[str, bool])
    _primed: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    _giving: dict[tuple[str, bool], bool] = field(default_factory=dict[tuple[str, bool], bool])

    def defined(self, expr: ast.Expr) -> Definition | None:
        """The definition that an expression applies."""
        name = expr.operator if isinstance(expr, ast.Apply) else expr
        binding = name.binding if isinstance(name, ast.Name) else None
        if binding is None or binding.kind is not BindingKind.DEFINITION:
            return None
        return self.definitions[binding.key]

    # ------------------------------------------------------------ kind

    def is_formula(self, expr: ast.Expr) -> bool:
        """Whether the value of an expression is a Boolean by its form, so that it is a Python bool."""
        while isinstance(expr, ast.Label | ast.Let):
            expr = expr.body
        match expr:
            case ast.Junction() | ast.Quantifier() | ast.Boolean() | ast.ActionBox() | ast.ActionAngle():
                return True
            case ast.If(then=then, otherwise=otherwise):
                return self.is_formula(then) and self.is_formula(otherwise)
            case ast.Case(arms=arms, other=other):
                return all(
                    self.is_formula(e) for e in (*(a.value for a in arms), *([other] if other else []))
                )
            case ast.Apply() if builtin(expr) == "'":
                return self.is_formula(expr.args[0])
            case _:
                definition = self.defined(expr)
                return self.is_predicate(definition.key) if definition else builtin(expr) in FORMULAS

    def is_predicate(self, key: str) -> bool:
        """Whether a definition is a formula by its form."""
        if key not in self._formulas:
            self._formulas[key] = False
            self._formulas[key] = self.is_formula(self.definitions[key].body)
        return self._formulas[key]

    # ------------------------------------------------------------ what it looks at

    def is_action(self, expr: ast.Expr) -> bool:
        """Whether an expression looks at a next state."""
        for node in walk(expr):
            if builtin(node) in ("'", "UNCHANGED") if isinstance(node, ast.Apply) else False:
                return True
            if isinstance(node, ast.ActionBox | ast.ActionAngle):
                return True
            definition = self.defined(node) if isinstance(node, ast.Name) else None
            if definition is not None and definition.level >= Level.ACTION:
                return True
        return False

    def looks_at_state(self, expr: ast.Expr) -> bool:
        """Whether an expression looks at any state."""
        for node in walk(expr):
            if isinstance(node, ast.Name) and node.binding is not None:
                definition = self.defined(node)
                if node.binding.kind is BindingKind.VARIABLE:
                    return True
                if definition is not None and definition.level >= Level.STATE:
                    return True
        return False

    def primed(self, key: str) -> frozenset[str]:
        """The parameters of a definition that stand under a prime, or that get a value, in its body:
        they are not values but names for what they are given."""
        if key not in self._primed:
            self._primed[key] = frozenset()
            self._primed[key] = self.looked_ahead(self.definitions[key].body)
        return self._primed[key]

    def looked_ahead(self, expr: ast.Node) -> frozenset[str]:
        """The local names that stand under a prime or UNCHANGED."""
        found: set[str] = set()
        for node in walk(expr):
            if isinstance(node, ast.Apply) and builtin(node) in ("'", "UNCHANGED"):
                found |= self.local_names(node)
            elif isinstance(node, ast.ActionBox | ast.ActionAngle):
                found |= self.local_names(node.subscript)
            elif isinstance(node, ast.Apply) and (definition := self.defined(node)) is not None:
                pairs = zip(definition.params, node.args, strict=True)
                ahead = self.primed(definition.key)
                found |= {name for p, arg in pairs if p.name in ahead for name in self.local_names(arg)}
        return frozenset(found)

    def tested(self, expr: ast.Node) -> frozenset[str]:
        """The local names that stand under ENABLED: an action that they are given is no value."""
        nodes = (node for node in walk(expr) if isinstance(node, ast.Apply) and builtin(node) == "ENABLED")
        return frozenset(name for node in nodes for name in self.local_names(node))

    def local_names(self, expr: ast.Node) -> set[str]:
        """The local names in an expression."""
        return {
            node.binding.key
            for node in walk(expr)
            if isinstance(node, ast.Name) and node.binding and node.binding.kind is BindingKind.LOCAL
        }

    # ------------------------------------------------------------ assignment

    def may_give(self, expr: ast.Expr, *, initial: bool) -> bool:
        """Whether an expression, as an action (or as Init), may give a variable its value."""
        if isinstance(expr, ast.Name | ast.Apply):
            definition = self.defined(expr)
            if definition is not None:
                arguments = expr.args if isinstance(expr, ast.Apply) else ()
                looks = self.looks_at_state if initial else self.is_action
                return self.definition_gives(definition.key, initial=initial) or any(map(looks, arguments))
            if isinstance(expr, ast.Apply) and isinstance(expr.operator, ast.Lambda):
                return self.may_give(expr.operator.body, initial=initial)
            if builtin(expr) in ("=", "\\in", "\\subseteq") and isinstance(expr, ast.Apply):
                return self._is_target(expr.args[0], initial)
            if builtin(expr) == "UNCHANGED":
                return not initial
        if isinstance(expr, ast.ActionBox):
            return True
        if isinstance(expr, ast.Let):
            units = [u.body for u in expr.units if isinstance(u, ast.OperatorDefinition)]
            return any(self.may_give(body, initial=initial) for body in (*units, expr.body))
        return any(self.may_give(part, initial=initial) for part in action_parts(expr))

    def _is_target(self, expr: ast.Expr, initial: bool) -> bool:
        definition = self.defined(expr)
        if definition is not None and not definition.params:
            return self._is_target(definition.body, initial)
        if not initial:
            local = isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is BindingKind.LOCAL
            return builtin(expr) == "'" or bool(local)
        if isinstance(expr, ast.Name) and expr.binding:
            return expr.binding.kind in (BindingKind.VARIABLE, BindingKind.LOCAL)
        return False

    def definition_gives(self, key: str, *, initial: bool) -> bool:
        """Whether a definition may give a variable its value."""
        if (key, initial) not in self._giving:
            definition = self.definitions[key]
            wanted = Level.STATE if initial else Level.ACTION
            self._giving[key, initial] = False
            self._giving[key, initial] = definition.level >= wanted and self.may_give(
                definition.body, initial=initial
            )
        return self._giving[key, initial]

    def is_choice(self, expr: ast.Expr) -> bool:
        """Whether an expression is `\\/` or `\\E`, directly or through definitions, LET and labels."""
        seen: set[str] = set()
        while True:
            definition = self.defined(expr)
            if isinstance(expr, ast.Let | ast.Label):
                expr = expr.body
            elif definition is not None and definition.key not in seen:
                seen.add(definition.key)
                expr = definition.body
            else:
                break
        if isinstance(expr, ast.Quantifier):
            return expr.kind == "\\E"
        return isinstance(expr, ast.Junction | ast.Apply) and len(operands(expr, "\\/")) > 1


def action_parts(expr: ast.Expr) -> tuple[ast.Expr, ...]:
    """The parts of an action that are actions themselves."""
    match expr:
        case ast.Junction(items=items):
            return items
        case ast.If(then=then, otherwise=otherwise):
            return then, otherwise
        case ast.Case(arms=arms, other=other):
            return (*(arm.value for arm in arms), *([other] if other else []))
        case ast.Let(body=body) | ast.Label(body=body) | ast.Quantifier(body=body):
            return (body,)
        case ast.ActionAngle(action=action):
            return (action,)
        case ast.Apply(args=args) if builtin(expr) in ("/\\", "\\/"):
            return args
        case ast.Apply(args=args) if builtin(expr) == "=>":
            return (args[1],)
        case _:
            return ()
