"""Records: keys, evidence, reliability, trust."""

import pytest

from codesteer.experience.record import (
    Evidence,
    Experience,
    Finding,
    Record,
    Source,
    program_key,
    question_key,
    reads_question,
    without_copied_question,
)

SKILL = "import re\nresult = sum(map(int, re.findall(r'\\d+', QUESTION)))\nprint(f'<<<{result}>>>')"


def piece(number: int, finding: Finding = "right", source: Source = "verifier") -> Evidence:
    question = f"What is {number} plus {number + 1}?"
    return Evidence(
        question_key=question_key(question),
        question=None if finding == "unknown" else question,
        answer=str(2 * number + 1),
        finding=finding,
        source=source,
    )


def skill(*evidence: Evidence, program: str = SKILL) -> Experience:
    record = Record(
        key=program_key(program), mode="code", question="What is 1 plus 2?", answer="3", program=program
    )
    return Experience(record, evidence)


def test_programs_that_differ_in_spelling_have_one_key() -> None:
    assert program_key("x = 'a'  # a comment\nprint( x )") == program_key('x = "a"\nprint(x)\n')
    assert program_key("x = 1\nprint(x)") != program_key("x = 2\nprint(x)")


@pytest.mark.parametrize("program", ["x = (", "\0", "\ud800", "(" * 5000, "x" * 200_000])
def test_every_text_has_a_key(program: str) -> None:
    assert len(program_key(program)) == 24
    assert not reads_question(program)


@pytest.mark.parametrize(
    ("program", "reads"),
    [
        (SKILL, True),
        ("print(len(QUESTION))", True),
        ("print(12)", False),
        ("QUESTION = 'What is 1 plus 2?'\nprint(len(QUESTION))", False),
        ("for QUESTION in 'ab': print(QUESTION)", False),
        ("# QUESTION\nprint('QUESTION')", False),
        ("def f():\n    return QUESTION.split()\nprint(f())", True),
    ],
)
def test_a_program_reads_its_question_or_does_not(program: str, reads: bool) -> None:
    assert reads_question(program) is reads


def test_a_skill_needs_two_questions() -> None:
    assert not skill(piece(1)).is_skill
    assert not skill(piece(1), piece(1, source="person")).is_skill
    assert skill(piece(1), piece(2)).is_skill
    assert not skill(piece(1), piece(2), program="print(3)").is_skill


def test_trust_is_earned_by_three_labels_and_lost_by_one() -> None:
    assert not skill(piece(1), piece(2)).is_trusted
    assert skill(piece(1), piece(2), piece(3)).is_trusted
    assert not skill(piece(1), piece(2), piece(3), piece(4, "wrong")).is_trusted


def test_more_wrong_than_right_retires() -> None:
    assert not skill(piece(1), piece(2, "wrong")).is_retired
    assert skill(piece(1), piece(2, "wrong"), piece(3, "wrong")).is_retired


def test_agreement_alone_counts_less_than_labels() -> None:
    agreed = [piece(number, source="agreement") for number in range(3)]
    assert skill(*agreed).reliability < skill(*(piece(number) for number in range(3))).reliability
    assert not skill(*agreed).is_trusted


def test_without_labels_reuses_at_powers_of_two_are_checked() -> None:
    agreed = [piece(number, source="agreement") for number in range(8)]
    reuses = [piece(100 + number, "unknown", "reuse") for number in range(9)]
    trusted = [skill(*agreed, *reuses[:count]).is_trusted for count in range(9)]
    assert trusted == [False, False, True, False, True, True, True, False, True]
    labelled = [piece(number) for number in range(3)]
    assert all(skill(*labelled, *reuses[:count]).is_trusted for count in range(9))


def test_one_question_asked_often_counts_once_and_its_label_wins() -> None:
    same = [piece(1, "right", "agreement"), piece(1, "wrong", "verifier"), piece(1, "unknown", "reuse")]
    assert [found.finding for found in skill(*same).findings] == ["wrong"]
    assert skill(*same).questions == ()


def test_questions_are_the_same_apart_from_spacing() -> None:
    assert question_key("a b  \r\nc") == question_key("\na b\nc ")
    assert question_key("1 2\n3") != question_key("1\n2 3")
    assert question_key("a b") != question_key("a c")


@pytest.mark.parametrize(
    ("program", "left"),
    [
        ("QUESTION = 'What is 1 plus 2?'\nprint(len(QUESTION))", "print(len(QUESTION))"),
        (
            "import re\nQUESTION = f'''What\nis {1}?'''\nprint(len(QUESTION))",
            "import re\nprint(len(QUESTION))",
        ),
        ("QUESTION = TEXT = 'x'\nprint(QUESTION)", "QUESTION = TEXT = 'x'\nprint(QUESTION)"),
        ("QUESTION = QUESTION.lower()\nprint(QUESTION)", "QUESTION = QUESTION.lower()\nprint(QUESTION)"),
        ("text = QUESTION  # kept\nprint(text)", "text = QUESTION  # kept\nprint(text)"),
        ("QUESTION = (", "QUESTION = ("),
        ("\0", "\0"),
    ],
)
def test_a_copy_of_the_question_is_left_out(program: str, left: str) -> None:
    assert without_copied_question(program) == left
