"""What proofs say: steps below steps, sequents, facts."""

from __future__ import annotations

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.source import Source
from aioformal.syntax import ast, parse_module, unparse
from aioformal.syntax.nesting import MAX_DEPTH
from aioformal.syntax.proof_reader import read_proof
from aioformal.syntax.statements import read_facts, read_sequent
from aioformal.syntax.steps import Facts, New, Proof, Sequent, Step


def units(text: str) -> tuple[ast.Unit, ...]:
    return parse_module(Source("M.tla", f"---- MODULE M ----\n{text}\n====\n")).units


def proof_of(text: str) -> Proof:
    (theorem,) = units(f"THEOREM TRUE\n{text}")
    assert isinstance(theorem, ast.Theorem)
    assert theorem.proof is not None
    proof = read_proof(theorem.proof)
    assert isinstance(proof, Proof)
    return proof


def tree(proof: object) -> object:
    """Kinds with what is below them."""
    if not isinstance(proof, Proof):
        return proof.word if isinstance(proof, Facts) else None
    return [(step.kind, tree(step.proof)) if step.proof else step.kind for step in proof.steps]


def only(text: str) -> Step:
    return proof_of(f"<1>1. {text}\n<1> QED").steps[0]


def test_a_theorem_knows_where_its_proof_is() -> None:
    (theorem,) = units("THEOREM TRUE\n  BY DEF A")
    assert isinstance(theorem, ast.Theorem)
    assert theorem.proof is not None
    assert theorem.proof.text == "BY DEF A"


def test_a_theorem_without_proof_has_none() -> None:
    (theorem,) = units("THEOREM TRUE")
    assert isinstance(theorem, ast.Theorem)
    assert theorem.proof is None


def test_use_and_hide_are_units_with_their_text() -> None:
    use, hide = units("USE a, b DEF C\nHIDE DEF\n  C")
    assert isinstance(use, ast.Use)
    assert use.text == "USE a , b DEF C"
    assert isinstance(hide, ast.Use)
    assert hide.span.text == "HIDE DEF\n  C"


def test_use_and_hide_are_written_out_again() -> None:
    text = "---- MODULE M ----\nA == 1\nUSE A DEF A\nTHEOREM TRUE BY A\nHIDE DEF A\n====\n"
    module = parse_module(Source("M.tla", text))
    assert parse_module(Source("M.tla", unparse(module))) == module


def test_steps_stand_below_the_step_that_they_prove() -> None:
    text = "<1>1. 1 = 1\n <2>1. 2 = 2 OBVIOUS\n <2> QED BY <2>1\n<1>2. 3 = 3 BY x\n<1> QED"
    below = [("ASSERT", ["ASSERT", ("QED", "BY")]), ("ASSERT", "BY"), "QED"]
    assert tree(proof_of(text)) == below


def test_implicit_levels_count_from_the_step_before() -> None:
    text = "<*> 1 = 1\n <+> 2 = 2\n <*> QED\n<*> QED"
    assert tree(proof_of(text)) == [("ASSERT", ["ASSERT", "QED"]), "QED"]


def test_a_step_may_follow_the_name_of_a_step() -> None:
    assert tree(proof_of("<1>1. TRUE\n<1>2. TRUE BY <1>1\n<1>3. QED")) == [
        "ASSERT",
        ("ASSERT", "BY"),
        "QED",
    ]


def test_a_statement_may_begin_with_the_name_of_a_step() -> None:
    step = proof_of("<1>1. TRUE\n<1>2. <1>1 /\\ TRUE\n<1>3. QED").steps[1]
    assert isinstance(step.content, ast.Apply)
    assert step.content.args[0] == ast.Name(step.span, "<1>1")


def test_names_of_steps_have_no_dots() -> None:
    first, last = proof_of("<1>a... TRUE\n<1>. QED").steps
    assert first.name is not None
    assert first.name.name == "<1>a"
    assert last.name is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1 = 1", "ASSERT"),
        ("ASSUME TRUE PROVE TRUE", "ASSERT"),
        ("SUFFICES 1 = 1", "SUFFICES"),
        ("SUFFICES ASSUME NEW x PROVE x = x", "SUFFICES"),
        ("HAVE TRUE", "HAVE"),
        ("CASE TRUE", "CASE"),
        ("CASE f \\in [S -> T]", "CASE"),
        ("CASE TRUE -> TRUE [] FALSE -> FALSE", "ASSERT"),
        ("TAKE x, y", "TAKE"),
        ("TAKE x, y \\in S, z \\in T", "TAKE"),
        ("PICK <<x, y>> \\in S : x = y", "PICK"),
        ("WITNESS 1, <<2, 3>> \\in S", "WITNESS"),
        ("DEFINE a == 1 f(x) == x", "DEFINE"),
        ("a == 1", "DEFINE"),
        ("USE a DEF b", "USE"),
        ("HIDE DEF b", "HIDE"),
        ("INSTANCE Naturals", "INSTANCE"),
    ],
)
def test_each_kind_of_step_is_told_by_its_first_word(text: str, kind: str) -> None:
    assert only(text).kind == kind


def test_take_binds_names_in_groups() -> None:
    content = only("TAKE x, y \\in S, z \\in T").content
    assert isinstance(content, ast.Quantifier)
    assert [[n.name for n in bound.names] for bound in content.bounds] == [["x", "y"], ["z"]]


def test_witness_lists_expressions() -> None:
    content = only("WITNESS 1, <<2, 3>> \\in S").content
    assert isinstance(content, ast.Tuple)
    assert len(content.elements) == 2


def test_define_holds_definitions() -> None:
    content = only("DEFINE a == 1 f(x) == x").content
    assert isinstance(content, ast.Let)
    assert len(content.units) == 2


def test_a_sequent_has_declarations_assumptions_and_a_goal() -> None:
    text = (
        "ASSUME NEW x \\in S, NEW VARIABLE v, CONSTANT F(_, _), \\A a, b : a = b,\n"
        "  LET y == 1 z == 2 IN <<y, z>> = x, ASSUME NEW k PROVE k = 1\nPROVE x = 2"
    )
    (theorem,) = units(f"THEOREM {text}")
    assert isinstance(theorem, ast.Theorem)
    sequent = read_sequent(theorem.body.span)
    x, v, f, all_equal, let, inner = sequent.assumptions
    assert isinstance(x, New)
    assert x.declared.name == "x"
    assert x.domain is not None
    assert isinstance(v, New)
    assert v.level == "VARIABLE"
    assert v.domain is None
    assert isinstance(f, New)
    assert f.declared.arity == 2
    assert f.level == "CONSTANT"
    assert isinstance(all_equal, ast.Quantifier)
    assert isinstance(let, ast.Let)
    assert isinstance(inner, Sequent)
    assert isinstance(sequent.goal, ast.Apply)


def test_a_declared_operator_keeps_its_sign() -> None:
    (theorem,) = units("THEOREM ASSUME NEW _ ++ _ PROVE TRUE")
    assert isinstance(theorem, ast.Theorem)
    (new,) = read_sequent(theorem.body.span).assumptions
    assert isinstance(new, New)
    assert (new.declared.name, new.declared.arity) == ("++", 2)


def test_facts_are_expressions_and_definitions_are_names() -> None:
    (use,) = units("USE ONLY a, MODULE Naturals, f(1, 2) = 3 DEF B, I!C, +, MODULE Integers")
    facts = read_facts(use.span)
    assert facts.word == "USE"
    assert len(facts.facts) == 2
    assert [d.name for d in facts.definitions if isinstance(d, ast.Name)] == ["B", "C", "+"]


def test_lists_in_steps_keep_their_columns() -> None:
    content = only("/\\ 1 = 1\n      /\\ \\/ 2 = 2\n         \\/ 3 = 3").content
    assert isinstance(content, ast.Junction)
    assert len(content.items) == 2


def test_zeros_before_a_level_do_not_matter() -> None:
    steps = proof_of("<01>1. TRUE\n<1>2. <001>1 /\\ TRUE\n<1>3. QED").steps
    assert [step.name.name for step in steps if step.name] == ["<1>1", "<1>2", "<1>3"]
    assert isinstance(steps[1].content, ast.Apply)
    assert steps[1].content.args[0] == ast.Name(steps[1].span, "<1>1")


def test_a_label_stands_before_a_sequent() -> None:
    for label in ("l", "l(x, y)"):
        sequent = only(f"{label} :: ASSUME TRUE PROVE TRUE").content
        assert isinstance(sequent, Sequent)
        assert sequent.label is not None
        assert sequent.label.name == "l"


@pytest.mark.parametrize("text", ["F(x) = (y)", "F(x)", "x", "l :: TRUE", "l(x) :: TRUE"])
def test_what_only_looks_like_a_labelled_sequent_is_an_expression(text: str) -> None:
    assert not isinstance(only(text).content, Sequent)


def test_words_among_facts_are_read_as_in_expressions() -> None:
    (use,) = units("USE a, TRUE, (b), c!d")
    assert read_facts(use.span).facts == (
        ast.Name(use.span, "a"),
        ast.Boolean(use.span, True),
        ast.Name(use.span, "b"),
        ast.Name(use.span, "d", (ast.Qualifier(use.span, "c", ()),)),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<1> QED Fact", "`Fact` cannot stand after QED"),
        ("<1> QED /\\ TRUE", "cannot stand after QED"),
        ("<1>1. TRUE BY\n<1> QED", "this BY names nothing"),
        ("<1> USE\n<1> QED", "this USE names nothing"),
        ("<1> USE ONLY\n<1> QED", "this USE names nothing"),
        ("BY", "this BY names nothing"),
        ("PROOF", "a proof begins with"),
        ("PROOF Op(1)", "a proof begins with .* not with `Op`"),
        ("OBVIOUS a", "`a` cannot stand after OBVIOUS"),
        ("<1>1. TRUE OMITTED a\n<1> QED", "`a` cannot stand after OMITTED"),
        ("<1>1. TRUE BY a\n <2> QED\n<1> QED", "`<1>1.` has two proofs"),
        ("<1>1. TRUE PROOF\n<1> QED", "a proof begins with"),
        ("<1>1\n<1> QED", "after `<1>1` an expression is missing"),
        ("<1> SUFFICES\n<1> QED", "after `SUFFICES` an expression is missing"),
        ("<1> WITNESS\n<1> QED", "after `WITNESS` an expression is missing"),
        ("<1> WITNESS 1,\n<1> QED", "after `WITNESS` an expression is missing"),
        ("<1> ASSUME PROVE TRUE\n<1> QED", "after `ASSUME` an expression is missing"),
        ("<1> ASSUME TRUE, PROVE TRUE\n<1> QED", "after `ASSUME` an expression is missing"),
        ("<1> ASSUME TRUE PROVE\n<1> QED", "after `PROVE` an expression is missing"),
        ("<1> ASSUME TRUE\n<1> QED", "this ASSUME has no PROVE"),
        ("<1> ASSUME NEW PROVE TRUE\n<1> QED", "what NEW declares is no name"),
        ("<1> ASSUME NEW 1 PROVE TRUE\n<1> QED", "what NEW declares is no name"),
        ("<1> ASSUME NEW STATE x y PROVE TRUE\n<1> QED", "what STATE declares is no name"),
        ("<1> ASSUME NEW x \\in PROVE TRUE\n<1> QED", "an expression is missing"),
        ("<1>1. TRUE\n <2>1. TRUE\n<1> QED", "steps of level <2> do not end with QED"),
        ("<1>1. TRUE\n <3> QED\n <2> QED\n<1> QED", "no proof that is open here .* `<2>`"),
        ("<1> USE /\\ TRUE /\\\n<1> QED", "the text ends too early"),
        ("BY a,", "a name is missing"),
        ("BY a,, b", "a name is missing"),
        ("BY a, DEF b", "a name is missing"),
        ("BY a DEF b,", "a name is missing"),
        ("<1>1. HAVE TRUE BY a\n<1> QED", "HAVE takes none"),
        ("<1>1. TAKE x\n <2> QED\n<1> QED", "TAKE takes none"),
        ("<1> a == 1 OBVIOUS\n<1> QED", "DEFINE takes none"),
        ("<1> USE a BY b\n<1> QED", "USE takes none"),
    ],
)
def test_what_is_missing_or_too_much_in_a_proof_is_named(text: str, message: str) -> None:
    (theorem,) = units(f"THEOREM TRUE\n{text}")
    assert isinstance(theorem, ast.Theorem)
    assert theorem.proof is not None
    with pytest.raises(DiagnosticError, match=message) as failure:
        read_proof(theorem.proof)
    (found,) = failure.value.diagnostics
    assert found.code in ("parse.unexpected", "parse.unclosed")
    assert found.span is not None


def test_a_proof_nests_no_deeper_than_can_be_read() -> None:
    def deep(levels: int) -> str:
        opening = "".join(f"<{n}>1. TRUE\n" for n in range(1, levels))
        return opening + f"<{levels}> QED\n" + "".join(f"<{n}> QED\n" for n in range(levels - 1, 0, -1))

    assert proof_of(deep(MAX_DEPTH)).steps[-1].kind == "QED"
    with pytest.raises(DiagnosticError) as failure:
        proof_of(deep(MAX_DEPTH + 1))
    assert [d.code for d in failure.value.diagnostics] == ["parse.nesting"]


def test_a_sequent_nests_no_deeper_than_can_be_read() -> None:
    def deep(levels: int) -> Sequent:
        (theorem,) = units(f"THEOREM {'ASSUME ' * levels}TRUE{' PROVE TRUE' * levels}")
        assert isinstance(theorem, ast.Theorem)
        return read_sequent(theorem.body.span)

    assert deep(MAX_DEPTH).goal == ast.Boolean(deep(1).span, True)
    with pytest.raises(DiagnosticError) as failure:
        deep(MAX_DEPTH + 1)
    assert [d.code for d in failure.value.diagnostics] == ["parse.nesting"]


def test_a_level_with_more_digits_than_can_be_counted_is_refused() -> None:
    with pytest.raises(DiagnosticError, match="digits"):
        units(f"THEOREM TRUE\n<{'9' * 5000}>1. TRUE\n<1> QED")


@pytest.mark.parametrize("name", ["<*>a", "<+>1."])
def test_implicit_levels_have_no_names(name: str) -> None:
    with pytest.raises(DiagnosticError, match="cannot have a name"):
        proof_of(f"{name} QED")


@pytest.mark.parametrize("text", ["HAVE", "1 +", "WITNESS (1", "TAKE 1"])
def test_a_step_that_cannot_be_read_has_a_place(text: str) -> None:
    with pytest.raises(DiagnosticError) as failure:
        only(text)
    assert all(d.code.startswith("parse.") and d.span for d in failure.value.diagnostics)


def test_a_bracket_left_open_before_a_proof_names_the_proof_by_its_first_word() -> None:
    with pytest.raises(DiagnosticError) as failure:
        units("THEOREM (1 = 1\n  OBVIOUS\nA == 1")
    (found,) = failure.value.diagnostics
    assert found.code == "parse.unclosed"
    assert all("\n" not in note.span.text for note in found.notes if note.span)
