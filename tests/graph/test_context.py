"""The context is documented for Studio, rejects invalid values, and its prompts reach the models."""

import asyncio
import json
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command
from pydantic import ValidationError
from tests.support.models import check, code, scripted, texts, truncated
from tests.support.sandboxes import ScriptedSandbox

from codesteer.errors import ConfigurationError
from codesteer.graph.context import MAX_SEED, PROMPT_FIELDS, Context, create_context
from codesteer.graph.workflow import NODES, create_codesteer
from codesteer.guides.chat_model import ChatModelGuide
from codesteer.prompts.loader import prompts_hash, template
from codesteer.ranges import MAX_NUMBER

SCHEMA: dict[str, Any] = Context.model_json_schema()["properties"]
INPUT: Any = {"messages": [HumanMessage("Calculate the product of the numbers 6 and 7.")]}
SOLVE = code("print(6 * 7)")
TEST = check("int(answer) == 6 * 7", "product")


@pytest.mark.parametrize("name", SCHEMA)
def test_every_field_is_documented(name: str) -> None:
    field = SCHEMA[name]
    assert field["title"]
    assert field["description"].endswith(".")
    assert set(field.get("langgraph_nodes", [])) <= set(NODES)
    assert "default" in field


@pytest.mark.parametrize("name", SCHEMA)
def test_every_number_is_bounded(name: str) -> None:
    for kind in SCHEMA[name].get("anyOf", [SCHEMA[name]]):
        if kind["type"] in ("integer", "number"):
            assert {"minimum", "exclusiveMinimum"} & set(kind)
            assert "maximum" in kind or "no limit" in SCHEMA[name]["description"]
            assert kind["type"] == "number" or kind["maximum"] < 2**63, "checkpointers store 64 bits"


NUMBERS = [name for name, field in SCHEMA.items() if "number" in str(field) or "integer" in str(field)]


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan"), 2**70, -(2**70), 10**400])
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_that_cannot_be_stored_are_rejected_by_the_name_of_their_field(
    name: str, number: float
) -> None:
    if name in ("max_seconds", "max_cost") and number == 2**70:
        return  # a float like any other
    with pytest.raises(ConfigurationError, match=f"^{name}: ") as refusal:
        create_context(**{name: number})
    assert "\n" not in str(refusal.value)


async def test_the_largest_numbers_survive_a_checkpoint() -> None:
    largest = {"seed": MAX_SEED, "max_tokens": MAX_NUMBER, "max_seconds": 1e300}
    graph = create_codesteer(task_model=scripted(SOLVE), sandbox=ScriptedSandbox("42"))
    compiled = graph.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    context = create_context(**largest, check_answer=False, candidates=1, max_turns=1)
    await compiled.ainvoke(INPUT, config, context=context)
    settings = (await compiled.aget_state(config)).values["settings"]
    assert json.loads(json.dumps(settings, allow_nan=False)).items() >= largest.items()


def test_possible_values_are_listed() -> None:
    assert SCHEMA["review"]["items"]["enum"] == ["guidance", "code"]
    assert all(SCHEMA[name]["examples"] for name in ("task_model", "guide", "checker_model", "sandbox"))


def test_prompts_are_shown_in_full_at_their_nodes() -> None:
    marked = {name for name, field in SCHEMA.items() if field.get("langgraph_type") == "prompt"}
    assert marked == set(PROMPT_FIELDS)
    for name, path in PROMPT_FIELDS.items():
        assert SCHEMA[name]["default"] == template(path)
    nodes = {name: SCHEMA[name]["langgraph_nodes"] for name in PROMPT_FIELDS}
    assert nodes == {
        "guide_prompt": ["guide"],
        "code_prompt": ["write_program"],
        "text_prompt": ["write_text"],
        "checker_prompt": ["check_answer"],
    }


async def test_changed_prompts_reach_the_models() -> None:
    guide = scripted('{"action": "text"}', '{"action": "code"}', '{"action": "return"}')
    task = scripted("No idea. <<<1>>>", SOLVE)
    checker = scripted(TEST, TEST)
    graph = create_codesteer(
        task_model=task,
        guide=ChatModelGuide(guide, "scripted"),
        checker_model=checker,
        sandbox=ScriptedSandbox("REFUTED: product", "42", "CONFIRMED"),
    ).compile()
    context = Context(
        guide_prompt="Steer for $$5.",
        code_prompt="Program it!",
        text_prompt="Say it!",
        checker_prompt="Test answers to $question",
    )
    result = await graph.ainvoke(INPUT, context=context)
    assert texts(guide.asked[0])[0] == "Steer for $5."
    assert "Say it!" in texts(task.asked[0])[-1]
    assert "Program it!" in texts(task.asked[1])[-1]
    assert texts(checker.asked[0])[-1] == f"Test answers to {INPUT['messages'][0].text}"
    recorded = result["messages"][-1].response_metadata["prompts"]
    assert recorded == prompts_hash(context.all_prompts) != prompts_hash()


def test_unchanged_prompts_have_the_templates_hash() -> None:
    assert prompts_hash(Context().all_prompts) == prompts_hash()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "checker_prompt",
            "Is $reply right?",
            r"no placeholder \$reply \(known here: \$question, \$data, \$parsing\)",
        ),
        ("code_prompt", "Answer $question", r"no placeholder \$question \(known here: none\)"),
        ("guide_prompt", "It costs 5$.", r"write \$\$ for a dollar sign"),
        ("text_prompt", "", "at least 1 character"),
    ],
)
def test_an_invalid_prompt_is_rejected(name: str, text: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message) as refusal:
        Context.model_validate({name: text})
    assert refusal.value.errors()[0]["loc"] == (name,)


async def test_prompts_of_later_turns_can_be_replaced() -> None:
    guide = scripted(
        '{"action": "code"}', '{"action": "improve", "guidance": "Again."}', '{"action": "return"}'
    )
    task = scripted(truncated("print(6 *"), "7)", SOLVE)
    graph = create_codesteer(
        task_model=task, guide=ChatModelGuide(guide, "scripted"), sandbox=ScriptedSandbox("41", "42")
    ).compile()
    prompts = {
        "guide/next": "$evidence Now, with $turns_left left?",
        "task/continue": "Go on!",
        "task/code_again": "Another program!",
        "task/next": "$guidance Mind this: $evidence",
    }
    context = Context(prompts=prompts, check_answer=False)
    result = await graph.ainvoke(INPUT, context=context)
    assert texts(guide.asked[1])[-1].endswith("Now, with 4 left?")
    assert texts(task.asked[1])[-1] == "Go on!"
    assert texts(task.asked[2])[-1] == "Again.\nAnother program! Mind this: The program printed:\n41"
    recorded = result["messages"][-1].response_metadata["prompts"]
    assert recorded == prompts_hash(context.all_prompts) != prompts_hash()


async def test_prompts_of_the_rules_can_be_replaced_per_run() -> None:
    async def second_question(prompts: dict[str, str]) -> str:
        task = scripted(SOLVE, SOLVE)
        graph = create_codesteer(task_model=task, sandbox=ScriptedSandbox("41", "42")).compile()
        context = Context(prompts=prompts, check_answer=False, candidates=1, max_turns=2)
        await graph.ainvoke(INPUT, context=context)
        return texts(task.asked[1])[-1]

    replaced, plain = await asyncio.gather(
        second_question({"rules/second": "Think twice."}), second_question({})
    )
    assert "Think twice." in replaced
    assert "Think twice." not in plain


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("task/code_again", "Answer $reply", r"prompts: task/code_again: there is no placeholder \$reply"),
        ("task/codeagain", "Again", r"no such prompt; did you mean task/code_again\?"),
        ("methods/codeact", "Act", "there is no such prompt"),
        ("../secrets", "x", "there is no such prompt"),
        ("task/code", "Program it", "has a field of its own: set code_prompt"),
        ("task/first", "$guidance", r"\$question is missing"),
        ("rules/second", "5$", r"write \$\$"),
        ("task/code_again", "x \udc80", "half of a surrogate pair"),
        ("task/first", "$question \ud83d", "half of a surrogate pair"),
    ],
)
def test_an_invalid_replacement_prompt_is_rejected(name: str, text: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message.removeprefix("prompts: ")):
        Context(prompts={name: text})


SECRET = "hunter2"


@pytest.mark.parametrize("field", ["task_model", "guide", "checker_model", "sandbox"])
@pytest.mark.parametrize(
    "name",
    [
        f"http://user:{SECRET}@h.example/v1#m",
        f"HTTPS://{SECRET}@h.example/v1#m",
        f"https://h.example/v1?api_key={SECRET}#m",
        f"https://h.example/v1?{SECRET}",
        f"ftp://user:{SECRET}@h.example",
        f"docker:https://user:{SECRET}@registry.example/image",
        f"{SECRET}" * 1000,
    ],
)
def test_a_name_with_credentials_is_rejected(field: str, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{field}: ") as refusal:
        Context(**{field: name})  # type: ignore[arg-type]
    assert SECRET not in str(refusal.value) + repr(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_error_does_not_repeat_the_invalid_value() -> None:
    with pytest.raises(ValidationError) as refusal:
        Context(task_model=[SECRET])  # type: ignore[arg-type]
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize("context", ["openai:gpt-4o", '{"max_turns": 1}', 5, True, ["x"], {1}, b"x", Context])
async def test_what_is_no_context_is_refused(context: Any) -> None:
    graph = create_codesteer(task_model=scripted(SOLVE), sandbox=ScriptedSandbox("42")).compile()
    with pytest.raises(ConfigurationError, match="the context must be a Context, a mapping or an object"):
        await graph.ainvoke(INPUT, context=context)


class OuterContext(Context):
    """The context of an outer graph."""

    tenant: str = "nobody"


async def test_a_context_with_fields_of_its_own_resumes_a_run() -> None:
    graph = create_codesteer(task_model=scripted(SOLVE), sandbox=ScriptedSandbox("42"))
    outer = StateGraph(MessagesState, context_schema=OuterContext)
    outer.add_node("solve", graph.compile())
    outer.add_edge(START, "solve")
    compiled = outer.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    given = OuterContext(tenant="acme", check_answer=False, review=("code",), candidates=1, max_turns=1)
    await compiled.ainvoke(INPUT, config, context=given)
    final = await compiled.ainvoke(Command(resume="approve"), config)
    assert final["messages"][-1].text == "42"
