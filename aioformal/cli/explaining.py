"""`explain`: what a diagnostic code means."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import click

from aioformal.diagnostic import CODES, error, nearest
from aioformal.explanation import Example, Explanation, explanations


@click.command(short_help="Say what a diagnostic code means, with examples.")
@click.argument("code", metavar="[CODE]", required=False)
def explain(code: str | None) -> int:
    """Say what CODE means, as it stands in brackets in a message (`error[eval.domain]`), with a wrong and a
    right example where a specification can show it. Without CODE: list all codes."""
    lines = _list() if code is None else _explained(_known(code))
    click.echo("\n".join(lines))
    return 0


def _known(code: str) -> Explanation:
    wanted = code.strip().strip("[]")
    found = explanations().get(wanted)
    if found is None:
        near = nearest(wanted, CODES) or _by_ending(wanted)
        hint = f"did you mean {near}?" if near else "`aioformal explain` lists all codes"
        raise error("run.usage", f"there is no diagnostic code {wanted}", hint=hint)
    return found


def _by_ending(word: str) -> str | None:
    """`domain` for eval.domain."""
    return next((code for code in CODES if code.partition(".")[2] == word), None)


def _list() -> Iterator[str]:
    width = max(map(len, CODES))
    for code, (_, meaning) in CODES.items():
        yield f"{code:<{width}}  {meaning}"
    yield ""
    yield "`aioformal explain CODE` says more, with examples."


def _explained(explanation: Explanation) -> Iterator[str]:
    exit_code, summary = CODES[explanation.code]
    yield f"{explanation.code}: {summary}"
    yield ""
    yield from textwrap.wrap(explanation.meaning, 79)
    yield (
        f"A run that ends because of it exits with {int(exit_code)}." if exit_code else "No error by itself."
    )
    for title, example in (("Wrong", explanation.wrong), ("Right", explanation.right)):
        if example is not None:
            yield ""
            yield from _shown(title, example)


def _shown(title: str, example: Example) -> Iterator[str]:
    if example == Example(commands=example.commands[:1]):
        yield f"{title}: {example.commands[0]}"
        return
    yield f"{title}:"
    yield from _indented(example.module)
    if example.config:
        yield "  with the configuration"
        yield from _indented(example.config)
    for name, text in example.files:
        yield f"  with {name}"
        yield from _indented(text)
    if example.commands:
        yield "  and the command" if len(example.commands) == 1 else "  and the commands"
        yield from _indented("\n".join(example.commands))


def _indented(text: str) -> Iterator[str]:
    yield from (f"    {line}".rstrip() for line in text.splitlines())
