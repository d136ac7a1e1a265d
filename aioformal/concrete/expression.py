"""Value positions: Python text for the TLA+ value of each kind of node."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aioformal.concrete import application, binder, let, pattern, recursion
from aioformal.concrete.context import Context, Defined, Delayed, Local, Passed, Substituted
from aioformal.concrete.writer import Writer
from aioformal.syntax import ast
from aioformal.value.environment import WITHOUT_VALUE
from aioformal.value.operators import OPERATORS, VOLATILE

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler

_INTEGERS = frozenset(["+", "-", "*", "\\div", "%", "-.", "Len", "Cardinality"])
_SHORT = {"+": "+", "-": "-"}

NO_NEXT = "unsupported('there is no next state here')"


def name_value(c: Compiler, node: ast.Name, context: Context) -> str:
    binding = node.binding
    assert binding is not None, f"{node.name} is not bound"
    match binding.kind:
        case ast.BindingKind.VARIABLE:
            text = c.read(c.index[binding.key], context.now)
            return text if "(" not in text else c.mark(node, text)
        case ast.BindingKind.LOCAL:
            return c.mark(node, local_value(c, binding.key, context))
        case ast.BindingKind.CONSTANT:
            return constant_value(c, binding.key)
        case ast.BindingKind.DEFINITION:
            return c.mark(node, application.definition_call(c, binding.key, (), context, as_condition=False))
        case ast.BindingKind.BUILTIN:
            return builtin_constant(c, binding.key)


def local_value(c: Compiler, name: str, context: Context) -> str:
    match context.env[name]:
        case Local(text, by_need=by_need):
            return f"{text}.function" if by_need else text
        case Delayed(text):
            return f"{text}()"
        case Substituted(expr, env):
            return c.value(expr, context.within(env))
        case Defined() as defined:
            return let.local_call(c, defined, (), context, as_condition=False)
        case Passed(text):
            return f"{text}()"


def constant_value(c: Compiler, key: str) -> str:
    if key not in c.model.constants:
        return f"unsupported({f'the constant {key} has no value'!r})"
    value = c.model.constants[key]
    return number_text(value) if isinstance(value, int) else c.global_value(value, f"c_{key}")


def builtin_constant(c: Compiler, key: str) -> str:
    operator = OPERATORS[key]
    if key in VOLATILE and operator.arity == 0:
        return f"{c.operator(key)}()"
    if operator.arity == 0 and operator.evaluate is not None:
        return c.global_value(operator.evaluate(), "c")
    why = WITHOUT_VALUE.get(key, "is used as a value")
    return f"unsupported({f'{key} {why}'!r})"


def number_text(value: int) -> str:
    """Python refuses to read thousands of decimal digits, but not of hexadecimal ones."""
    return f"({value})" if abs(value) < 1 << 64 else f"({value:#x})"


def at_value(c: Compiler, node: ast.At, context: Context) -> str:  # noqa: ARG001
    entry = context.env.get("@")
    return entry.text if isinstance(entry, Local) else "unsupported('@ stands outside of EXCEPT')"


def apply_value(c: Compiler, node: ast.Apply, context: Context) -> str:
    operator = node.operator
    if isinstance(operator, ast.Lambda):
        return application.lambda_call(c, operator, node.args, context, as_condition=False)
    binding = operator.binding
    assert binding is not None, f"{operator.name} is not bound"
    if binding.kind is ast.BindingKind.DEFINITION:
        return application.definition_call(c, binding.key, node.args, context, as_condition=False)
    if binding.kind is ast.BindingKind.LOCAL:
        return application.named_local_call(c, binding.key, node.args, context, as_condition=False)
    if binding.kind is ast.BindingKind.CONSTANT:
        return f"unsupported({f'the constant operator {binding.key} has no definition'!r})"
    return builtin_value(c, binding.key, node, context)


def builtin_value(c: Compiler, key: str, node: ast.Apply, context: Context) -> str:
    special = _SPECIAL.get(key)
    if special is not None:
        return special(c, node.args, context)
    if OPERATORS[key].evaluate is None:
        return f"unsupported({f'{key} cannot be evaluated in a state'!r})"
    texts = [c.value(arg, context) for arg in node.args]
    if not c.careful and key in _SHORT and any(is_integer(arg) for arg in node.args):
        # int + anything else is a TypeError.
        return f"({texts[0]} {_SHORT[key]} {texts[1]})"
    return f"{c.operator(key)}({', '.join(texts)})"


def is_integer(expr: ast.Expr) -> bool:
    """Whether an expression can only have an integer value."""
    if isinstance(expr, ast.Number):
        return True
    if not isinstance(expr, ast.Apply) or not isinstance(expr.operator, ast.Name):
        return False
    binding = expr.operator.binding
    if binding is None or binding.kind is not ast.BindingKind.BUILTIN:
        return False
    if binding.key in ("+", "-", "*") and expr.form == "infix" and binding.key != "*":
        return any(is_integer(arg) for arg in expr.args)
    return binding.key in _INTEGERS


def following(c: Compiler, expr: ast.Expr, context: Context) -> Context | None:
    """Where the next value of an expression is looked for, if it has one. A constant has one everywhere, and
    so has what is compiled as a part of one, where there is no state at all."""
    if context.following is not None:
        return context.primed()
    return context if context.now is None or c.analysis.of(expr).is_constant else None


def _prime(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    later = following(c, args[0], context)
    return NO_NEXT if later is None else c.value(args[0], later)


def _select(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    test = application.operator_argument(c, args[1], 1, context)
    return f"select_seq({c.value(args[0], context)}, {test})"


def _sort(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    less = application.operator_argument(c, args[1], 2, context)
    return f"sort_seq({c.value(args[0], context)}, {less})"


def _domain(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    steps = recursion.steps_by_need(c, args[0], context)
    if steps:
        return f"asked_domain({', '.join(steps)})"
    return f"{c.operator('DOMAIN')}({c.value(args[0], context)})"


def _fold(function: str) -> Callable[[Compiler, tuple[ast.Expr, ...], Context], str]:
    def call(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
        operator = application.operator_argument(c, args[0], 2, context)
        return f"{function}({operator}, {c.value(args[1], context)}, {c.value(args[2], context)})"

    return call


def _no_value(name: str, why: str) -> Callable[[Compiler, tuple[ast.Expr, ...], Context], str]:
    text = f"unsupported({f'{name} {why}'!r})"
    return lambda _c, _args, _context: text


_SPECIAL: dict[str, Callable[[Compiler, tuple[ast.Expr, ...], Context], str]] = {
    "'": _prime,
    "DOMAIN": _domain,
    "SelectSeq": _select,
    "SortSeq": _sort,
    "FoldMembers": _fold("fold_members"),
    "FoldElements": _fold("fold_left"),
    "FoldElementsBack": _fold("fold_right"),
    **{name: _no_value(name, why) for name, why in WITHOUT_VALUE.items()},
}


def if_value(c: Compiler, node: ast.If, context: Context) -> str:
    then, otherwise = c.value(node.then, context), c.value(node.otherwise, context)
    return f"({then} if {c.condition(node.condition, context)} else {otherwise})"


def case_value(c: Compiler, node: ast.Case, context: Context) -> str:
    if len(node.arms) > 8:
        return lifted_value(c, node, context)
    arms = "".join(f"{c.value(a.value, context)} if {c.condition(a.guard, context)} else " for a in node.arms)
    return f"({arms}{c.value(node.other, context) if node.other else 'no_case()'})"


def lifted_value(c: Compiler, node: ast.Expr, context: Context) -> str:
    return c.lift(node, context, as_condition=False)


def function_apply(c: Compiler, node: ast.FunctionApply, context: Context) -> str:
    steps = recursion.steps_by_need(c, node, context)
    if steps:
        return f"asked({', '.join(steps)})"
    function = c.value(node.function, context)
    argument = pattern.argument_text(c, node.args, context)
    if c.careful or _may_be_rule(c, node.function, context):
        return f"apply_function({function}, {argument})"
    return f"{function}.mapping[{argument}]"


def _may_be_rule(c: Compiler, function: ast.Expr, context: Context) -> bool:
    """Whether a function has perhaps no table: one that is defined recursively."""
    if not isinstance(function, ast.Name) or function.binding is None:
        return False
    if function.binding.kind is ast.BindingKind.LOCAL:
        entry = context.env.get(function.binding.key)
        return isinstance(entry, Local) and entry.is_rule
    return (
        function.binding.kind is ast.BindingKind.DEFINITION and c.definitions[function.binding.key].recursive
    )


def field_access(c: Compiler, node: ast.FieldAccess, context: Context) -> str:
    steps = recursion.steps_by_need(c, node, context)
    if steps:
        return f"asked({', '.join(steps)})"
    record, name = c.value(node.record, context), node.field.name
    return f"apply_function({record}, {name!r})" if c.careful else f"{record}.mapping[{name!r}]"


def record_value(c: Compiler, node: ast.RecordConstructor, context: Context) -> str:
    fields = (f"{f.name.name!r}: {kept(c, f.value, context)}" for f in node.fields)
    return f"Function({{{', '.join(fields)}}})"


def kept(c: Compiler, expr: ast.Expr, context: Context) -> str:
    """The value of an expression in the form in which it may become part of another value."""
    text = c.value(expr, context)
    return text if is_plain(c, expr) else f"canonical({text})"


def is_plain(c: Compiler, expr: ast.Expr) -> bool:
    """Whether an expression never has a lazy set as its value."""
    match expr:
        case ast.Number() | ast.String() | ast.Boolean() | ast.RecordConstructor() | ast.Tuple():
            return True
        case ast.Except() | ast.SetEnumeration():
            return True
        case ast.If(then=then, otherwise=otherwise):
            return is_plain(c, then) and is_plain(c, otherwise)
        case ast.Name(binding=ast.Binding(ast.BindingKind.CONSTANT, key)):
            return key in c.model.constants
        case _:
            return is_integer(expr)


def record_set_value(c: Compiler, node: ast.RecordSet, context: Context) -> str:
    fields = (f"{f.name.name!r}: {c.value(f.value, context)}" for f in node.fields)
    return f"record_set({{{', '.join(fields)}}})"


def tuple_value(c: Compiler, node: ast.Tuple, context: Context) -> str:
    if not all(is_plain(c, e) for e in node.elements):
        return f"make_tuple(({''.join(f'{c.value(e, context)}, ' for e in node.elements)}))"
    pairs = (f"{i}: {c.value(e, context)}" for i, e in enumerate(node.elements, 1))
    return f"Function({{{', '.join(pairs)}}})"


def set_value(c: Compiler, node: ast.SetEnumeration, context: Context) -> str:
    if not node.elements:
        return "freeze(frozenset())"
    return f"make_set(({''.join(f'{c.value(e, context)}, ' for e in node.elements)}))"


def function_set_value(c: Compiler, node: ast.FunctionSet, context: Context) -> str:
    return f"function_set({c.value(node.domain, context)}, {c.value(node.range, context)})"


def product_value(c: Compiler, node: ast.CartesianProduct, context: Context) -> str:
    return f"cartesian_product(({''.join(f'{c.value(f, context)}, ' for f in node.factors)}))"


def label_value(c: Compiler, node: ast.Label, context: Context) -> str:
    return c.value(node.body, context)


def not_a_value(message: str) -> Callable[[Compiler, Any, Context], str]:
    return lambda _c, _node, _context: f"unsupported({message!r})"


def boolean_value(c: Compiler, node: ast.Boolean, context: Context) -> str:  # noqa: ARG001
    return "TRUE" if node.value else "FALSE"


def bound_value(c: Compiler, node: ast.Expr, context: Context) -> str:
    """A binder: a function of its own."""
    lifted = c.lifted("each", c.needs(c.analysis.of(node), context.env), context)
    writer = Writer()
    binder.BODIES[type(node)](c, node, lifted, writer)
    c.function(lifted.name, lifted.header, writer.lines)
    return lifted.call()


VALUES: dict[type[ast.Node], Callable[[Compiler, Any, Context], str]] = {
    ast.Name: name_value,
    ast.Number: lambda _c, node, _context: number_text(node.value),
    ast.String: lambda _c, node, _context: ascii(node.value),
    ast.Boolean: boolean_value,
    ast.Decimal: not_a_value("decimal numbers cannot be evaluated"),
    ast.At: at_value,
    ast.Apply: apply_value,
    ast.If: if_value,
    ast.Case: case_value,
    ast.Let: lifted_value,
    ast.Label: label_value,
    ast.Choose: bound_value,
    ast.FunctionApply: function_apply,
    ast.FunctionConstructor: bound_value,
    ast.FunctionSet: function_set_value,
    ast.RecordConstructor: record_value,
    ast.RecordSet: record_set_value,
    ast.FieldAccess: field_access,
    ast.Except: bound_value,
    ast.SetEnumeration: set_value,
    ast.SetFilter: bound_value,
    ast.SetMap: bound_value,
    ast.Tuple: tuple_value,
    ast.CartesianProduct: product_value,
    ast.Lambda: not_a_value("a LAMBDA is used as a value"),
}
