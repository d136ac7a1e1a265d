"""A diagnostic shows the line that it is about, with carets below the place."""

from __future__ import annotations

from aioformal.diagnostic import Diagnostic, Note, Severity
from aioformal.report.snippet import render_diagnostic, render_diagnostics
from aioformal.source import Source, Span

TEXT = "---- MODULE M ----\nInit == x = Foo\n\tNext == y'\n(* open\nmore *)\n"
SOURCE = Source("M.tla", TEXT)


def span(text: str) -> Span:
    start = TEXT.index(text)
    return Span(SOURCE, start, start + len(text))


def test_the_whole_of_it() -> None:
    diagnostic = Diagnostic(
        "name.unknown",
        "unknown name Foo",
        span("Foo"),
        notes=(Note("in the definition of", span("Init")), Note("nothing else")),
        hint="did you mean Fop?",
    )
    assert render_diagnostic(diagnostic) == (
        "error[name.unknown]: unknown name Foo\n"
        "  --> M.tla:2:13\n"
        "  |\n"
        "2 | Init == x = Foo\n"
        "  |             ^^^\n"
        "  note: in the definition of\n"
        "  --> M.tla:2:1\n"
        "  |\n"
        "2 | Init == x = Foo\n"
        "  | ^^^^\n"
        "  note: nothing else\n"
        "  help: did you mean Fop?\n"
    )


def carets(diagnostic: Diagnostic) -> tuple[str, str]:
    lines = render_diagnostic(diagnostic).splitlines()
    return lines[-2], lines[-1]


def test_a_tab_is_as_wide_as_the_layout_rule_says() -> None:
    shown, marks = carets(Diagnostic("parse.unexpected", "no", span("y'")))
    assert shown.index("y'") == marks.index("^^") == len("3 | ") + 8 + len("Next == ")
    assert "\t" not in shown


def test_a_place_of_several_lines_is_marked_to_the_end_of_the_first() -> None:
    shown, marks = carets(Diagnostic("parse.unclosed", "no", span("(* open\nmore")))
    assert shown == "4 | (* open"
    assert marks == "  | ^^^^^^^"


def test_an_empty_place_still_gets_a_caret() -> None:
    at_end = Span(SOURCE, TEXT.index("Foo") + 3, TEXT.index("Foo") + 3)
    assert carets(Diagnostic("parse.unexpected", "no", at_end))[1].endswith(" ^")


def test_the_end_of_the_file_has_a_place() -> None:
    end = Span(SOURCE, len(TEXT), len(TEXT))
    assert "M.tla:6:1" in render_diagnostic(Diagnostic("parse.unclosed", "no", end))


def test_a_very_long_line_is_cut_to_a_window_around_the_place() -> None:
    source = Source("L.tla", "x" * 100_000 + "BAD" + "y" * 100_000)
    shown, marks = carets(Diagnostic("parse.character", "no", Span(source, 100_000, 100_003)))
    assert len(shown) < 120
    assert shown[marks.index("^") : marks.index("^") + 3] == "BAD"


def test_control_characters_do_not_reach_the_terminal() -> None:
    source = Source("C.tla", "a \x1b[31m b")
    assert "\x1b" not in render_diagnostic(Diagnostic("parse.character", "no", Span(source, 2, 3)))


def test_errors_come_last_and_a_flood_is_cut() -> None:
    first = Diagnostic("parse.unexpected", "the error")
    warning = Diagnostic("check.never-enabled", "a warning", severity=Severity.WARNING)
    text = render_diagnostics([first, warning])
    assert text.index("a warning") < text.index("the error")
    assert "and 10 more" in render_diagnostics([first] * 30)
