"""How often Python looks for garbage is changed only while trees are built."""

from __future__ import annotations

import gc

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.session import Session
from aioformal.session.building import RARELY, few_collections


def test_thresholds_are_put_back() -> None:
    before = gc.get_threshold()
    with few_collections():
        assert gc.get_threshold() == RARELY
    assert gc.get_threshold() == before
    with pytest.raises(DiagnosticError):
        _ = Session("nowhere.tla").loaded
    assert gc.get_threshold() == before
