"""``langgraph dev`` serves the graph as it stands: runs with a context override, schemas, no blocking call."""

from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient
from tests.support.endpoint import serve
from tests.support.models import check, code

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]
QUESTION: Any = {"messages": [{"role": "user", "content": "What is 6 * 7? Return it as <<<number>>>."}]}
SOLVE = code("result = 6 * 7\nprint('<<<' + str(result) + '>>>')")
TEST = check("int(answer) == 6 * 7", "product")


async def test_a_run_with_a_context_override(client: LangGraphClient) -> None:
    with serve(SOLVE, TEST) as endpoint:
        context: Any = {"task_model": f"{endpoint.url}#m", "max_turns": 2, "candidates": 1}
        result: Any = await client.runs.wait(None, "codesteer", input=QUESTION, context=context)
    assert result["answer"] == "42"
    assert result["messages"][-1]["content"] == "<<<42>>>"
    assert result["turns"][0]["answer_report"]["verdict"] == "confirmed"


async def test_progress_streams_and_usage_is_counted_while_streaming(client: LangGraphClient) -> None:
    events, values = [], {}
    with serve(SOLVE, TEST) as endpoint:
        stream = client.runs.stream(
            None,
            "codesteer",
            input=QUESTION,
            context={"task_model": f"{endpoint.url}#m", "candidates": 1},
            stream_mode=["custom", "values", "messages-tuple"],
        )
        async for part in stream:
            if part.event == "custom":
                events.append(part.data["event"])
            elif part.event == "values":
                values = part.data
    assert events[0] == "guiding"
    assert events[-1] == "finished"
    assert values["usage"]["task"]["output_tokens"] == 5


async def test_a_person_can_review_the_code(client: LangGraphClient) -> None:
    thread: Any = await client.threads.create()
    with serve(SOLVE, TEST) as endpoint:
        context: Any = {"task_model": f"{endpoint.url}#m", "review": ["code"]}
        stopped: Any = await client.runs.wait(
            thread["thread_id"], "codesteer", input=QUESTION, context=context
        )
        assert stopped["__interrupt__"][0]["value"]["action_requests"][0]["name"] == "run_program"
        result: Any = await client.runs.wait(
            thread["thread_id"], "codesteer", command={"resume": "approve"}, context=context
        )
    assert result["answer"] == "42"


async def test_the_schemas_show_input_output_and_every_context_field(client: LangGraphClient) -> None:
    (assistant,) = await client.assistants.search(graph_id="codesteer")
    schemas: Any = await client.assistants.get_schemas(assistant["assistant_id"])
    assert set(schemas["input_schema"]["properties"]) == {"messages"}
    assert {"messages", "answer", "outcome", "turns", "usage"} <= set(schemas["output_schema"]["properties"])
    context = schemas["context_schema"]["properties"]
    assert context["max_turns"]["maximum"] == 20
    assert all(field["title"] and field["description"] for field in context.values())
    assert context["task_model"]["langgraph_nodes"] == ["write_program", "write_text"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_turns": 99}, "context: max_turns: Input should be less than or equal to 20"),
        ({"max_turn": 3}, "context: there is no setting 'max_turn'; did you mean 'max_turns'?"),
        ({"wheels": 4}, "context: there is no setting 'wheels'; choose one of task_model, guide, "),
    ],
)
@pytest.mark.parametrize("way", ["context", "configurable"])
async def test_a_wrong_context_names_the_field(
    client: LangGraphClient, way: str, settings: dict[str, Any], message: str
) -> None:
    given: Any = {"context": settings} if way == "context" else {"config": {"configurable": settings}}
    result: Any = await client.runs.wait(None, "codesteer", input=QUESTION, raise_error=False, **given)
    assert result["__error__"]["error"] == "ConfigurationError"
    assert result["__error__"]["message"].startswith(message)


async def test_settings_may_still_come_in_the_config(client: LangGraphClient) -> None:
    with serve(SOLVE, TEST) as endpoint:
        config: Any = {"configurable": {"task_model": f"{endpoint.url}#m"}}
        result: Any = await client.runs.wait(None, "codesteer", input=QUESTION, config=config)
    assert result["answer"] == "42"


async def test_an_assistants_wrong_context_fails_its_runs(client: LangGraphClient) -> None:
    wrong: Any = {"max_turn": 3}
    assistant: Any = await client.assistants.create("codesteer", context=wrong)
    result: Any = await client.runs.wait(None, assistant["assistant_id"], input=QUESTION, raise_error=False)
    assert "there is no setting 'max_turn'" in result["__error__"]["message"]
