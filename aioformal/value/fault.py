"""A value that does not exist. Values know no places: whoever evaluates adds the span."""

from __future__ import annotations


class ValueFault(Exception):  # noqa: N818
    """An operator has no value for its arguments.

    `code` is one of the `eval.*` codes of `aioformal.diagnostic.CODES`, `message` says what was
    expected and what was there, `hint` what would help.
    """

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(code, message, hint)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
