"""What of the corpora is known to fail, by the name of its test, with the construct that is missing."""

from __future__ import annotations

from collections.abc import Mapping

_COMPOSITION = "the composition of actions (\\cdot) is not evaluated"
_TWO_NEGATIVES = "a definition of - beside a constant or parameter of that name is refused"
_OLD_DUMP = "the dump was made of an older text of the module; what TLC makes of it today is ours"
_EMPTY_DUMP = "the dump holds no state; what TLC makes of the module today is ours"
_NOT_THERE = "the module of the dump is not in the repository"
_NO_LIMIT = "TLC cannot count so many functions and says so; here they are counted"

KNOWN: Mapping[str, str] = {
    # tlaplus/Examples
    "FiniteMonotonic/MCCRDT.cfg": _COMPOSITION,
    "FiniteMonotonic/MCReplicatedLog.cfg": _COMPOSITION,
    "SimplifiedFastPaxos/Paxos.cfg": "with SYMMETRY, CHOOSE may tell permuted values apart, so "
    "nothing is proved (the count is as recorded)",
    "dag-consensus/TLCSailfish1.cfg": "recursion over sets without a bound is not made machine code; the "
    "reference semantics does not finish in time",
    "braf/BufferedRandomAccessFile.cfg": "WriteAtMostCorrect becomes a million instructions of machine code, "
    "which take longer to compile than the run may last",
    "ewd840/EWD840_json.cfg": "an invariant that may ask for Trace is not proved (the count is as recorded)",
    # the language standard
    "operators 7 Nonfix Double Exclamation Operator (GH TSTLA #GH97, GH tlaplus/tlaplus #884)": "`!!` as a "
    "name behind `!`",
    "operators 10 Negative Prefix Op on RHS of Infix (GH tlaplus/tlaplus #893)": "a prefix operator that "
    "binds less than the infix before it needs parentheses",
    "NegativeOpTest": _TWO_NEGATIVES,
    # CommunityModules
    **dict.fromkeys(
        ["BagsExtTests", "FiniteSetsExtTests", "FoldsTests", "SequencesExtTests"],
        "AssertError compares with the texts of TLC's own errors",
    ),
    **dict.fromkeys(["CSVTests", "IOUtilsTests", "JsonTests"], "files, other programs, and JSON texts"),
    "FunctionsTests": "IsInjective of a set of records: a Java class takes it for a record, while its "
    "definition has no value, in TLC either; and AssertError",
    # spectacle
    **{f"{mark}simple7.dot": _OLD_DUMP for mark in ("", "machine code ")},
    "tla_expr_eval.dot": _OLD_DUMP,
    **{
        f"{mark}{name}.tla.dot": _EMPTY_DUMP
        for mark in ("", "machine code ")
        for name in ("simple_extends_instance", "simple_seq_ext")
    },
    **{
        f"{mark}simple_extends_instance_def_parameterized_var_subst.tla.dot": _NOT_THERE
        for mark in ("", "machine code ")
    },
    # TLC's suite
    "etest12": _NO_LIMIT,
    "etest13": _NO_LIMIT,
    "test57": "TLC substitutes what ENABLED binds in an instance, and finds Invariant1 false; it is true",
    "test61": "the count beside it is out of date: TLC itself finds five states",
}
"""Test -> construct. A test of the list that passes fails the suite, so that it leaves the list."""
