"""Expressions of TLA+ as expressions of Python: values, and conditions, which are Python bools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from aioformal.pymodule import calls, letting
from aioformal.pymodule.context import Context, Local, Substituted
from aioformal.pymodule.facts import operands
from aioformal.pymodule.layout import Doc, Piece, call, chain, glue, words
from aioformal.pymodule.names import text_of_string
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

if TYPE_CHECKING:
    from aioformal.pymodule.scope import Scope

VALUE_OPERATORS: Mapping[str, str] = {
    "+": "plus", "-": "minus", "*": "mult", "-.": "neg", "^": "power", "\\div": "div", "%": "mod", "..": "to",
    "\\cup": "cup", "\\cap": "cap", "\\": "minus_set", "SUBSET": "Subsets", "UNION": "big_union",
    "DOMAIN": "domain_of", "Cardinality": "cardinality", "Seq": "Sequences", "Len": "length", "Head": "head",
    "Tail": "tail", "Append": "append", "\\o": "concat", "SubSeq": "sub_seq", ":>": "maps", "@@": "merged",
    "Permutations": "permutations", "ToString": "show", "RandomElement": "random_element",
    "&": "bits_of_both", "|": "bits_of_either", "^^": "bits_of_one", "Not": "bits_flipped",
    "shiftR": "shifted_right", "kSubset": "subsets_of_size", "IOEnv": "environment",
    "atoi": "integer_of_text",
}  # fmt: skip
FOLDS: Mapping[str, str] = {
    "FoldMembers": "fold_members", "FoldElements": "fold_left", "FoldElementsBack": "fold_right",
}  # fmt: skip
CONDITION_OPERATORS: Mapping[str, str] = {
    "=": "eq", "\\in": "contains", "\\subseteq": "subseteq", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
    "IsFiniteSet": "is_finite",
}  # fmt: skip
NEGATED: Mapping[str, str] = {"#": "=", "\\notin": "\\in"}
CONSTANTS: Mapping[str, str] = {
    "BOOLEAN": "BOOLEAN", "STRING": "Strings()", "Nat": "NAT", "Int": "INT", "JavaTime": "0",
}  # fmt: skip
PASSED: Mapping[str, str] = {"/\\": "both", "\\/": "either", "=>": "implies"}
TEMPORAL = frozenset(["[]", "<>", "~>", "-+->", "\\cdot"])


def number(value: int) -> str:
    return str(value) if abs(value) < 1 << 64 else hex(value)


def unsupported(what: str) -> Doc:
    return call("unsupported", text_of_string(what))


def value(scope: Scope, expr: ast.Expr, context: Context) -> Piece:
    """Python for the value of an expression."""
    if scope.facts.is_formula(expr) and not isinstance(expr, ast.Let):
        return boxed(condition(scope, expr, context))
    return VALUES[type(expr)](scope, expr, context)


def boxed(piece: Piece) -> Piece:
    """A Python bool as a value."""
    fixed = {"True": "TRUE", "False": "FALSE"}.get(str(piece))
    return fixed or call("boolean", piece)


def condition(scope: Scope, expr: ast.Expr, context: Context) -> Piece:
    """Python for the truth value of an expression."""
    rule = CONDITIONS.get(type(expr))
    found = rule(scope, expr, context) if rule else None
    return found if found is not None else call("truth", value(scope, expr, context), line=expr.span.line)


# ---------------------------------------------------------------- names and applications


def name_value(scope: Scope, node: ast.Name, context: Context) -> Piece:
    binding = node.binding
    assert binding is not None, f"{node.name} is not bound"
    match binding.kind:
        case BindingKind.VARIABLE:
            return variable(scope, binding.key, context)
        case BindingKind.CONSTANT:
            return scope.constant(binding.key)
        case BindingKind.LOCAL:
            return local_value(scope, binding.key, context)
        case BindingKind.DEFINITION:
            return calls.definition_call(scope, node, binding.key, (), context)
        case BindingKind.BUILTIN:
            return CONSTANTS.get(binding.key) or unsupported(f"{binding.key} is used as a value")


def variable(scope: Scope, key: str, context: Context) -> Piece:
    if context.now is None:
        return unsupported(f"{key} is read where there is no state")
    return f"{context.now}.{scope.variable(key)}"


def local_value(scope: Scope, key: str, context: Context) -> Piece:
    entry = context.env[key]
    if isinstance(entry, Local):
        return boxed(entry.read) if entry.is_truth else entry.read
    if isinstance(entry, Substituted):
        return value(scope, entry.expr, context.within(entry.env))
    return boxed(f"{entry.text}()") if entry.is_truth else f"{entry.text}()"


def name_condition(scope: Scope, node: ast.Name, context: Context) -> Piece | None:
    binding = node.binding
    assert binding is not None
    if binding.kind is BindingKind.LOCAL:
        entry = context.env[binding.key]
        if isinstance(entry, Substituted):
            return condition(scope, entry.expr, context.within(entry.env))
        return (entry.read if isinstance(entry, Local) else f"{entry.text}()") if entry.is_truth else None
    if binding.kind is BindingKind.DEFINITION and scope.facts.is_predicate(binding.key):
        return calls.definition_call(scope, node, binding.key, (), context)
    return None


def apply_value(scope: Scope, node: ast.Apply, context: Context) -> Piece:
    if isinstance(node.operator, ast.Lambda):
        return value(scope, node.operator.body, calls.inlined(node.operator.params, node.args, context))
    binding = node.operator.binding
    assert binding is not None, f"{node.operator.name} is not bound"
    line = node.span.line
    if binding.kind is BindingKind.DEFINITION:
        return calls.definition_call(scope, node, binding.key, node.args, context)
    if binding.kind is BindingKind.LOCAL:
        found = calls.local_call(scope, binding.key, node.args, context, line)
        return boxed(found.piece) if found.is_truth else found.piece
    if binding.kind is BindingKind.CONSTANT:
        return unsupported(f"the constant operator {binding.key} has no definition")
    return builtin_value(scope, binding.key, node, context)


def builtin_value(scope: Scope, key: str, node: ast.Apply, context: Context) -> Piece:
    line = node.span.line
    if key == "'":
        return prime(scope, node, context, value)
    if key in ("SelectSeq", "SortSeq"):
        operator = calls.operator_argument(scope, node.args[1], 1 + (key == "SortSeq"), context)
        return call(
            "select_seq" if key == "SelectSeq" else "sort_seq",
            value(scope, node.args[0], context),
            operator,
            line=line,
        )
    if key in FOLDS:
        operator = calls.operator_argument(scope, node.args[0], 2, context)
        return call(FOLDS[key], operator, *(value(scope, arg, context) for arg in node.args[1:]), line=line)
    if key in ("TLCEval", "Print"):
        return value(scope, node.args[-1], context)
    if key in VALUE_OPERATORS:
        return call(VALUE_OPERATORS[key], *(value(scope, arg, context) for arg in node.args), line=line)
    return unsupported(f"{key} cannot be evaluated in a state")


def prime(
    scope: Scope, node: ast.Apply, context: Context, how: Callable[[Scope, ast.Expr, Context], Piece]
) -> Piece:
    if context.after is None:
        return unsupported("there is no next state here")
    return how(scope, node.args[0], context.primed())


def apply_condition(scope: Scope, node: ast.Apply, context: Context) -> Piece | None:
    if isinstance(node.operator, ast.Lambda):
        return condition(scope, node.operator.body, calls.inlined(node.operator.params, node.args, context))
    binding = node.operator.binding
    assert binding is not None
    if binding.kind is BindingKind.DEFINITION:
        if not scope.facts.is_predicate(binding.key):
            return None
        return calls.definition_call(scope, node, binding.key, node.args, context)
    if binding.kind is BindingKind.LOCAL:
        found = calls.local_call(scope, binding.key, node.args, context, node.span.line)
        return found.piece if found.is_truth else call("truth", found.piece)
    return builtin_condition(scope, binding.key, node, context)


def builtin_condition(scope: Scope, key: str, node: ast.Apply, context: Context) -> Piece | None:
    line = node.span.line
    if key in ("/\\", "\\/"):
        parts = [condition(scope, item, context) for item in operands(node, key)]
        return chain("and" if key == "/\\" else "or", parts, line)
    if key == "=>":
        premise, conclusion = (condition(scope, arg, context) for arg in node.args)
        return chain("or", [negation(premise), conclusion], line)
    if key == "<=>":
        sides = (bracketed(condition(scope, arg, context)) for arg in node.args)
        return words("(", *sides, separator=" is ", line=line)
    if key == "~":
        return negation(condition(scope, node.args[0], context))
    if key in NEGATED:
        return negation(relation(scope, NEGATED[key], node, context))
    if key in CONDITION_OPERATORS:
        return relation(scope, key, node, context)
    if key == "'":
        return prime(scope, node, context, condition)
    if key == "UNCHANGED":
        return unchanged(scope, node.args[0], context)
    if key == "ENABLED":
        return scope.enabled(node.args[0], context)
    if key == "Assert":
        return call(
            "asserted",
            condition(scope, node.args[0], context),
            value(scope, node.args[1], context),
            line=line,
        )
    if key == "PrintT":
        return "True"
    if key in TEMPORAL:
        return unsupported(f"{key} is about whole behaviours and has no value in a state")
    return None


def relation(scope: Scope, key: str, node: ast.Apply, context: Context) -> Doc:
    sides = (value(scope, arg, context) for arg in node.args)
    return call(CONDITION_OPERATORS[key], *sides, line=node.span.line)


def negation(piece: Piece) -> Piece:
    return glue("not ", piece)


def bracketed(piece: Piece) -> Piece:
    """A condition as a side of `is`, which binds more closely than `not`."""
    text = piece if isinstance(piece, str) else piece.flat
    return glue("(", piece, ")") if text.startswith("not ") else piece


def unchanged(scope: Scope, expr: ast.Expr, context: Context) -> Piece:
    """`UNCHANGED e`; a tuple is compared element by element."""
    if context.after is None:
        return unsupported("there is no next state here")
    parts = parts_of_tuple(scope, expr, context)
    pairs: list[Piece] = [
        call("eq", value(scope, e, inside.primed()), value(scope, e, inside), line=e.span.line)
        for e, inside in parts
    ]
    return chain("and", pairs) if pairs else "True"


def parts_of_tuple(scope: Scope, expr: ast.Expr, context: Context) -> list[tuple[ast.Expr, Context]]:
    """The elements of a tuple that an expression spells out, perhaps by a definition's name."""
    found, context = scope.spelled_out(expr, context)
    if isinstance(found, ast.Tuple):
        return [part for element in found.elements for part in parts_of_tuple(scope, element, context)]
    return [(expr, context)]


# ---------------------------------------------------------------- choices


def junction(scope: Scope, node: ast.Junction, context: Context) -> Piece:
    parts = [condition(scope, item, context) for item in operands(node, node.kind)]
    return chain("and" if node.kind == "/\\" else "or", parts, node.span.line)


def if_piece(how: Any) -> Callable[[Scope, ast.If, Context], Piece]:
    def rule(scope: Scope, node: ast.If, context: Context) -> Piece:
        test = condition(scope, node.condition, context)
        then, other = how(scope, node.then, context), how(scope, node.otherwise, context)
        return words("(", then, glue("if ", test), glue("else ", other), line=node.span.line)

    return rule


def case_piece(how: Any) -> Callable[[Scope, ast.Case, Context], Piece]:
    def rule(scope: Scope, node: ast.Case, context: Context) -> Piece:
        last = call("no_case", line=node.span.line) if node.other is None else how(scope, node.other, context)
        parts: list[Piece] = []
        for arm in node.arms:
            test = condition(scope, arm.guard, context)
            parts += [how(scope, arm.value, context), glue("if ", test, " else", line=arm.span.line)]
        return words("(", *parts, last, line=node.span.line)

    return rule


def let_value(scope: Scope, node: ast.Let, context: Context) -> Piece:
    return letting.lifted(scope, node, context, is_truth=False)


def let_condition(scope: Scope, node: ast.Let, context: Context) -> Piece:
    return letting.lifted(scope, node, context, is_truth=True)


def if_condition(scope: Scope, node: ast.If, context: Context) -> Piece:
    return if_piece(condition)(scope, node, context)


def bare(what: str) -> Callable[[Scope, Any, Context], Piece]:
    return lambda _scope, _node, _context: unsupported(what)


def box(scope: Scope, node: ast.ActionBox, context: Context) -> Piece:
    return chain("or", [condition(scope, node.action, context), unchanged(scope, node.subscript, context)])


def angle(scope: Scope, node: ast.ActionAngle, context: Context) -> Piece:
    stutters = unchanged(scope, node.subscript, context)
    return chain("and", [condition(scope, node.action, context), negation(stutters)])


def when_formula(
    rule: Callable[[Scope, Any, Context], Piece],
) -> Callable[[Scope, Any, Context], Piece | None]:
    """For nodes that are conditions only where their parts are."""
    return lambda scope, node, context: rule(scope, node, context) if scope.facts.is_formula(node) else None


VALUES: dict[type[ast.Node], Callable[[Scope, Any, Context], Piece]] = {
    ast.Name: name_value,
    ast.Number: lambda _scope, node, _context: number(node.value),
    ast.String: lambda _scope, node, _context: text_of_string(node.value),
    ast.Decimal: bare("decimal numbers cannot be evaluated"),
    ast.Apply: apply_value,
    ast.If: if_piece(value),
    ast.Case: case_piece(value),
    ast.Let: let_value,
    ast.Label: lambda scope, node, context: value(scope, node.body, context),
    ast.Lambda: bare("a LAMBDA is used as a value"),
}
"""Data is added by `data`, what binds names by `binding`."""

CONDITIONS: dict[type[ast.Node], Callable[[Scope, Any, Context], Piece | None]] = {
    ast.Apply: apply_condition,
    ast.Name: name_condition,
    ast.Junction: junction,
    ast.Boolean: lambda _scope, node, _context: str(node.value),
    ast.If: when_formula(if_condition),
    ast.Case: when_formula(case_piece(condition)),
    ast.Let: let_condition,
    ast.Label: lambda scope, node, context: condition(scope, node.body, context),
    ast.ActionBox: box,
    ast.ActionAngle: angle,
    ast.Fairness: bare("fairness is about whole behaviours and has no value in a state"),
}
