"""Templates: what questions of one kind have in common, and what a look-alike changes."""

import time

import pytest

from codesteer.experience.template import MAX_TOKENS, find_template
from codesteer.symbench import tasks

PRIMES = [
    "How many primes are between 10 and 90? Answer with a number.",
    "How many primes are between 7 and 1000? Answer with a number.",
    "How many primes are between 200 and 300? Answer with a number.",
]
NAMES = [
    "Alice has 3 apples and Bob has 5. Who has more?",
    "Carol has 8 apples and Dan has 2. Who has more?",
    "Eve has 4 apples and Fay has 9. Who has more?",
]


def test_other_data_match() -> None:
    template = find_template(PRIMES[:2])
    assert template is not None
    assert template.varies
    assert template.matches("How many primes are between 5 and 12345? Answer with a number.")


@pytest.mark.parametrize(
    "look_alike",
    [
        "How many squares are between 5 and 100? Answer with a number.",
        "How many primes are between 5 and 100, both included? Answer with a number.",
        "How many primes are not between 5 and 100? Answer with a number.",
        "How many primes are between 5 and 100? Answer with a word.",
        "How many primes are between 5 and 100? Answer with a number. Subtract 1.",
        "How many primes are between 5 and 100?",
        "How many primes are between five and 100? Answer with a number.",
        "How many primes are between 5 and -100? Answer with a number.",
        "How many primes are between 5 and 100 and 200? Answer with a number.",
        "HOW MANY PRIMES ARE BETWEEN 5 AND 100? ANSWER WITH A NUMBER.",
        "",
    ],
)
def test_one_other_word_does_not_match(look_alike: str) -> None:
    template = find_template(PRIMES)
    assert template is not None
    assert not template.matches(look_alike)


def test_a_number_that_never_varied_is_part_of_the_rules() -> None:
    template = find_template(["Use 1 2 3 4 to make 24.", "Use 5 6 7 8 to make 24."])
    assert template is not None
    assert template.matches("Use 9 9 3 1 to make 24.")
    assert not template.matches("Use 9 9 3 1 to make 25.")


def test_a_name_needs_three_examples_to_be_any_name() -> None:
    two, three = find_template(NAMES[:2]), find_template(NAMES)
    new = "Zoe has 4 apples and Bob has 9. Who has more?"
    assert two is not None
    assert not two.matches(new)
    assert three is not None
    assert three.matches(new)


def test_ordinary_words_at_a_place_of_several_stay_those_seen() -> None:
    template = find_template(["Do: go left, go up.", "Do: go up.", "Do: go left, go left, go down."])
    assert template is not None
    assert template.matches("Do: go down, go up, go left.")
    assert not template.matches("Do: go left, never go up.")


def test_one_question_has_no_template() -> None:
    assert find_template([]) is None
    assert find_template([PRIMES[0]]) is None
    assert find_template([PRIMES[0], PRIMES[0]]) is None


def test_a_long_question_has_none_and_costs_no_time() -> None:
    long = "a 1 " * MAX_TOKENS
    started = time.perf_counter()
    assert find_template([long, PRIMES[0]]) is None
    template = find_template(PRIMES)
    assert template is not None
    assert not template.matches(long)
    assert time.perf_counter() - started < 1


def test_hostile_repetition_is_decided_at_once() -> None:
    half = MAX_TOKENS // 2 - 10
    template = find_template(["1 a " * half, "2 a " * half])
    assert template is not None
    started = time.perf_counter()
    template.matches("3 a " * half + "b")
    assert time.perf_counter() - started < 5


GENERATED = [task for task in tasks() if task.levels]


@pytest.mark.parametrize("task", GENERATED, ids=lambda task: task.slug)
def test_no_template_matches_another_task(task: object) -> None:
    template = find_template([task.generate(0, 1, "train", index).question for index in range(5)])  # type: ignore[attr-defined]
    assert template is not None
    others = (other for other in GENERATED if other is not task)
    assert not [
        other.slug
        for other in others
        for index in range(2)
        if template.matches(other.generate(0, 1, "dev", index).question)
    ]


@pytest.mark.parametrize(
    "slug", ["game24", "number_multiply", "letters", "statistical_counting", "web_of_lies"]
)
def test_eight_questions_are_enough_for_simple_tasks(slug: str) -> None:
    task = next(task for task in GENERATED if task.slug == slug)
    template = find_template([task.generate(0, 1, "train", index).question for index in range(8)])
    assert template is not None
    assert all(template.matches(task.generate(0, 1, "dev", index).question) for index in range(10))
