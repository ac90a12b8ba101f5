"""Candidates of one decision run in parallel and join before they are recorded."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.outputs import ChatResult
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from tests.support.models import ScriptedModel, check, code, scripted
from tests.support.sandboxes import CHECK_CALL, ScriptedSandbox, printed

from codesteer.errors import ModelRefusedError
from codesteer.graph.context import Context
from codesteer.graph.state import Turn
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Action, Decision, Mode, Plan
from codesteer.guides.port import GuideInput
from codesteer.models.usage import Usage
from codesteer.sandboxes.execution import ExecutionResult, Limits

QUESTION = "Calculate the product of the numbers 6 and 7."
TEST = check("int(answer) == 6 * 7", "product")
CONFIG: Any = {"configurable": {"thread_id": "1"}}


class WaveGuide:
    """Asks for candidates once or several times, then returns the answer."""

    name = "waves"

    def __init__(self, *candidates: int, mode: Mode = Mode.CODE) -> None:
        self.waves, self.mode = list(candidates), mode

    async def decide(self, guide_input: GuideInput) -> Decision:
        if not self.waves:
            return Decision(action=Action.RETURN, mode=self.mode, reason="done", guide=self.name)
        action = Action(self.mode.value)
        usage = Usage(calls=1, input_tokens=5)
        return Decision(
            action=action,
            mode=self.mode,
            candidates=self.waves.pop(0),
            reason="",
            guide=self.name,
            usage=usage,
        )


class EchoSandbox(ScriptedSandbox):
    """Prints a program's last comment; checks are refuted unless the answer is 42."""

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        self.programs.append(program)
        if (panel := CHECK_CALL.search(program)) is None:
            return printed(program.rpartition("# ")[2])
        answers = json.loads(panel["answers"])
        opinions = [[answer == "42", "product"] for answer in (*answers, answers[0])]
        return printed(f"{panel['mark']}{json.dumps(opinions)}")


@pytest.fixture(autouse=True)
def candidates_ask_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run without threads: scripts are in the order of the candidates."""

    async def call(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return function(*arguments, **named)

    monkeypatch.setattr(asyncio, "to_thread", call)


class SlowModel(ScriptedModel):
    seconds: float = 0.3

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        await asyncio.sleep(self.seconds)
        return self._generate(messages)


def prints(text: str) -> str:
    return code(f"print(6 * 7)  # {text}")


def build(task: Any, guide: Any, checker: Any = None, sandbox: Any = None) -> Any:
    builder = create_codesteer(
        task_model=task, guide=guide, checker_model=checker, sandbox=sandbox or EchoSandbox()
    )
    return builder.compile(checkpointer=InMemorySaver())


async def run(graph: Any, **settings: Any) -> dict[str, Any]:
    context = Context(**{"candidates": 3, "check_answer": False} | settings)
    return read_state(await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, CONFIG, context=context))


async def test_each_candidate_is_a_turn_of_its_own() -> None:
    task = scripted(prints("41"), prints("42"), prints("42"))
    result = await run(build(task, WaveGuide(3)))
    turns: list[Turn] = result["turns"]
    assert [turn.number for turn in turns] == [1, 2, 3]
    assert [turn.decision.start_over for turn in turns] == [False, True, True]
    assert sorted(turn.answer or "" for turn in turns) == ["41", "42", "42"]
    assert all(turn.code_report is not None for turn in turns)
    assert (result["answer"], result["outcome"]) == ("42", "returned"), "two of three agree"


async def test_candidates_do_not_see_each_other_and_later_ones_are_sampled() -> None:
    task = scripted(prints("1"), prints("2"), prints("3"), prints("4"))
    await run(build(task, WaveGuide(3, 1)))
    first = [messages[-1].text for messages in task.asked[:3]]
    assert len(set(first)) == 1
    assert len(task.asked[3]) == 3, "the conversation continues with the last candidate only"


class MixedGuide(WaveGuide):
    """Asks for a program and for an answer in words."""

    async def decide(self, guide_input: GuideInput) -> Decision:
        decision = await super().decide(guide_input)
        return replace(decision, plans=(Plan(mode=Mode.TEXT, guidance="In words, please."),))


async def test_candidates_follow_plans_of_their_own() -> None:
    task = scripted(prints("42"), "I think it is 41. <<<41>>>")
    result = await run(build(task, MixedGuide(2)))
    program, words = result["turns"]
    assert (program.mode, program.answer) == (Mode.CODE, "42")
    assert (words.mode, words.answer) == (Mode.TEXT, "41")
    assert (words.decision.mode, words.decision.guidance) == (Mode.TEXT, "In words, please.")
    asked = {messages[-1].text for messages in task.asked}
    assert sum("In words, please." in text for text in asked) == 1
    assert sum("```python" in text for text in asked) == 1


@pytest.mark.parametrize(("words", "checks"), [("42", 0), ("41", 1)])
async def test_an_answer_in_words_waits_for_the_programs_of_its_wave(words: str, checks: int) -> None:
    checker = scripted(*[TEST] * checks)
    task = scripted(prints("42"), f"It is so. <<<{words}>>>")
    result = await run(build(task, MixedGuide(2), checker), check_answer=True)
    assert len(checker.asked) == checks
    verdicts = [turn.answer_report and turn.answer_report.verdict for turn in result["turns"]]
    assert verdicts == (["confirmed", "refuted"] if checks else [None, None])
    assert result["answer"] == "42"


async def test_the_guides_usage_is_counted_once_per_wave() -> None:
    result = await run(build(scripted(prints("1"), prints("2")), WaveGuide(2)))
    assert result["usage"]["guide"].calls == 1
    assert sum(turn.usage["guide"].calls for turn in result["turns"]) == 1
    assert result["usage"]["task"].calls == 2


async def test_a_wave_takes_as_long_as_its_slowest_candidate() -> None:
    task = SlowModel(script=[prints("1"), prints("2"), prints("3")])
    start = time.monotonic()
    await run(build(task, WaveGuide(3)))
    assert time.monotonic() - start < 2 * task.seconds


async def test_candidates_with_and_without_programs_are_recorded_once() -> None:
    task = scripted(prints("41"), "It is 42. <<<42>>>", "I cannot say, sorry.", prints("40"))
    checker = scripted(*[TEST] * 4)
    result = await run(
        build(task, WaveGuide(4), checker), candidates=4, max_turns=6, check_answer=True, task_model="x"
    )
    turns: list[Turn] = result["turns"]
    assert [turn.number for turn in turns] == [1, 2, 3, 4]
    assert [turn.mode for turn in turns].count(Mode.CODE) == 2
    verdicts = {turn.answer: turn.answer_report.verdict for turn in turns if turn.answer_report}
    assert verdicts["42"] == "confirmed"
    assert verdicts["41"] == verdicts["40"] == "refuted"
    assert result["answer"] == "42"
    assert result["usage"]["checker"].calls == len(checker.asked)


@pytest.mark.parametrize(
    ("wanted", "settings", "made"),
    [
        (5, {}, 3),
        (5, {"candidates": 8, "max_turns": 4}, 4),
        (2, {"candidates": 1}, 1),
        (3, {"candidates": 3}, 3),
    ],
)
async def test_the_number_of_candidates_is_limited_and_the_decision_says_so(
    wanted: int, settings: Any, made: int
) -> None:
    task = scripted(*[prints("42")] * made)
    result = await run(build(task, WaveGuide(wanted)), **settings)
    assert len(result["turns"]) == made
    said = f"{made} of {wanted} candidates" in result["turns"][0].decision.reason
    assert said is (made < wanted)


async def test_a_person_reviews_each_program_of_a_wave() -> None:
    graph = build(scripted(prints("41"), prints("42")), WaveGuide(2))
    stopped = await run(graph, review=("code",))
    (asked,) = stopped["__interrupt__"]
    assert len(asked.value["action_requests"]) == 2
    context = Context(candidates=3, check_answer=False, review=("code",))
    decisions = {"decisions": [{"type": "reject", "message": "too long"}, {"type": "approve"}]}
    result = read_state(await graph.ainvoke(Command(resume=decisions), CONFIG, context=context))
    refused = [turn for turn in result["turns"] if turn.refusal]
    assert (len(result["turns"]), len(refused)) == (2, 1)


async def test_guidance_is_reviewed_once_for_one_attempt() -> None:
    graph = build(scripted(prints("42")), WaveGuide(3))
    await run(graph, review=("guidance",))
    context = Context(candidates=3, check_answer=False, review=("guidance",))
    result = read_state(await graph.ainvoke(Command(resume="approve"), CONFIG, context=context))
    assert len(result["turns"]) == 1


async def test_a_wave_continues_without_a_candidate_that_fails() -> None:
    task = scripted(prints("41"), prints("42"), ModelRefusedError("spent"), prints("43"), prints("44"))
    result = await run(build(task, WaveGuide(1, 3, 1)), max_turns=8)
    assert result["outcome"] == "returned"
    recorded = [(turn.number, turn.candidate, turn.answer) for turn in result["turns"]]
    assert recorded == [(1, 0, "41"), (2, 0, "42"), (3, 1, "43"), (4, 0, "44")]
    assert result["usage"]["task"].calls == 5


async def test_the_first_wave_continues_as_well() -> None:
    task = scripted(prints("42"), ModelRefusedError("spent"))
    result = await run(build(task, WaveGuide(2)))
    assert (result["outcome"], result["answer"], len(result["turns"])) == ("returned", "42", 1)


async def test_a_first_wave_of_which_all_fail_raises_and_can_be_resumed() -> None:
    task = scripted(*[ModelRefusedError("spent")] * 3)
    graph = build(task, WaveGuide(3))
    with pytest.raises(ModelRefusedError, match="spent"):
        await run(graph)
    task.script = [prints("42")] * 3
    result = read_state(await graph.ainvoke(None, CONFIG, context=Context(candidates=3, check_answer=False)))
    assert (result["outcome"], result["answer"]) == ("returned", "42")


async def test_all_candidates_may_fail() -> None:
    task = scripted(prints("41"), *[ModelRefusedError("spent")] * 3)
    result = await run(build(task, WaveGuide(1, 3)), max_turns=8)
    assert (result["outcome"], result["answer"]) == ("failed", "41")


async def test_text_candidates() -> None:
    task = scripted("<<<41>>>", "<<<42>>>", "<<<42>>>")
    result = await run(build(task, WaveGuide(3, mode=Mode.TEXT)))
    assert [turn.number for turn in result["turns"]] == [1, 2, 3]
    assert result["answer"] == "42"


async def test_nodes_without_work_are_skipped() -> None:
    graph = build(scripted(prints("42")), WaveGuide(1))
    context = Context(check_answer=False, check_code=False)
    given: Any = {"messages": [HumanMessage(QUESTION)]}
    visited = [
        name
        async for part in graph.astream(given, CONFIG, context=context, stream_mode="updates")
        for name in part
    ]
    assert visited == ["begin", "guide", "write_program", "execute", "record", "guide", "finish"]
