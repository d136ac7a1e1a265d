"""Expressions to text, as blocks: parentheses where precedence needs them, lists laid out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from aioformal.syntax import ast
from aioformal.syntax.blocks import Block, above, beside, fits, indented, separated
from aioformal.syntax.builder import ESCAPES
from aioformal.syntax.operators import CANONICAL, INFIX, POSTFIX, PREFIX, Operator

_OPEN = (ast.If, ast.Case, ast.Let, ast.Quantifier, ast.Choose, ast.Lambda, ast.Label, ast.Junction)
"""Forms that end where the expression around them ends."""

_CLOSED = (
    ast.FunctionConstructor,
    ast.FunctionSet,
    ast.RecordConstructor,
    ast.RecordSet,
    ast.Except,
    ast.SetEnumeration,
    ast.SetFilter,
    ast.SetMap,
    ast.Tuple,
)
_ESCAPED = {value: "\\" + name for name, value in ESCAPES.items()}


# ------------------------------------------------------------ places an expression can stand in


def expression(node: Any, *, last: bool = True) -> Block:
    """Where the grammar takes any expression. `last`: nothing follows that an open form could
    swallow, so it needs no parentheses."""
    block = _in_chain(node, last=last)
    return block if last or not isinstance(node, _OPEN) else _parenthesised(block)


def _parenthesised(block: Block) -> Block:
    return beside("(", block, ")")


def _head(node: ast.Expr) -> Block:
    """Before `[x]`, `.a` and `'`."""
    block = WRITERS[type(node)](node)
    simple = (ast.Name, ast.Number, ast.String, ast.Boolean, ast.At, ast.FunctionApply, ast.FieldAccess)
    is_head = isinstance(node, (*simple, *_CLOSED)) or (
        isinstance(node, ast.Apply) and node.form in ("call", "postfix")
    )
    return block if is_head and not _is_bare_symbol(node) else _parenthesised(block)


def _subscript(node: ast.Expr) -> Block:
    """After `]_`, `>>_` and `WF_`."""
    block = WRITERS[type(node)](node)
    plain = isinstance(node, (ast.Name, ast.Boolean, *_CLOSED))
    call = isinstance(node, ast.Apply) and node.form == "call"
    return block if plain or call else _parenthesised(block)


def _argument(node: ast.Expr | ast.Lambda) -> Block:
    block = expression(node)
    return beside(" ", block, " ") if _is_bare_symbol(node) else block


def _is_bare_symbol(node: object) -> bool:
    return isinstance(node, ast.Name) and node.name in CANONICAL and not node.path


def _binding(node: ast.Expr) -> Operator | None:
    """The operator that `node`, written without parentheses, applies last."""
    if isinstance(node, ast.CartesianProduct):
        return INFIX["\\X"]
    if not isinstance(node, ast.Apply) or node.form == "call":
        return None
    name = cast(ast.Name, node.operator).name
    return {"infix": INFIX, "prefix": PREFIX, "postfix": POSTFIX}[node.form][name]


def _operand(node: ast.Expr, above: Operator, *, last: bool, is_left: bool = False) -> Block:
    """An operand of `above`, with parentheses where the grouping would change without."""
    block = _in_chain(node, last=last)
    if isinstance(node, ast.Label) or (isinstance(node, _OPEN) and not last):
        return _parenthesised(block)
    own = _binding(node)
    if own is None:
        return _parenthesised(block) if _ends_primed(node, above) else block
    if own.binds_tighter_than(above):
        return block
    same = own is above and is_left and own.is_left_associative and above.symbol != "\\X"
    stacked = above.fixity == own.fixity == "prefix" and own.low >= above.low
    return block if same or stacked else _parenthesised(block)


def _in_chain(node: ast.Expr, *, last: bool) -> Block:
    """A chain keeps an open form at its very end unparenthesised only if nothing follows it."""
    if isinstance(node, ast.Apply) and node.form in ("infix", "prefix"):
        return _apply_operator(node, last=last)
    if isinstance(node, ast.CartesianProduct):
        return _product(node, last=last)
    return WRITERS[type(node)](node)


def _ends_primed(node: ast.Expr, above: Operator) -> bool:
    """`[]x'[1]`: the prime would stand directly behind a prefix operator that overlaps it."""
    if above.high < POSTFIX["'"].low:
        return False
    while isinstance(node, (ast.FunctionApply, ast.FieldAccess)):
        node = node.function if isinstance(node, ast.FunctionApply) else node.record
    return isinstance(node, ast.Apply) and node.form == "postfix"


# ------------------------------------------------------------ expressions


def _name(node: ast.Name) -> Block:
    parts: list[Block | str] = []
    for step in node.path:
        parts += [_called(step.name, step.args), "!"]
    return beside(*parts, "" if node.name == "()" else node.name)


def _called(name: str, args: Sequence[ast.Expr | ast.Lambda]) -> Block:
    if name == "()":
        name = ""
    return separated(f"{name}(", [_argument(a) for a in args], ")") if args else [name]


def _string(node: ast.String) -> Block:
    return ['"' + "".join(_ESCAPED.get(c, c) for c in node.value) + '"']


def _apply(node: ast.Apply) -> Block:
    if node.form in ("infix", "prefix"):
        return _apply_operator(node, last=True)
    if node.form == "postfix":
        return beside(_head(node.args[0]), cast(ast.Name, node.operator).name)
    if isinstance(node.operator, ast.Lambda):
        head = _parenthesised(expression(node.operator))
    else:
        head = _name(node.operator)
    return beside(head, separated("(", [_argument(a) for a in node.args], ")"))


def _apply_operator(node: ast.Apply, *, last: bool) -> Block:
    name = cast(ast.Name, node.operator).name
    if node.form == "prefix":
        return _prefix(PREFIX[name], node.args[0], last=last)
    operator = INFIX[name]
    left = _operand(node.args[0], operator, last=False, is_left=True)
    right = _operand(node.args[1], operator, last=last)
    atoms = all(isinstance(a, (ast.Name, ast.Number)) for a in node.args)
    if name == ".." and atoms and not any(map(_is_bare_symbol, node.args)):
        return beside(left, "..", right)
    if fits(left, f" {name} ", right) or len(left) == 1:
        return beside(left, f" {name} ", right)
    return above(left, beside(f"{name} ", right))


def _prefix(operator: Operator, operand: ast.Expr, *, last: bool) -> Block:
    block = _operand(operand, operator, last=last)
    symbol = "-" if operator.symbol == "-." else operator.symbol
    needs_blank = symbol.isalpha() or (symbol == "-" and not block[0][0].isalnum() and block[0][0] != "(")
    return beside(symbol, " " if needs_blank else "", block)


def _product(node: ast.CartesianProduct, *, last: bool = True) -> Block:
    *most, final = node.factors
    product = INFIX["\\X"]
    parts: list[Block | str] = []
    for factor in most:
        parts += [_operand(factor, product, last=False), " \\X "]
    return beside(*parts, _operand(final, product, last=last))


def _junction(node: ast.Junction) -> Block:
    return above(*(beside(node.kind, " ", expression(item)) for item in node.items))


def _if(node: ast.If) -> Block:
    condition, then, otherwise = map(expression, (node.condition, node.then, node.otherwise))
    flat = ("IF ", condition, " THEN ", then, " ELSE ", otherwise)
    if fits(*flat):
        return beside(*flat)
    return above(beside("IF ", condition), beside("THEN ", then), beside("ELSE ", otherwise))


def _case(node: ast.Case) -> Block:
    arms = [
        beside(
            expression(a.guard), " -> ", expression(a.value, last=a is node.arms[-1] and node.other is None)
        )
        for a in node.arms
    ]
    if node.other is not None:
        arms.append(beside("OTHER -> ", expression(node.other)))
    first, *rest = arms
    return above(beside("CASE ", first), *(beside("  [] ", arm) for arm in rest))


def _let(node: ast.Let) -> Block:
    definitions = above(*(WRITERS[type(u)](u) for u in node.units))
    return above(beside("LET ", definitions), beside("IN  ", expression(node.body)))


def _bound(node: ast.Bound) -> Block:
    names = ", ".join(n.name for n in node.names)
    if node.is_tuple:
        names = f"<<{names}>>"
    if node.domain is None:
        return [names]
    return beside(names, " \\in ", _operand(node.domain, INFIX["\\in"], last=False))


def bounds(bounds: Sequence[ast.Bound]) -> Block:
    return separated("", [_bound(b) for b in bounds], "")


def _quantifier(node: ast.Quantifier) -> Block:
    opening = beside(node.kind, " ", bounds(node.bounds), " : ")
    return _with_body(opening, node.body)


def _choose(node: ast.Choose) -> Block:
    return _with_body(beside("CHOOSE ", _bound(node.bound), " : "), node.body)


def _with_body(opening: Block, body: ast.Expr) -> Block:
    block = expression(body)
    if fits(opening, block) or (len(opening) == 1 and len(opening[0]) < 40):
        return beside(opening, block)
    return above(opening, indented(block))


def _function_apply(node: ast.FunctionApply) -> Block:
    return beside(_head(node.function), separated("[", [expression(a) for a in node.args], "]"))


def _function_constructor(node: ast.FunctionConstructor) -> Block:
    return beside("[", bounds(node.bounds), " |-> ", expression(node.body), "]")


def _function_set(node: ast.FunctionSet) -> Block:
    return beside("[", expression(node.domain, last=False), " -> ", expression(node.range), "]")


def _fields(node: ast.RecordConstructor | ast.RecordSet) -> Block:
    mark = " |-> " if isinstance(node, ast.RecordConstructor) else " : "
    return separated("[", [beside(f.name.name, mark, expression(f.value)) for f in node.fields], "]")


def _field_access(node: ast.FieldAccess) -> Block:
    return beside(_head(node.record), ".", node.field.name)


def _except(node: ast.Except) -> Block:
    updates = [beside("!", *map(_step, u.path), " = ", expression(u.value)) for u in node.updates]
    return separated_after(beside("[", expression(node.base, last=False), " EXCEPT "), updates, "]")


def separated_after(opening: Block, items: Sequence[Block], close: str) -> Block:
    return beside(opening, separated("", items, close))


def _step(step: ast.ExceptIndex | ast.ExceptField) -> Block:
    if isinstance(step, ast.ExceptField):
        return [f".{step.field.name}"]
    return separated("[", [expression(a) for a in step.args], "]")


def _set_enumeration(node: ast.SetEnumeration) -> Block:
    return separated("{", [expression(e) for e in node.elements], "}") if node.elements else ["{}"]


def _set_filter(node: ast.SetFilter) -> Block:
    return beside("{", _bound(node.bound), " : ", expression(node.predicate), "}")


def _set_map(node: ast.SetMap) -> Block:
    value = expression(node.value, last=False)
    binding = _binding(node.value)
    if binding is not None and binding.symbol == "\\in":
        value = _parenthesised(value)
    return beside("{", value, " : ", bounds(node.bounds), "}")


def _tuple(node: ast.Tuple) -> Block:
    return separated("<<", [expression(e) for e in node.elements], ">>") if node.elements else ["<<>>"]


def _fairness(node: ast.Fairness) -> Block:
    return beside(f"{node.kind}_", _subscript(node.subscript), "(", expression(node.action), ")")


def parameter(node: ast.Parameter) -> str:
    if node.name not in CANONICAL:
        places = ", ".join("_" * node.arity)
        return f"{node.name}({places})" if node.arity else node.name
    if node.arity == 2:
        return f"_ {node.name} _"
    return f"{node.name} _" if node.name in PREFIX else f"_ {node.name}"


def parameters(params: Sequence[ast.Parameter]) -> str:
    return ", ".join(map(parameter, params))


def _lambda(node: ast.Lambda) -> Block:
    return beside(f"LAMBDA {parameters(node.params)} : ", expression(node.body))


def _label(node: ast.Label) -> Block:
    params = f"({', '.join(p.name for p in node.params)})" if node.params else ""
    return beside(f"{node.name.name}{params} :: ", expression(node.body))


def _text(attribute: str) -> Callable[[Any], Block]:
    return lambda node: [str(getattr(node, attribute))]


WRITERS: dict[type, Callable[[Any], Block]] = {
    ast.Name: _name,
    ast.Number: _text("value"),
    ast.Decimal: _text("text"),
    ast.String: _string,
    ast.Boolean: lambda node: ["TRUE" if node.value else "FALSE"],
    ast.At: lambda _node: ["@"],
    ast.Apply: _apply,
    ast.Junction: _junction,
    ast.If: _if,
    ast.Case: _case,
    ast.Let: _let,
    ast.Quantifier: _quantifier,
    ast.Choose: _choose,
    ast.FunctionApply: _function_apply,
    ast.FunctionConstructor: _function_constructor,
    ast.FunctionSet: _function_set,
    ast.RecordConstructor: _fields,
    ast.RecordSet: _fields,
    ast.FieldAccess: _field_access,
    ast.Except: _except,
    ast.SetEnumeration: _set_enumeration,
    ast.SetFilter: _set_filter,
    ast.SetMap: _set_map,
    ast.Tuple: _tuple,
    ast.CartesianProduct: _product,
    ast.ActionBox: lambda node: beside("[", expression(node.action), "]_", _subscript(node.subscript)),
    ast.ActionAngle: lambda node: beside("<<", expression(node.action), ">>_", _subscript(node.subscript)),
    ast.Fairness: _fairness,
    ast.Lambda: _lambda,
    ast.Label: _label,
}
"""How each node is written; `unparse` adds the units."""
