"""The automata of the operators, on words whose verdict was worked out by hand."""

from __future__ import annotations

import pytest

from aioformal.ordering.automaton import automaton_of
from aioformal.ordering.graph import graphviz, identifier, label_of, runtime_verification
from aioformal.ordering.operators import OPERATORS

WORDS = [
    # A letter is the events of one moment; the number is the moment that violates the rule, from 0.
    ("Precedes", "A B B", None),
    ("Precedes", "B", 0),
    ("Precedes", "AB", 0),
    ("Precedes", "A AB", None),
    ("AtMostOnce", "- A -", None),
    ("AtMostOnce", "A - A", 2),
    ("ExactlyOnceBefore", "A B B", None),
    ("ExactlyOnceBefore", "B", 0),
    ("ExactlyOnceBefore", "A A", None),
    ("ExactlyOnceBefore", "A A B", 2),
    ("ExactlyOnceBefore", "A AB", None),
    ("ExactlyOnceBefore", "A AB B", 2),
    ("Between", "A M B", None),
    ("Between", "B A", None),
    ("Between", "A B", 1),
    ("Between", "A MB", 1),
    ("Between", "AM B", 1),
    ("Between", "AB", None),
    ("Within", "Begin A End", None),
    ("Within", "A", 0),
    ("Within", "BeginA", 0),
    ("Within", "Begin AEnd", None),
    ("Within", "Begin End A", 2),
    ("Within", "Begin BeginEnd A", None),
    ("NeverAfter", "A A B", None),
    ("NeverAfter", "B A", 1),
    ("NeverAfter", "AB", None),
    ("NotBetween", "Call Return Wait", None),
    ("NotBetween", "Call Wait", 1),
    ("NotBetween", "CallWait", None),
    ("NotBetween", "Call ReturnWait", 1),
]


def letters(operator: str, word: str) -> list[frozenset[str]]:
    events = OPERATORS[operator].params
    return [frozenset(event for event in events if event in moment) for moment in word.split()]


@pytest.mark.parametrize(("operator", "word", "expected"), WORDS)
def test_an_automaton_comes_to_its_error_state_at_the_moment_that_violates_the_rule(
    operator: str, word: str, expected: int | None
) -> None:
    automaton = automaton_of(OPERATORS[operator])
    state, found = automaton.initial, None
    for moment, letter in enumerate(letters(operator, word)):
        state = automaton.step(state, letter)
        if state == automaton.error and found is None:
            found = moment
    assert found == expected


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_automaton_says_what_follows_on_every_letter_and_never_leaves_its_error_state(
    operator: str,
) -> None:
    automaton = automaton_of(OPERATORS[operator])
    assert len(automaton.transitions) == len(automaton.states) * 2 ** len(automaton.events)
    assert {automaton.step(automaton.error, letter) for letter in automaton.letters} == {automaton.error}
    assert set(automaton.transitions.values()) == set(automaton.states)


def test_no_automaton_remembers_more_than_it_must() -> None:
    sizes = {name: len(automaton_of(operator).states) for name, operator in OPERATORS.items()}
    assert sizes == {
        "Precedes": 3,
        "AtMostOnce": 3,
        "ExactlyOnceBefore": 4,
        "Between": 3,
        "Within": 3,
        "NeverAfter": 3,
        "NotBetween": 3,
    }


def test_an_edge_is_labelled_with_a_short_condition_that_is_true_of_its_letters_alone() -> None:
    automaton = automaton_of(OPERATORS["Between"])
    texts = {"A": "a", "M": "m", "B": "b"}
    labels = {
        (source, target): label_of(by, automaton.events, texts) for source, target, by in automaton.edges()
    }
    assert labels["none", "open_A_M"] == "a"
    assert labels["open_A_M", "error"] == "b"
    assert labels["open_A_M", "none"] == "~(a) /\\ m /\\ ~(b)"


def test_graphviz_text_has_the_states_and_the_edges_that_lead_elsewhere() -> None:
    text = graphviz("R", automaton_of(OPERATORS["Precedes"]), {"A": 'say("x")', "B": "b"})
    assert text.startswith('digraph "R" {')
    assert '"none" -> "once_A" [label="say(\\"x\\") /\\\\ ~(b)"];' in text
    assert '"none" -> "error" [label="b"];' in text


def test_the_kernel_reads_one_event_on_an_edge_and_no_error_state() -> None:
    text = runtime_verification(automaton_of(OPERATORS["Precedes"]), {"A": "KillXchg", "B": "PutIoctx"})
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == "digraph state_automaton {"
    assert '"__init_none" -> "none";' in lines
    edges = [line for line in lines if "label = " in line and "->" in line]
    assert edges == [
        '"none" -> "once_A" [ label = "kill_xchg" ];',
        '"once_A" -> "once_A" [ label = "kill_xchg" ];',
        '"once_A" -> "once_A" [ label = "put_ioctx" ];',
    ]


def test_one_action_in_two_places_of_a_rule_is_one_event_for_the_kernel() -> None:
    text = runtime_verification(automaton_of(OPERATORS["Between"]), {"A": "Kill", "M": "New", "B": "Kill"})
    assert text.count('label = "kill"') == 1
    assert '"open_A_M" -> "none" [ label = "new" ];' in text


def test_an_event_gets_a_name_that_c_can_have() -> None:
    assert identifier("KillXchg(t1)") == "kill_xchg_t1"
