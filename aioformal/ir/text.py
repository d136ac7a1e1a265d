"""Terms as text, in TLA+ spelling. What is used more than once, or is long, is named in front.

LET #1 == x + y
IN  #1 <= 3 \\/ #1 = z
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aioformal.ir.node import Term, postorder, true
from aioformal.ir.sort import BoolSort, EnumSort

LONGEST = 400
"""Characters from which on a subterm is named, too: else the text of a deep term would be quadratic."""
_INFIX = {
    "and": " /\\ ",
    "or": " \\/ ",
    "eq": " = ",
    "le": " <= ",
    "add": " + ",
    "mul": " * ",
    "div": " \\div ",
    "mod": " % ",
}


def text(term: Term) -> str:
    """A readable, unambiguous form; its length is linear in the number of distinct subterms."""
    uses = Counter(arg for node in postorder((term,)) for arg in node.args)
    form: dict[Term, str] = {}
    lines: list[str] = []
    for node in postorder((term,)):
        written = _form(node, [form[arg] for arg in node.args])
        shared = uses[node] > 1 and node.args and node.op != "not"
        if shared or (len(written) > LONGEST and node is not term):
            lines.append(f"#{len(lines) + 1} == {_bare(written)}")
            written = f"#{len(lines)}"
        form[node] = written
    body = _bare(form[term])
    return body if not lines else "LET " + "\n    ".join(lines) + "\nIN  " + body


def _bare(written: str) -> str:
    """Without the outermost parentheses that `_form` puts around every compound."""
    return written[1:-1] if written.startswith("(") else written


def _form(term: Term, args: Sequence[str]) -> str:
    if not args:
        return _leaf(term)
    match term.op:
        case "not":
            return f"~{args[0]}"
        case "neg":
            return f"-{args[0]}"
        case "first":
            return _first(term, args)
        case "ite":
            return f"(IF {args[0]} THEN {args[1]} ELSE {args[2]})"
        case _:
            return f"({_INFIX[term.op].join(args)})"


def _first(term: Term, args: Sequence[str]) -> str:
    *bound, condition, value = args
    names = ", ".join(
        f"{name} \\in {variable.sort}" for name, variable in zip(bound, term.args, strict=False)
    )
    if term.args[-1] is true:
        return f"(\\E {names} : {_bare(condition)})"
    return f"(LET {names} BE THE FIRST WITH {condition} IN {_bare(value)})"


def _leaf(term: Term) -> str:
    match term.op:
        case "next":
            return f"{term.payload}'"
        case "input" | "bound":
            return f"?{term.payload}"
        case "state":
            return str(term.payload)
        case _:
            return _constant(term)


def _constant(term: Term) -> str:
    if isinstance(term.sort, BoolSort):
        return "TRUE" if term.payload else "FALSE"
    return f"@{term.payload}" if isinstance(term.sort, EnumSort) else str(term.payload)
