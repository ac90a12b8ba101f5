"""Trees of guidance: the graph forks, siblings share one state, every node stores its result."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from pydantic import ValidationError
from tests.support.models import code, scripted
from tests.support.sandboxes import ScriptedSandbox
from tests.support.training import SETTINGS, TASKS, explorer, selection

from codesteer.errors import CodeSteerError, ConfigurationError, ModelError, ModelUnavailableError
from codesteer.graph.context import Context
from codesteer.guides.chat_model import decision_text, guide_messages
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.symbench import Outcome, load_task
from codesteer.training.explorer import Explorer
from codesteer.training.proposers import GuideProposer, open_proposer, styled_prompt_format
from codesteer.training.questions import draw_questions
from codesteer.training.trajectories import TrajectorySettings
from codesteer.training.tree import Tree, from_json, is_correct, to_json


async def grown(task: str = "game24") -> Tree:
    chosen = selection(1, task)
    return await explorer(selection(1, *TASKS)).build_tree(draw_questions(chosen, {}).items[0])


async def test_siblings_start_from_the_same_state() -> None:
    chosen = selection(1, "game24")
    one = explorer(chosen)
    tree = await one.build_tree(draw_questions(chosen, {}).items[0])
    asked = one.task_model.asked  # type: ignore[union-attr]
    firsts = [messages for messages in asked if len(messages) == 1]
    fresh = [node for node in tree.nodes if node.turn is not None and node.decision.start_over]
    assert len(tree.children("")) == 2
    assert len(firsts) == len(tree.children("")) + len(fresh)
    for node in tree.nodes:
        for child in tree.children(node.id):
            assert child.seen == tree.children(node.id)[0].seen
            assert tree.prompt(child) == tree.prompt(tree.children(node.id)[0])
    later = [messages for messages in asked if len(messages) == 3]
    assert all(messages[0].text in {first[0].text for first in firsts} for messages in later)


async def test_the_prompt_is_what_the_guide_would_have_been_shown() -> None:
    tree = await grown()
    for node in tree.nodes:
        turns = [step.turn for step in tree.path(node)[:-1] if step.turn is not None]
        left = SETTINGS.context.max_turns - len(turns)
        guide_input = GuideInput(question=tree.item["question"], attempts=turns, turns_left=left)
        shown = [message.text for message in guide_messages(guide_input)]
        assert [message["content"] for message in tree.prompt(node)] == shown
        assert tree.conversation(node)[-1]["content"] == decision_text(node.decision)


@pytest.mark.parametrize(("task", "works"), [("game24", "code"), ("light_puzzles", "text")])
async def test_leaves_carry_the_strict_outcome(task: str, works: str) -> None:
    tree = await grown(task)
    first = {node.decision.action.value: node for node in tree.children("")}
    assert {name for name, node in first.items() if node.outcome is Outcome.CORRECT} == {works}
    returned = [leaf for leaf in tree.leaves() if leaf.decision.action is Action.RETURN and leaf.depth == 2]
    assert {tree.by_id[leaf.parent].decision.action.value for leaf in returned if is_correct(leaf)} == {works}
    for leaf in tree.leaves():
        assert leaf.leaf is not None
        item = draw_questions(selection(1, task), {}).items[0]
        assert load_task(task).score(item, leaf.leaf.answer).outcome is leaf.leaf.outcome


async def test_runs_end_at_the_turn_limit() -> None:
    tree = await grown()
    limit = SETTINGS.context.max_turns
    assert all(node.depth <= limit + 1 for node in tree.nodes)
    at_limit = [node for node in tree.nodes if node.turn is not None and node.depth == limit]
    assert at_limit
    assert all(node.leaf is not None and not tree.children(node.id) for node in at_limit)


async def test_a_tree_survives_json() -> None:
    tree = await grown()
    assert from_json(to_json(tree)) == tree
    assert "\n" not in to_json(tree)


async def test_equal_proposals_are_tried_once() -> None:
    chosen = selection(1, "game24")
    settings = SETTINGS.model_copy(update={"guides": ("rules", "code", "code"), "widths": (4,)})
    tree = await explorer(chosen, settings).build_tree(draw_questions(chosen, {}).items[0])
    (first,) = tree.children("")
    assert first.proposers == ("rules", "code", "code")


async def test_widths_limit_the_continuing_siblings() -> None:
    chosen = selection(1, "game24")
    settings = SETTINGS.model_copy(update={"widths": (2, 1)})
    tree = await explorer(chosen, settings).build_tree(draw_questions(chosen, {}).items[0])
    assert len(tree.children("")) == 2
    for node in tree.nodes:
        children = tree.children(node.id)
        assert sum(child.decision.action.continues for child in children) <= 1
        assert node.leaf is not None or any(not child.decision.action.continues for child in children)


async def test_few_decisions_are_tried_after_a_right_answer() -> None:
    chosen = selection(1, "game24")
    context = SETTINGS.context.model_copy(update={"max_turns": 5})
    settings = SETTINGS.model_copy(update={"widths": (2, 3), "context": context})
    tree = await explorer(chosen, settings).build_tree(draw_questions(chosen, {}).items[0])
    seen = set()
    for node in tree.nodes:
        right = sum(step.outcome is Outcome.CORRECT for step in tree.path(node))
        going_on = [child for child in tree.children(node.id) if child.decision.action.continues]
        if node.leaf is None and right:
            assert len(going_on) == (1 if right == 1 else 0)
            seen.add(right)
    assert seen == {1, 2}


def test_a_run_can_end_without_a_proposal_to_end() -> None:
    one = explorer(selection(1, "game24"))
    go_on = Decision(action=Action.IMPROVE, mode=Mode.CODE, guidance="g", reason="r", guide="g")
    assert one.select([(go_on, ["g"])], depth=3, right=4) == [(go_on, ["g"])]


async def test_a_failure_leaves_no_partial_tree() -> None:
    item = draw_questions(selection(1, "game24"), {}).items[0]
    task = scripted(code("result = 1"), ModelUnavailableError("down"))
    settings = Context(check_answer=False, max_turns=2)
    broken = Explorer(
        context=settings,
        proposers=(open_proposer("code"), open_proposer("text")),
        widths=(1, 2),
        task_model=task,
        sandbox=ScriptedSandbox("<<<1>>>"),
    )
    with pytest.raises(ModelError, match="down"):
        await broken.build_tree(item)


@pytest.mark.parametrize("widths", [(), (0,), (2, -1)])
def test_turns_without_a_decision_to_try_are_refused(widths: tuple[int, ...]) -> None:
    with pytest.raises(ConfigurationError, match="at least one decision"):
        replace(explorer(selection(1, "game24")), widths=widths)
    with pytest.raises(ValidationError):
        TrajectorySettings(widths=widths)


@dataclass(frozen=True)
class Odd:
    """A guide that proposes one decision."""

    decision: Any
    name: str = "odd"

    async def propose(self, _: GuideInput) -> list[Any]:
        return [self.decision]


@pytest.mark.parametrize("odd", ["\ud800", "\udfff\0", "\0"])
async def test_odd_characters_do_not_lose_a_tree(odd: str) -> None:
    chosen = selection(1, "game24")
    decision = Decision(action=Action.CODE, mode=Mode.CODE, guidance=f"x{odd}y", reason=odd, guide=odd)
    item = draw_questions(chosen, {}).items[0]
    one = explorer(chosen)
    tree = await replace(one, proposers=(Odd(decision), *one.proposers)).build_tree(item)
    assert tree.nodes[0].decision.guidance.startswith("x\N{REPLACEMENT CHARACTER}")
    assert from_json(to_json(tree)) == tree


@pytest.mark.parametrize("odd", ["\ud800", "\0"])
async def test_odd_characters_of_the_task_model_do_not_lose_a_tree(odd: str) -> None:
    chosen = selection(1, "game24")
    item = draw_questions(chosen, {}).items[0]
    one = replace(explorer(chosen), task_model=scripted(*[f"<<<{odd}>>> {odd}"] * 50))
    tree = await one.build_tree(item)
    assert from_json(to_json(tree)) == tree


async def test_a_proposal_that_is_no_decision_is_named() -> None:
    chosen = selection(1, "game24")
    item = draw_questions(chosen, {}).items[0]
    one = replace(explorer(chosen), proposers=(Odd("code"),))
    with pytest.raises(CodeSteerError, match="the guide 'odd' returned"):
        await one.build_tree(item)


async def test_a_style_changes_the_request_but_not_the_stored_conversation() -> None:
    plain, brief = styled_prompt_format("plain"), styled_prompt_format("brief")
    guide_input = GuideInput(question="q", turns_left=2)
    assert plain.build_messages(guide_input) == guide_messages(guide_input)
    system, first = brief.build_messages(guide_input)
    assert system.text.startswith(guide_messages(guide_input)[0].text)
    assert first == guide_messages(guide_input)[1]
    assert len(system.text) > len(guide_messages(guide_input)[0].text)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("openai:gpt-4o?warmth=1", "unknown field 'warmth'"),
        ("openai:gpt-4o?temperature=hot", "temperature"),
        ("openai:gpt-4o?style=rude", "style"),
        ("openai:gpt-4o?samples=0", "samples"),
        ("openai:gpt-4o?samples", "write options as name=value"),
    ],
)
def test_invalid_proposers_are_named(name: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        open_proposer(name)


def test_guide_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    proposer = open_proposer("openai:gpt-4o-mini?temperature=0.9&samples=2", seed=5)
    assert isinstance(proposer, GuideProposer)
    assert len(proposer.guides) == 2
    models = [guide._model for guide in proposer.guides]  # type: ignore[attr-defined]
    assert [model.temperature for model in models] == [0.9, 0.9]
    assert [model.seed for model in models] == [5, 6]


def test_trajectories_are_not_recorded_with_experience() -> None:
    context = Context(experience=("tests",))
    with pytest.raises(ConfigurationError, match="without experience"):
        Explorer(context=context, proposers=(), widths=(1,))
    with pytest.raises(ConfigurationError, match="without experience"):
        TrajectorySettings(context=context)


@pytest.mark.parametrize("budget", [{"max_tokens": 10}, {"max_seconds": 1.0}, {"max_cost": 1.0}])
def test_trajectories_are_not_recorded_with_budgets(budget: dict[str, Any]) -> None:
    context = Context(**budget)
    with pytest.raises(ConfigurationError, match=f"without budgets: remove {next(iter(budget))}"):
        Explorer(context=context, proposers=(), widths=(1,))
    with pytest.raises(ConfigurationError, match="without budgets"):
        TrajectorySettings(context=context)


async def test_a_budget_of_the_server_credits_no_decision() -> None:
    chosen = selection(1, "game24")
    one = explorer(chosen)
    object.__setattr__(one, "context", one.context.model_copy(update={"max_tokens": 25}))
    with pytest.raises(ConfigurationError, match="because of its own budget"):
        await one.build_tree(draw_questions(chosen, {}).items[0])
