"""Binding every name of an expression, and rewriting what INSTANCE makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import Note
from aioformal.resolve.declare import Declarer, report_redefined
from aioformal.resolve.enabled import EnabledArguments, is_plain
from aioformal.resolve.let import Definitions
from aioformal.resolve.lookup import find
from aioformal.resolve.reference import References
from aioformal.resolve.resolution import Resolution
from aioformal.resolve.scope import DefinitionEntry, Entry, LocalEntry, Place
from aioformal.syntax import ast


class Expressions(Struct, dict=True):
    """Turns an expression at a `Place` into one in which every `Name` carries a `Binding`.

    Problems are reported to the resolution; what cannot be bound stays as it was written.
    """

    resolution: Resolution
    declarer: Declarer

    def __post_init__(self) -> None:
        self.references = References(self.resolution, self, EnabledArguments(self.resolution, self.declarer))
        self.definitions = Definitions(self.resolution, self.declarer, self)
        self.handlers: dict[type[ast.Node], Callable[[Any, Place], Any]] = {
            ast.Name: self.references.name,
            ast.Number: _unchanged,
            ast.Decimal: _unchanged,
            ast.String: _unchanged,
            ast.Boolean: _unchanged,
            ast.At: self._at,
            ast.Apply: self._apply,
            ast.Junction: self._junction,
            ast.If: self._if,
            ast.Case: self._case,
            ast.Let: self.definitions.let,
            ast.Quantifier: self._quantifier,
            ast.Choose: self._choose,
            ast.FunctionApply: self._function_apply,
            ast.FunctionConstructor: self._function_constructor,
            ast.FunctionSet: self._function_set,
            ast.RecordConstructor: self._record,
            ast.RecordSet: self._record,
            ast.FieldAccess: self._field_access,
            ast.Except: self._except,
            ast.SetEnumeration: self._elements,
            ast.SetFilter: self._set_filter,
            ast.SetMap: self._set_map,
            ast.Tuple: self._elements,
            ast.CartesianProduct: self._product,
            ast.ActionBox: self._step,
            ast.ActionAngle: self._step,
            ast.Fairness: self._step,
            ast.Lambda: self._misplaced_lambda,
            ast.Label: self._label,
        }

    def resolve(self, node: ast.Expr, place: Place) -> ast.Expr:
        """The expression with every name bound."""
        return self.handlers[type(node)](node, place)

    def resolve_all(self, nodes: Sequence[ast.Expr], place: Place) -> tuple[ast.Expr, ...]:
        return tuple([self.resolve(node, place) for node in nodes])

    # ------------------------------------------------------------ local names

    def introduce(
        self, names: Iterable[ast.Identifier | ast.Parameter], place: Place, *, is_inner: bool = False
    ) -> tuple[Place, dict[str, str]]:
        """A place where `names` are known too, and the flat name of each. `is_inner`: see `LocalEntry`.

        TLA+ does not allow to bind a name that has a meaning already.
        """
        entries: dict[str, Entry] = {}
        keys: dict[str, str] = {}
        for name in names:
            self.check_free(name, place, entries)
            key = place.environment.fresh(name.name)
            arity = name.arity if isinstance(name, ast.Parameter) else 0
            entries[name.name] = LocalEntry(name.name, name.span, "", key, arity, is_inner=is_inner)
            keys[name.name] = key
        return place.inside(place.environment.with_entries(entries)), keys

    def check_free(
        self,
        name: ast.Identifier | ast.Parameter,
        place: Place,
        beside: Mapping[str, Entry] | None = None,
    ) -> None:
        """Report a local name that means something already, `beside` it or around."""
        known = (beside or {}).get(name.name) or place.lookup(name.name)
        if known is not None:
            report_redefined(self.resolution, name.name, name.span, known)

    def take_in(self, entry: DefinitionEntry) -> None:
        self.definitions.take_in(entry)

    def bounds(self, bounds: tuple[ast.Bound, ...], place: Place) -> tuple[tuple[ast.Bound, ...], Place]:
        """Bind `x \\in S, <<y, z>> \\in T`: the sets do not see the names."""
        inner, keys = self.introduce([name for bound in bounds for name in bound.names], place)
        bound = [
            replace(
                bound,
                names=tuple([replace(name, name=keys[name.name]) for name in bound.names]),
                domain=None if bound.domain is None else self.resolve(bound.domain, place),
            )
            for bound in bounds
        ]
        return tuple(bound), inner

    def parameters(
        self, params: tuple[ast.Parameter, ...], place: Place, *, is_inner: bool = False
    ) -> tuple[tuple[ast.Parameter, ...], Place]:
        inner, keys = self.introduce(params, place, is_inner=is_inner)
        return tuple([replace(param, name=keys[param.name]) for param in params]), inner

    # ------------------------------------------------------------ forms

    def _at(self, node: ast.At, place: Place) -> ast.At:
        if "@" not in place.environment.entries:
            self.resolution.report("name.unknown", "`@` has a meaning only inside EXCEPT", node.span)
        return node

    def _apply(self, node: ast.Apply, place: Place) -> ast.Expr:
        spine: list[ast.Apply] = []
        leftmost: ast.Expr = node
        while _is_infix(leftmost):
            spine.append(leftmost)
            leftmost = leftmost.args[0]
        if not spine:
            return self.references.application(node, place)
        left = self.resolve(leftmost, place)
        for apply in reversed(spine):
            left = self.references.infix(apply, left, place)
        return left

    def _junction(self, node: ast.Junction, place: Place) -> ast.Expr:
        return replace(node, items=self.resolve_all(node.items, place))

    def _if(self, node: ast.If, place: Place) -> ast.Expr:
        return replace(
            node,
            condition=self.resolve(node.condition, place),
            then=self.resolve(node.then, place),
            otherwise=self.resolve(node.otherwise, place),
        )

    def _case(self, node: ast.Case, place: Place) -> ast.Expr:
        arms = [
            replace(arm, guard=self.resolve(arm.guard, place), value=self.resolve(arm.value, place))
            for arm in node.arms
        ]
        other = None if node.other is None else self.resolve(node.other, place)
        return replace(node, arms=tuple(arms), other=other)

    def _quantifier(self, node: ast.Quantifier, place: Place) -> ast.Expr:
        bounds, inner = self.bounds(node.bounds, place)
        return replace(node, bounds=bounds, body=self.resolve(node.body, inner))

    def _choose(self, node: ast.Choose, place: Place) -> ast.Expr:
        (bound,), inner = self.bounds((node.bound,), place)
        return replace(node, bound=bound, body=self.resolve(node.body, inner))

    def _function_apply(self, node: ast.FunctionApply, place: Place) -> ast.Expr:
        self._check_function_arity(node, place)
        function = self.resolve(node.function, place)
        return replace(node, function=function, args=self.resolve_all(node.args, place))

    def _check_function_arity(self, node: ast.FunctionApply, place: Place) -> None:
        """`f[a, b]` where f is defined with three arguments is a slip that can be seen."""
        if len(node.args) < 2 or not isinstance(node.function, ast.Name):
            return
        listed = place.lookup(node.function.name) if not node.function.path else None
        body = listed.body if isinstance(listed, DefinitionEntry) else None
        if not isinstance(body, ast.FunctionDefinition):
            return
        wanted = sum(1 if bound.is_tuple else len(bound.names) for bound in body.bounds)
        if wanted != len(node.args):
            message = f"function `{body.name.name}` takes {wanted} arguments, not {len(node.args)}"
            notes = [Note("defined here", body.name.span)]
            self.resolution.report("name.arity", message, node.span, notes=notes)

    def _function_constructor(self, node: ast.FunctionConstructor, place: Place) -> ast.Expr:
        bounds, inner = self.bounds(node.bounds, place)
        return replace(node, bounds=bounds, body=self.resolve(node.body, inner))

    def _function_set(self, node: ast.FunctionSet, place: Place) -> ast.Expr:
        return replace(node, domain=self.resolve(node.domain, place), range=self.resolve(node.range, place))

    def _record(self, node: ast.RecordConstructor | ast.RecordSet, place: Place) -> ast.Expr:
        seen: dict[str, ast.Identifier] = {}
        for field in node.fields:
            first = seen.setdefault(field.name.name, field.name)
            if first is not field.name:
                message = f"field `{first.name}` is given twice"
                notes = [Note("the first", first.span)]
                self.resolution.report("name.redefined", message, field.name.span, notes=notes)
        fields = [replace(field, value=self.resolve(field.value, place)) for field in node.fields]
        return replace(node, fields=tuple(fields))

    def _field_access(self, node: ast.FieldAccess, place: Place) -> ast.Expr:
        return replace(node, record=self.resolve(node.record, place))

    def _except(self, node: ast.Except, place: Place) -> ast.Expr:
        at: dict[str, Entry] = {"@": LocalEntry("@", node.span, "", "@", 0)}
        inner = place.inside(place.environment.with_entries(at))
        updates = [
            replace(
                update,
                path=tuple([self._step_of_path(step, inner) for step in update.path]),
                value=self.resolve(update.value, inner),
            )
            for update in node.updates
        ]
        return replace(node, base=self.resolve(node.base, place), updates=tuple(updates))

    def _step_of_path(
        self, step: ast.ExceptIndex | ast.ExceptField, place: Place
    ) -> ast.ExceptIndex | ast.ExceptField:
        if isinstance(step, ast.ExceptField):
            return step
        return replace(step, args=self.resolve_all(step.args, place))

    def _elements(self, node: ast.SetEnumeration | ast.Tuple, place: Place) -> ast.Expr:
        return replace(node, elements=self.resolve_all(node.elements, place))

    def _set_filter(self, node: ast.SetFilter, place: Place) -> ast.Expr:
        (bound,), inner = self.bounds((node.bound,), place)
        return replace(node, bound=bound, predicate=self.resolve(node.predicate, inner))

    def _set_map(self, node: ast.SetMap, place: Place) -> ast.Expr:
        bounds, inner = self.bounds(node.bounds, place)
        return replace(node, bounds=bounds, value=self.resolve(node.value, inner))

    def _product(self, node: ast.CartesianProduct, place: Place) -> ast.Expr:
        return replace(node, factors=self.resolve_all(node.factors, place))

    def _step(self, node: ast.ActionBox | ast.ActionAngle | ast.Fairness, place: Place) -> ast.Expr:
        action, subscript = self.resolve(node.action, place), self.resolve(node.subscript, place)
        if not isinstance(node, ast.Fairness) or is_plain(place):
            return replace(node, action=action, subscript=subscript)
        enabled = self.resolution.attempt(lambda: self._enabled(node, place))
        return replace(node, action=action, subscript=subscript, substituted=True, enabled=enabled)

    def _enabled(self, node: ast.Fairness, place: Place) -> ast.Expr:
        """`ENABLED <<A>>_v` of a fairness condition."""
        step = ast.ActionAngle(node.span, node.action, node.subscript)
        name = ast.Name(node.span, "ENABLED")
        return self.resolve(ast.Apply(node.span, name, (step,), "prefix"), place)

    def lambda_(self, node: ast.Lambda, place: Place) -> ast.Lambda:
        """LAMBDA where an operator may stand."""
        params, inner = self.parameters(node.params, place, is_inner=True)
        return replace(node, params=params, body=self.resolve(node.body, inner))

    def _misplaced_lambda(self, node: ast.Lambda, place: Place) -> ast.Expr:
        message = "a LAMBDA stands where a value is wanted"
        hint = "LAMBDA can only be an argument for an operator parameter such as F(_)"
        self.resolution.report("name.arity", message, node.span, hint=hint)
        return self.lambda_(node, place)

    def _label(self, node: ast.Label, place: Place) -> ast.Expr:
        params: list[ast.Identifier] = []
        for param in node.params:
            found = find(self.resolution, ast.Name(param.span, param.name), place)
            key = found.entry.key if found and isinstance(found.entry, LocalEntry) else param.name
            params.append(replace(param, name=key))
        return replace(node, params=tuple(params), body=self.resolve(node.body, place))


def _unchanged(node: ast.Expr, _place: Place) -> ast.Expr:
    return node


def _is_infix(node: ast.Expr) -> TypeGuard[ast.Apply]:
    return (
        isinstance(node, ast.Apply)
        and node.form == "infix"
        and isinstance(node.operator, ast.Name)
        and len(node.args) == 2
    )
