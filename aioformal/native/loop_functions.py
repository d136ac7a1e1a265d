"""The functions that find what terms `first` look for, in either language."""

from __future__ import annotations

from abc import ABC, abstractmethod

from aioformal.ir.node import Term
from aioformal.native.layout import Layout


class LoopFunctions(ABC):
    """Each is written when it is first needed; `texts` are those that were."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.texts: list[str] = []
        self._names: dict[Term, str] = {}

    def name_of(self, term: Term) -> str:
        name = self._names.get(term)
        if name is None:
            name = self._names[term] = f"first{len(self._names)}"
            self.texts.append(self.written(name, term))
        return name

    @abstractmethod
    def written(self, name: str, term: Term) -> str:
        """The text of the function for a term. It may ask for the names of others."""
