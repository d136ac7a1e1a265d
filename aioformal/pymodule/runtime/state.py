"""Stands for the classes that a generated module has for its own variables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """The values of the variables."""
