"""The table of a matrix, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from string import ascii_uppercase

from aioformal.matrix.comparing import Difference
from aioformal.matrix.expectation import Cell, Matrix, Row
from aioformal.matrix.running import Outcome
from aioformal.report.terminal import MARKS

SCHEMA = "aioformal.matrix/1"


def table_lines(
    rows: Sequence[Row],
    found: Mapping[str, Outcome],
    differing: Sequence[Difference],
    *,
    unicode: bool = True,
) -> Iterator[str]:
    """Rows by properties, each property a letter that is explained below. Properties that are proved in
    every row, as expected, are only listed."""
    done = [row for row in rows if row.name in found]
    names = list(dict.fromkeys(name for row in done for name in found[row.name].cells))
    wrong = {(d.row, d.name) for d in differing}
    plain = [n for n in names if all(_is_plain(found[r.name], n) and (r.name, n) not in wrong for r in done)]
    columns = [name for name in names if name not in plain]
    texts = {
        (row.name, name): _text(row, found[row.name], name, unicode=unicode)
        + "!" * ((row.name, name) in wrong)
        for row in done
        for name in columns
    }
    first = max((len(row.name) for row in done), default=0)
    widths = [max(2, *(len(texts[row.name, name]) for row in done)) for name in columns]
    letters = [letter for letter, _ in zip(_letters(), columns, strict=False)]
    if columns:
        yield _line("", letters, first, widths)
    for row in done:
        yield _line(row.name, [texts[row.name, name] for name in columns], first, widths)
    yield ""
    for letter, name in zip(letters, columns, strict=True):
        yield f"  {letter:<2} {name}"
    if plain:
        yield f"  {MARKS['proved'][not unicode]} in every row: {', '.join(plain)}"
    yield from _legend(unicode=unicode)


def _legend(*, unicode: bool) -> Iterator[str]:
    m = {word: marks[not unicode] for word, marks in MARKS.items()}
    yield ""
    yield f"{m['proved']} proved; 9: violated in 9 steps; (9): the same, as a mere consequence;"
    yield f"!: not as expected; {m['holds']} holds to a bound; {m['vacuous']} vacuous; {m['unknown']} unknown"


def _is_plain(outcome: Outcome, name: str) -> bool:
    return outcome.cells.get(name) == Cell("proved")


def _text(row: Row, outcome: Outcome, name: str, *, unicode: bool) -> str:
    cell = outcome.cells.get(name)
    if cell is None:
        return ""
    text = MARKS[cell.word][not unicode] if cell.steps is None else str(cell.steps)
    return f"({text})" if name in row.consequences else text


def _line(name: str, texts: Sequence[str], first: int, widths: Sequence[int]) -> str:
    cells = "".join(f" {text:>{width}}" for text, width in zip(texts, widths, strict=True))
    return f"{name:<{first}} {cells}".rstrip()


def _letters() -> Iterator[str]:
    """A, B, ..., Z, AA, AB, ..."""
    yield from ascii_uppercase
    yield from (a + b for a, b in product(ascii_uppercase, repeat=2))


def summary_line(total: int, found: Mapping[str, Outcome], differing: Sequence[Difference]) -> str:
    """How much was done, and how much of it is as expected."""
    cells = sum(len(outcome.cells) for outcome in found.values())
    rows = f"{len(found)} rows" if len(found) == total else f"{len(found)} of {total} rows"
    verdict = f"{len(differing)} not as expected" if differing else "all as expected"
    return f"{rows}, {cells} verdict{'' if cells == 1 else 's'}: {verdict}"


def render_json(
    matrix: Matrix, rows: Sequence[Row], found: Mapping[str, Outcome], differing: Sequence[Difference]
) -> str:
    """The table as one JSON document, `aioformal.matrix/1`."""
    document = {
        "schema": SCHEMA,
        "file": str(matrix.path),
        "rows": [_row_document(row, found[row.name]) for row in rows if row.name in found],
        "not_done": [row.name for row in rows if row.name not in found],
        "differences": [_difference_document(difference) for difference in differing],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _difference_document(difference: Difference) -> dict[str, object]:
    return {
        "row": difference.row,
        "property": difference.name,
        "expected": cell_document(difference.expected),
        "found": cell_document(difference.found),
    }


def _row_document(row: Row, outcome: Outcome) -> dict[str, object]:
    return {
        "name": row.name,
        "spec": row.task.spec,
        "config": row.task.config,
        "title": row.title,
        "commit": row.commit,
        "when": row.when,
        "distinct_states": outcome.states,
        "seconds": round(outcome.seconds, 3),
        "errors": outcome.errors,
        "properties": [
            {
                "name": name,
                "found": cell_document(cell),
                "expected": cell_document(row.expected(name)),
                "consequence": name in row.consequences,
            }
            for name, cell in outcome.cells.items()
        ],
    }


def cell_document(cell: Cell | None) -> dict[str, object] | None:
    """A verdict as plain data."""
    return None if cell is None else {"verdict": cell.word, "steps": cell.steps}
