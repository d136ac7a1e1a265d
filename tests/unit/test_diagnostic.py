"""What a misspelt name was meant to be."""

from __future__ import annotations

import pytest

from aioformal.diagnostic import nearest

NAMES = ["Len", "Nat", "Int", "BOOLEAN", "Cardinality", "Append", "counter", "Get", "Step1", "x", "y2"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Lne", "Len"),
        ("Le", None),
        ("Lenn", "Len"),
        ("Lenght", "Len"),
        ("Length", "Len"),
        ("Nta", "Nat"),
        ("nat", "Nat"),
        ("BOOLEN", "BOOLEAN"),
        ("BOLEEAN", "BOOLEAN"),
        ("Cardinalty", "Cardinality"),
        ("Cradinlaty", "Cardinality"),
        ("Apend", "Append"),
        ("Counter", "counter"),
        ("X", "x"),
        ("Put", None),
        ("Pet", None),
        ("z", None),
        ("y3", None),
        ("Something", None),
    ],
)
def test_nearest(word: str, meant: str | None) -> None:
    assert nearest(word, NAMES) == meant


def test_a_tie_goes_to_the_first_of_the_alphabet() -> None:
    assert nearest("Stop", ["Shop", "Step"]) == nearest("Stop", ["Step", "Shop"]) == "Shop"


def test_one_of_very_many_names_is_found() -> None:
    names = [f"Operator{number}" for number in range(75_000)]
    assert nearest("Opreator74999", names) == "Operator74999"
