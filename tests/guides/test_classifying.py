"""A classifying guide takes the best possible choice and words it as the rules would."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

import pytest
from langchain_core.messages import BaseMessage
from tests.guides.test_rules import attempt
from tests.support.guide_inputs import START, later
from tests.support.sandboxes import crashed
from tests.support.training import tiny_llama

from codesteer.errors import ConfigurationError
from codesteer.guides import rules
from codesteer.guides.attempt import Attempt
from codesteer.guides.chat_model import decision_text, guide_messages
from codesteer.guides.choices import LABELS, Choice, choice_of, decide_as, possible_choices
from codesteer.guides.classifying import ClassifyingGuide
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.factory import resolve_guide
from codesteer.guides.parsing import parse_decision
from codesteer.guides.port import GuideInput
from codesteer.models.adapters import ModelMetadata, load_fine_tuned, write_metadata
from codesteer.models.classifier import Classifier, Scored, clip_middle
from codesteer.models.pretrained import find_pretrained, load_tokenizer, load_weights
from codesteer.models.usage import Usage

FAILED = attempt(execution=crashed("ValueError: bad"), answer=None)
IN_WORDS = attempt(
    program=None,
    execution=None,
    decision=Decision(action=Action.TEXT, mode=Mode.TEXT, reason="r", guide="rules"),
)
INPUTS: Mapping[str, GuideInput] = {
    "start": START,
    "failed": later(FAILED),
    "answered": later(attempt()),
    "in words": later(IN_WORDS),
    "two": later(attempt(), attempt(answer="9")),
}


class Prefers:
    """Scores one label above the others."""

    def __init__(self, *labels: str) -> None:
        self.scores = {label: float(label in labels) for label in LABELS}
        self.seen: list[Sequence[BaseMessage]] = []

    def score(self, messages: Sequence[BaseMessage]) -> "asyncio.Future[Scored]":
        self.seen.append(messages)
        future: asyncio.Future[Scored] = asyncio.get_running_loop().create_future()
        future.set_result(Scored(self.scores, 7))
        return future


@pytest.mark.parametrize(("where", "choice"), [*product(INPUTS, Choice)])
async def test_the_best_possible_choice_becomes_a_decision(where: str, choice: Choice) -> None:
    guide_input = INPUTS[where]
    decision = await ClassifyingGuide(Prefers(choice), "hf:it").decide(guide_input)
    possible = possible_choices(guide_input.attempts)
    taken = choice_of(decision.action, start_over=decision.start_over)
    assert taken is (choice if choice in possible else possible[0])
    assert (decision.guide, decision.usage.calls, decision.usage.input_tokens) == ("hf:it", 1, 7)
    assert bool(decision.reason)
    if not decision.action.continues:
        assert not decision.guidance
    if decision.action in (Action.CODE, Action.TEXT):
        assert decision.mode.value == decision.action.value
    parsed = parse_decision(decision_text(decision))
    assert parsed is not None
    assert choice_of(parsed.action, start_over=parsed.start_over) is taken


@pytest.mark.parametrize("where", INPUTS)
def test_where_the_rules_agree_the_decision_is_theirs(where: str) -> None:
    advised = rules.decide(INPUTS[where])
    choice = choice_of(advised.action, start_over=advised.start_over)
    worded = decide_as(choice, INPUTS[where], "it", Usage())
    assert (worded.guidance, worded.candidates, worded.plans, worded.reason) == (
        advised.guidance,
        advised.candidates,
        advised.plans,
        advised.reason,
    )


def test_an_error_is_named_whether_or_not_the_model_starts_over() -> None:
    for choice in (Choice.CODE, Choice.CODE_AFRESH, Choice.IMPROVE):
        assert "ValueError: bad" in decide_as(choice, later(FAILED), "it", Usage()).guidance
    assert decide_as(Choice.IMPROVE, later(FAILED), "it", Usage()).candidates == 1


def test_a_guide_without_an_answer_cannot_return() -> None:
    assert Choice.RETURN not in possible_choices((FAILED,))
    assert Choice.RETURN in possible_choices((FAILED, attempt()))
    assert set(possible_choices(())) == {Choice.CODE, Choice.TEXT}


async def test_missing_labels_are_never_chosen() -> None:
    model = Prefers(Choice.RETURN)
    model.scores = {"improve": -5.0}
    decision = await ClassifyingGuide(model, "it").decide(later(attempt()))
    assert decision.action is Action.IMPROVE


@pytest.mark.parametrize(("length", "limit"), [(0, 4), (4, 4), (5, 4), (9, 4), (9, 5), (9, 1)])
def test_the_middle_of_long_rows_is_left_out(length: int, limit: int) -> None:
    row = list(range(length))
    clipped = clip_middle(row, limit)
    assert len(clipped) == min(length, limit)
    assert clipped == sorted(set(clipped))
    if clipped:
        assert clipped[-1] == row[-1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier with random weights, saved as training saves one."""
    base = tiny_llama(tmp_path_factory.mktemp("base") / "base", [START.question, "code text return"])
    target = tmp_path_factory.mktemp("classifier") / "guide"
    model = load_weights(base, "fp32", LABELS)
    model.config.pad_token_id = load_tokenizer(base).pad_token_id
    model.save_pretrained(target)
    load_tokenizer(base).save_pretrained(target)
    found = find_pretrained(str(base))
    write_metadata(target, ModelMetadata(base=str(base), fingerprint=found.fingerprint, labels=LABELS))
    return target


async def test_a_saved_classifier_steers_by_its_name(folder: Path) -> None:
    guide = resolve_guide(f"hf:{folder}")
    decisions = await asyncio.gather(*(guide.decide(INPUTS[where]) for where in INPUTS))
    for decision in decisions:
        assert (decision.fallback, decision.usage.output_tokens) == ("", 0)
        assert decision.usage.input_tokens > 0
    assert resolve_guide(f"hf:{folder}") is not guide
    assert decisions[0].action in (Action.CODE, Action.TEXT)


def test_scores_do_not_depend_on_the_batch(folder: Path) -> None:
    classifier = Classifier("it", load_fine_tuned(str(folder), "fp32"))
    talks = [guide_messages(guide_input) for guide_input in INPUTS.values()]
    alone = [classifier.score_batch([talk])[0] for talk in talks]
    for one, other in zip(alone, classifier.score_batch(talks), strict=True):
        assert one.input_tokens == other.input_tokens
        assert one.scores == pytest.approx(other.scores, abs=1e-4)


def test_very_long_conversations_are_scored(folder: Path) -> None:
    classifier = Classifier("it", load_fine_tuned(str(folder), "fp32"))
    long: Attempt = attempt(reply="word " * 5000)
    (scored,) = classifier.score_batch(
        [guide_messages(GuideInput(question="count " * 3000, attempts=(long,), turns_left=3))]
    )
    assert scored.input_tokens == 2048, "the context of the tiny model"


def test_a_classifier_with_other_labels_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "other"
    copy.mkdir()
    write_metadata(copy, ModelMetadata(base="b", fingerprint="f", labels=("code", "dance")))
    with pytest.raises(ConfigurationError, match="dance"):
        resolve_guide(f"hf:{copy}")
