"""Rewriting by hand."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.string_deletion_modification import TASK, Puzzle
from codesteer.symbench.solvers.rewriting import POOL


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("prefix ab", "abc", "cac"),
        ("prefix bc", "bcb", "baa"),
        ("prefix cb", "cbab", "aaa"),
        ("prefix ca", "cab", "bbbc"),
        ("prefix aa", "aab", "ab"),
        ("prefix bb", "bba", "ba"),
        ("prefix ac", "acb", "zzb"),
        ("suffix cc", "bcc", "abb"),
        ("suffix ca", "bca", "bc"),
        ("suffix bb", "abb", "a"),
        ("first acb", "cacbacb", "cbcaacb"),
        ("first bca", "abcabca", "abca"),
        ("later ca", "caca", "ca"),
        ("later ca", "ca", None),
        ("even", "abb", "abbab"),
        ("even", "aca", None),
        ("even", "ab", None),
        ("long", "a" * 7 + "b" + "c" * 7, None),
        ("long", "a" * 8 + "b" + "c" * 7, "a" * 8 + "c" * 7),
    ],
)
def test_each_rule(name: str, before: str, after: str | None) -> None:
    assert POOL[name].apply(before) == after


def test_the_first_rule_comes_first_again() -> None:
    puzzle = Puzzle("cccc", ("suffix cc", "prefix ab"))
    assert TASK.compute_answer(puzzle) == "accb"
    assert TASK.compute_answer(Puzzle("abcc", ("suffix cc", "prefix ab"))) == "aabb"


@pytest.mark.parametrize(
    "reply", ['<<<"accb">>>', "<<< 'accb' >>>", "<<<string: accb>>>", "accb", "<<<a c c b>>>"]
)
def test_quotes_and_spaces_do_not_matter(reply: str) -> None:
    item: Item[Puzzle, str] = Item("x", TASK.slug, "?", "accb", 1, Puzzle("cccc", ("suffix cc", "prefix ab")))
    assert TASK.score(item, reply).outcome is Outcome.CORRECT
    assert TASK.score(item, reply.upper()).outcome is not Outcome.CORRECT
