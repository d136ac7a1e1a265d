"""Commands whose help ends with examples and exit codes of their own."""

from __future__ import annotations

from typing import Any

import click


class LessonCommand(click.Command):
    """A command with a lesson: text blocks that are shown line by line."""

    def __init__(self, *arguments: Any, lesson: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._lesson = lesson

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for block in self._lesson:
            formatter.write_paragraph()
            formatter.write(block)
