"""Reads the .txt files beside it: cases of a name, a source and the tree it has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    name: str
    text: str
    tree: str

    @property
    def is_module(self) -> bool:
        return "MODULE" in self.text


def read_cases() -> list[Case]:
    cases: list[Case] = []
    for path in sorted(Path(__file__).parent.glob("*.txt")):
        for part in path.read_text(encoding="utf-8").split("=== ")[1:]:
            head, tree = part.split("\n---\n")
            name, text = head.split("\n", 1)
            cases.append(Case(f"{path.stem}: {name}", text, tree.strip() + "\n"))
    return cases
