"""No text can stall codesteer: every pattern is linear, and every parser reads 1 MB of junk in under 100 ms."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle

import pytest
from tests.support.patterns import Used, hard_texts, used_patterns

from codesteer.checkers.answer_form import fits, same_answer
from codesteer.checkers.answer_skeleton import parsing_lines
from codesteer.checkers.check_function import call_check, read_opinions
from codesteer.checkers.mutants import mutants_of
from codesteer.checkers.question_choices import as_choice, choices
from codesteer.evals.methods.choices import chosen_mode
from codesteer.guides.parsing import parse_decision
from codesteer.guides.port import GuideInput
from codesteer.guides.published import parse_reply
from codesteer.guides.rules import looks_computational
from codesteer.replies.answers import extract_answer, output_answer, text_answer
from codesteer.replies.continuation import join_continuation
from codesteer.replies.options import listed_options, named_option
from codesteer.replies.programs import extract_program, without_fences
from codesteer.replies.question_data import read_data
from codesteer.replies.reasoning import strip_reasoning
from codesteer.replies.repetition import is_repetitive
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus
from codesteer.sandboxes.exit_status import classify_exit
from codesteer.symbench.parsing import find_answers
from codesteer.teaching.questions import known_answer

MEGA = 1_000_000
SECONDS = 0.1
SIZE = 3000
LIMIT = 0.01
"""Seconds for ``SIZE`` characters: a linear pattern takes a tenth of it, a quadratic one a multiple."""


def slow(apply: Callable[[str], object], texts: Iterable[str], limit: float) -> Iterator[str]:
    """Yield the texts that took too long in each of five tries, since other processes can slow a single one."""
    for text in texts:
        if all(seconds(apply, text) > limit for _ in range(5)):
            yield f"{text[:30]!r} … {text[-8:]!r}"


def seconds(apply: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    apply(text)
    return time.process_time() - start


@pytest.mark.parametrize("used", used_patterns(), ids=lambda used: f"{used.name}.{used.method}")
def test_every_pattern_is_linear(used: Used) -> None:
    assert not list(slow(used.apply, hard_texts(used.pattern, SIZE), LIMIT))


@pytest.mark.parametrize("pattern", [r"<<<(.*?)>>>", r"\s*$", r"(\w+) says", r"\W*b"])
def test_quadratic_patterns_are_detected(pattern: str) -> None:
    used = Used("bad", re.compile(pattern, re.DOTALL), "findall")
    assert next(slow(used.apply, hard_texts(used.pattern, SIZE), LIMIT), None)


def printed(stdout: str) -> ExecutionResult:
    return ExecutionResult(status=ExecutionStatus.OK, stdout=stdout)


PARSERS: dict[str, Callable[[str], object]] = {
    "strip_reasoning": strip_reasoning,
    "extract_program": extract_program,
    "without_fences": without_fences,
    "extract_answer": extract_answer,
    "text_answer": text_answer,
    "output_answer": output_answer,
    "joined to it": lambda text: join_continuation("```python\nx = 1\n", text),
    "joined": lambda text: join_continuation(text, "```python\nprint(1)\n```"),
    "is_repetitive": is_repetitive,
    "listed_options": listed_options,
    "named_option": lambda text: named_option(text, ["3", "4", "5"]),
    "choices": choices,
    "fits": lambda text: fits("Is it?\n(A) 3\n(B) 4", text),
    "fits whether": lambda text: fits("Is it?", text),
    "same_answer": lambda text: same_answer(text, "1" + text),
    "as_choice": lambda text: as_choice("Is it?", text),
    "mutants_of": mutants_of,
    "parsing_lines": lambda text: parsing_lines(text, "Find the list."),
    "read_data": read_data,
    "read_opinions": lambda text: read_opinions(call_check("", ["1"]), printed(text)),
    "classify_exit": lambda text: classify_exit(1, text),
    "parse_decision": parse_decision,
    "published guide": lambda text: parse_reply(text, GuideInput(question="q", turns_left=1)),
    "chosen_mode": chosen_mode,
    "looks_computational": looks_computational,
    "find_answers": find_answers,
    "known_answer": known_answer,
}
MARKS = [
    "<<<",
    ">>>",
    "<<<>>>",
    "<<< and >>>",
    "<<<a>>\n",
    "<<<\n",
    "\\boxed{",
    "\\boxed ",
    "\\fbox{}",
    "<answer>",
]
TAGS = [
    "<think>",
    "</think>",
    '<think a="',
    "a</think>",
    "<|channel|>analysis",
    "[THINK]",
    "◁think▷",
    "<code>\n",
]
TAGS += ["<code>", "[PYTHON]\n", "<|python_tag|>", "</code>", "<python>x</python>", "<think a='\""]
FENCES = [
    "```\n",
    "```python\n",
    "```python\nprint(1)\n```\n",
    "```python\nfor x in\n",
    "~~~\n```\n",
    "```` ",
    "`",
]
FENCES += ["- ```py\n", "``` {", "> ```\n", "```python\n>>> 1\n", "```python\n!x\n"]
SIGNS = [
    '{"action": "',
    '{"a":',
    "{",
    "}",
    "[",
    "(",
    '"',
    "'",
    "\\",
    " ",
    "\n",
    "\r",
    "\t",
    "\u2028",
    "\0",
    ". ",
]
WORDS = [
    "action ",
    "checked-",
    "[1, 2, 3]\n",
    "MemoryError.",
    "(A) 3\n",
    "A) ",
    "A. 3 ",
    "Option B ",
    "TEXT CODE ",
]
WORDS += ["yes or ", "is a ?", "1,000", "٣", "−", "１", "1 ", "a. ", "a", "é", "😀", "answer is ", "product "]
CODE = ["x=1\n", "x = <<<x>>>\n", "print(1)\n", "def f():\n return 1\n", '"""\n', ">>> 1\n"]
SEEDS = [*MARKS, *TAGS, *FENCES, *SIGNS, *WORDS, *CODE]


@pytest.mark.parametrize("name", PARSERS)
def test_parsers_handle_any_junk_quickly(name: str) -> None:
    begins = cycle(["", "", "<<<", "<think>", "```python\n"])
    texts = (begin + seed * (MEGA // len(seed)) for seed, begin in zip(SEEDS, begins, strict=False))
    assert not list(slow(PARSERS[name], texts, SECONDS))
