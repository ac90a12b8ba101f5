"""An adaptive sampling spends its questions where branches differ, and goes on where it stopped."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from tests.support.training import selection

from codesteer.errors import ConfigurationError
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.symbench import Item, Outcome, load_task, to_record
from codesteer.training.curriculum import (
    MAX_SHARE,
    STREAK,
    Curriculum,
    FixedQuestions,
    open_questions,
    solved,
)
from codesteer.training.questions import DrawnQuestions, QuestionSelection, draw_questions
from codesteer.training.tree import Leaf, Node, Tree

TASK = "game24"
LEVELS = list(load_task(TASK).levels)
CHOSEN = QuestionSelection(tasks=(TASK,), per_task=12, adaptive=True)
ENDINGS = {"all": (True, True), "none": (False, False), "some": (True, False)}


def tree(item: Item[Any, Any], result: str) -> Tree:
    decision = Decision(action=Action.CODE, mode=Mode.CODE, reason="r", guide="g")
    nodes = tuple(
        Node(
            id=str(number),
            proposers=("g",),
            seen="q",
            decision=decision,
            leaf=Leaf(ending="returned", answer="a", outcome=Outcome.CORRECT if right else Outcome.WRONG),
        )
        for number, right in enumerate(ENDINGS[result])
    )
    return Tree(item=to_record(item), system="s", nodes=nodes, seconds=1.0)


def ask(
    chosen: QuestionSelection, result: Callable[[Item[Any, Any]], str], finished: Sequence[Tree] = ()
) -> Iterator[tuple[Item[Any, Any], Tree]]:
    """Ask all questions, one after another."""
    questions = Curriculum(chosen, {}, finished)
    for item in questions:
        made = tree(item, result(item))
        questions.record(made)
        yield item, made


def levels(chosen: QuestionSelection, result: str) -> list[int]:
    return [item.level for item, _ in ask(chosen, lambda _: result)]


@pytest.mark.parametrize("result", ENDINGS)
def test_a_tree_is_solved_by_all_none_or_some_branches(result: str) -> None:
    item = next(iter(FixedQuestions(CHOSEN, {}, ())))
    assert solved(tree(item, result)) == result
    assert solved(replace(tree(item, result), nodes=())) == "none"


def test_mixed_questions_keep_their_two_levels() -> None:
    assert Counter(levels(CHOSEN, "some")) == {LEVELS[0]: 6, LEVELS[1]: 6}


def test_solved_questions_get_harder_up_to_the_last_level() -> None:
    asked = levels(CHOSEN, "all")
    assert asked[:STREAK] == [LEVELS[0], LEVELS[1], LEVELS[0]]
    assert max(asked) > LEVELS[1]
    assert set(levels(replace(CHOSEN, levels=(LEVELS[0],)), "all")) == {LEVELS[0]}


def test_unsolved_questions_get_easier_again() -> None:
    results = iter(["all"] * STREAK + ["none"] * 9)
    asked = [item.level for item, _ in ask(CHOSEN, lambda _: next(results))]
    assert max(asked[STREAK : 2 * STREAK]) == LEVELS[2]
    assert set(asked[2 * STREAK :]) == {LEVELS[0], LEVELS[1]}


def test_hopeless_tasks_leave_their_questions_to_others() -> None:
    chosen = replace(CHOSEN, tasks=(TASK, "light_puzzles"))
    asked = Counter(item.task for item, _ in ask(chosen, lambda i: "none" if i.task == TASK else "some"))
    assert sum(asked.values()) == 24
    assert asked["light_puzzles"] > 12 > asked[TASK] >= STREAK
    assert asked["light_puzzles"] <= MAX_SHARE * 12


def test_it_ends_where_no_task_has_questions_left() -> None:
    asked = levels(CHOSEN, "none")
    assert len(asked) == 12


def test_nothing_is_asked_twice_and_an_interruption_changes_nothing() -> None:
    chosen = replace(CHOSEN, tasks=(TASK, "light_puzzles", "string_insertion"))

    def result(item: Item[Any, Any]) -> str:
        return ("all", "none", "some")[hash(item.question) % 3]

    whole = list(ask(chosen, result))
    assert len({item.id for item, _ in whole}) == len(whole) == 36
    begun = [made for _, made in whole[:9]]
    rest = list(ask(chosen, result, begun))
    assert len(rest) == 27
    assert not {item.id for item, _ in rest} & {one.id for one in begun}
    assert list(ask(chosen, result, [made for _, made in whole])) == []


def test_interruptions_do_not_starve_a_resting_task() -> None:
    chosen = replace(CHOSEN, tasks=(TASK, "light_puzzles", "string_insertion"))

    def result(item: Item[Any, Any]) -> str:
        return "none" if item.task == TASK else "some"

    whole = Counter(item.task for item, _ in ask(chosen, result))
    finished: list[Tree] = []
    while len(finished) < 36:
        finished += [made for _, made in islice(ask(chosen, result, finished), 5)]
    assert Counter(made.task for made in finished) == whole
    assert STREAK < whole[TASK] < 12


def test_a_level_without_questions_leaves_its_turns_to_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def few_of_the_lowest(chosen: QuestionSelection, against: Mapping[str, str]) -> DrawnQuestions:
        drawn = draw_questions(chosen, against)
        return replace(drawn, items=drawn.items[:2]) if chosen.levels == (LEVELS[0],) else drawn

    monkeypatch.setattr("codesteer.training.curriculum.draw_questions", few_of_the_lowest)
    assert Counter(levels(CHOSEN, "some")) == {LEVELS[0]: 2, LEVELS[1]: 10}
    lowest = Curriculum(replace(CHOSEN, levels=(LEVELS[0],)), {}, ())
    assert len(list(lowest)) == 2
    assert lowest.drawn.short == {TASK: 2}


def test_trees_of_other_tasks_do_not_count() -> None:
    other = [made for _, made in ask(replace(CHOSEN, tasks=("light_puzzles",)), lambda _: "some")]
    assert Curriculum(CHOSEN, {}, other).left == 12


@pytest.mark.parametrize("adaptive", [True, False])
def test_what_is_left_out_is_not_asked_again(adaptive: bool) -> None:
    chosen = replace(CHOSEN, adaptive=adaptive)
    first, second, *_ = open_questions(chosen, {}, ())
    left_out = {first.id: TASK, "of another selection": "light_puzzles"}
    questions = open_questions(chosen, {}, [tree(second, "some")], left_out)
    assert questions.left == 10
    asked = [item.id for item in questions]
    assert len(asked) == 10
    assert not {first.id, second.id} & set(asked)


def test_levels_are_chosen_among_the_allowed_ones() -> None:
    assert set(levels(replace(CHOSEN, levels=(LEVELS[1],)), "all")) == {LEVELS[1]}
    with pytest.raises(ConfigurationError, match="none of the requested"):
        Curriculum(replace(CHOSEN, levels=(99,)), {}, ())


def test_without_it_the_questions_are_fixed() -> None:
    assert isinstance(open_questions(selection(2), {}, ()), FixedQuestions)
    assert isinstance(open_questions(CHOSEN, {}, ()), Curriculum)
