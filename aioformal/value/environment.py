"""The operators of IOUtils, Json, CSV and TLCExt that look out of the model.

The environment of the run is one more constant. Files and other programs are not: a proof that read or wrote
them could not be repeated, and an operator may be evaluated more often or less often than TLC does it. Nor
are TLC's own insides: its messages, its fingerprints, its one counterexample.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from aioformal.value.fault import ValueFault
from aioformal.value.format import brief
from aioformal.value.values import Value, make_record

_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)

_RUNS = "runs another program, and what a proof says must not depend on that"
_WRITES = "writes a file, and evaluating a formula has no such effects here"
_READS = "reads a file, and what a proof says must not depend on that"
_TEXT = "makes a JSON text, and that is not supported"

EFFECTS: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "IOUtils": {
        "IOExec": (1, _RUNS),
        "IOEnvExec": (2, _RUNS),
        "IOExecTemplate": (2, _RUNS),
        "IOEnvExecTemplate": (3, _RUNS),
        "IOSerialize": (3, _WRITES),
        "IODeserialize": (2, _READS),
        "Serialize": (3, _WRITES),
        "Deserialize": (2, _READS),
    },
    "Json": {
        "ToJson": (1, _TEXT),
        "ToJsonArray": (1, _TEXT),
        "ToJsonObject": (1, _TEXT),
        "JsonSerialize": (2, _WRITES),
        "JsonDeserialize": (1, _READS),
        "ndJsonSerialize": (2, _WRITES),
        "ndJsonDeserialize": (1, _READS),
    },
    "TLCExt": {
        "AssertError": (
            2,
            "compares with the texts of TLC's own messages, and errors have others here",
        ),
        "TLCFP": (1, "is TLC's fingerprint of a value, and values are compared whole here"),
        "TLCEvalDefinition": (1, "finds a definition by a text while TLC runs; use its name"),
        "CounterExample": (0, "is the one counterexample that TLC stops at; those found here are in --json"),
        "ToTrace": (
            1,
            "is of TLC's CounterExample, which is not made here; Trace leads to a state",
        ),
    },
    "CSV": {
        "CSVWrite": (3, _WRITES),
        "CSVWriteRecord": (4, _WRITES),
        "CSVRead": (3, _READS),
        "CSVRecords": (1, _READS),
    },
}
"""Operators that have no value here: module -> name -> number of arguments, and the reason."""

WITHOUT_VALUE: Mapping[str, str] = {
    name: why for names in EFFECTS.values() for name, (_, why) in names.items()
}


def environment() -> Value:
    """`IOEnv`: the environment of this process, as a record of strings."""
    return make_record(dict(os.environ))


def integer_of_text(text: Value) -> int:
    """`atoi(text)`."""
    if isinstance(text, str) and _INTEGER.fullmatch(text.strip()):
        return int(text)
    raise ValueFault("eval.kind", f"atoi needs the text of an integer, not {brief(text)}")
