"""Callers may choose what the policy allows; each refusal names the field and the setting that would allow it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from tests.support.endpoint import serve
from tests.support.models import code

from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.graph.server import check_context
from codesteer.graph.workflow import compile_graph
from codesteer.policy.admission import admit
from codesteer.policy.policy import Policy


def settings(**values: Any) -> Context:
    return Context(**values)


FIELDS = ("task_model", "guide", "checker_model")
QUESTION: Any = {"messages": [HumanMessage("What is 6 * 7?")]}


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A model folder with a model, a guide, and links to files outside it."""
    models = tmp_path / "models"
    (models / "guide").mkdir(parents=True)
    for name in ("m.gguf", "a+b.gguf"):
        (models / name).touch()
    (tmp_path / "secret.gguf").touch()
    (models / "link.gguf").symlink_to(tmp_path / "secret.gguf")
    (models / "out").symlink_to(tmp_path)
    monkeypatch.setenv("CODESTEER_MODEL_DIR", str(models))
    monkeypatch.delenv("CODESTEER_CONFIG", raising=False)
    return models


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("http://127.0.0.1:8080/v1#m", "ENDPOINTS"),
        ("http://localhost/v1#m", "ENDPOINTS"),
        ("http://LOCALHOST.:80/v1#m", "ENDPOINTS"),
        ("http://foo.localhost/v1#m", "ENDPOINTS"),
        ("http://0.0.0.0/v1#m", "ENDPOINTS"),
        ("http://[::]/v1#m", "ENDPOINTS"),
        ("http://[::1]/v1#m", "ENDPOINTS"),
        ("http://[::ffff:10.0.0.1]/v1#m", "ENDPOINTS"),
        ("http://[64:ff9b::7f00:1]/v1#m", "ENDPOINTS"),
        ("http://2130706433/v1#m", "ENDPOINTS"),
        ("http://0x7f.0.0.1/v1#m", "ENDPOINTS"),
        ("http://0177.1/v1#m", "ENDPOINTS"),
        ("http://127.1/v1#m", "ENDPOINTS"),
        ("http://１２７.0.0.1/v1#m", "ENDPOINTS"),
        ("http://169.254.169.254/latest#m", "ENDPOINTS"),
        ("https://10.1.2.3/v1#m", "ENDPOINTS"),
        ("https://192.168.0.1/v1#m", "ENDPOINTS"),
        ("http://redis:6379/#m", "ENDPOINTS"),
        ("http://metadata.google.internal/v1#m", "ENDPOINTS"),
        ("HTTP://127.0.0.1/v1#m", "ENDPOINTS"),
        ("/etc/passwd.gguf", "MODELS"),
        ("~/x.gguf", "MODELS"),
        ("x.gguf", "MODELS"),
        ("{folder}/../secret.gguf", "MODELS"),
        ("{folder}/link.gguf", "MODELS"),
        ("{folder}/out/secret.gguf", "MODELS"),
        ("local+/tmp/adapter.gguf", "MODELS"),
        ("local+{folder}/../adapter.gguf", "MODELS"),
        ("{folder}/m.gguf+/tmp/adapter.gguf", "MODELS"),
        ("openai:/../../etc/x.gguf", "MODELS"),
        ("openai:x+/tmp/adapter.gguf", "MODELS"),
        ("hf:owner/name", "MODELS"),
        ("hf:/etc", "MODELS"),
        ("hf:{folder}/..", "MODELS"),
        ("hf:{folder}/out", "MODELS"),
        ("hf:{folder}/out/x#codesteer-v1", "MODELS"),
        ("hf:../models/guide", "MODELS"),
        ("hf:~", "MODELS"),
        ("ollama:llama3", "MODELS"),
        ("huggingface:/etc", "MODELS"),
        ("litellm:ollama/x", "MODELS"),
        ("langsmith:openai/gpt-4o", "MODELS"),
        ("OpenAI:gpt-4o", "MODELS"),
        ("gpt-4o", "MODELS"),
        ("file:///etc/passwd", "MODELS"),
        ("local\n", "MODELS"),
        ("nonsense", "MODELS"),
    ],
)
def test_local_addresses_and_files_are_refused(folder: Path, field: str, name: str, setting: str) -> None:
    context = settings(**{field: name.replace("{folder}", str(folder))})
    with pytest.raises(ConfigurationError, match=rf"^{field}: .*CODESTEER_POLICY_{setting}$") as refusal:
        admit(Policy(), context)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "name",
    [
        "local",
        "openai:gpt-4o",
        "anthropic:claude-sonnet-4-5",
        "https://llm.example/v1#m",
        "http://1.1.1.1/v1#m",
        "{folder}/m.gguf",
        "{folder}/a+b.gguf",
        "local+{folder}/m.gguf",
        "qwen2.5-coder-0.5b-instruct+{folder}/m.gguf",
        "hf:{folder}/guide",
        "hf:{folder}/guide#codesteer-v1",
    ],
)
def test_hosted_models_and_the_model_folder_are_allowed(folder: Path, field: str, name: str) -> None:
    context = settings(**{field: name.replace("{folder}", str(folder))})
    assert getattr(admit(Policy(), context), field) == getattr(context, field)


def test_rules_are_allowed_as_a_guide_only() -> None:
    assert admit(Policy(models=("local",)), Context(guide="rules")).guide == "rules"
    with pytest.raises(ConfigurationError, match=r"^task_model: 'rules'"):
        admit(Policy(), Context(task_model="rules"))


@pytest.mark.parametrize(
    ("policy", "asked"),
    [
        ({"endpoints": ("http://127.0.0.1:8080",)}, {"task_model": "http://127.0.0.1:8080/v1#m"}),
        ({"endpoints": ("http://127.0.0.1:*",)}, {"guide": "http://127.1:81/v1#m"}),
        ({"endpoints": ("http://10.0.0.5/v1",)}, {"checker_model": "http://10.0.0.5:80/v1#m"}),
        ({"models": ("local", "ollama:*")}, {"task_model": "ollama:llama3"}),
        ({"models": ("local", "hf:yongchao98/CodeSteer-v1")}, {"guide": "hf:yongchao98/CodeSteer-v1"}),
        ({"models": ("local", "/srv/*.gguf")}, {"task_model": "/srv/x.gguf"}),
        ({"sandboxes": ("docker:python:3.13-slim",)}, {"sandbox": "docker:python:3.13-slim"}),
        ({"sandboxes": ("docker:registry.example/*",)}, {"sandbox": "docker:registry.example/a:1"}),
        ({"sandboxes": ("unsafe-subprocess",)}, {"sandbox": "unsafe-subprocess"}),
        ({"max_tokens": 2_000_000}, {"max_tokens": 1_500_000}),
    ],
)
def test_listed_values_are_allowed(policy: dict[str, Any], asked: dict[str, Any]) -> None:
    rest = {} if "sandboxes" not in policy else {"max_turns": 1}
    context = settings(**asked, **rest)
    assert admit(Policy(**policy), context).task_model == context.task_model
    with pytest.raises(ConfigurationError):
        admit(Policy(), context)


@pytest.mark.parametrize(
    "sandbox",
    [
        "unsafe-subprocess",
        "docker:evil",
        "docker:",
        "podman:python:3.12",
        "kubernetes:x",
        "Local",
        "local ",
        "UNSAFE-SUBPROCESS",
    ],
)
def test_unlisted_sandboxes_and_images_are_refused(sandbox: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^sandbox: .*CODESTEER_POLICY_SANDBOXES$"):
        admit(Policy(), Context(sandbox=sandbox))


@pytest.mark.parametrize(
    ("policy", "asked", "given"),
    [
        ({"max_tokens": 500}, {}, {"max_tokens": 500}),
        ({"max_seconds": 60.0}, {}, {"max_seconds": 60.0}),
        ({"max_cost": 0.5}, {}, {"max_cost": 0.5}),
        ({"max_cost": None}, {}, {"max_cost": None}),
        ({"max_cost": None}, {"max_cost": 9.0}, {"max_cost": 9.0}),
        ({"max_turns": 3}, {}, {"max_turns": 3}),
        ({"max_turns": 3}, {"max_turns": 2}, {"max_turns": 2}),
        ({"program_memory_mib": 256}, {}, {"program_memory_mib": 256}),
        ({"program_seconds": 5.0}, {}, {"program_seconds": 5.0}),
        ({"program_seconds": 60.0}, {"program_seconds": 60.0}, {"program_seconds": 60.0}),
        ({"max_tokens": 500}, {"max_tokens": 499}, {"max_tokens": 499}),
    ],
)
def test_limits_apply_to_unset_fields(
    policy: dict[str, Any], asked: dict[str, Any], given: dict[str, Any]
) -> None:
    admitted = admit(Policy(**policy), settings(**asked))
    assert {field: getattr(admitted, field) for field in given} == given


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_turns", 4),
        ("max_tokens", 501),
        ("max_seconds", 60.5),
        ("max_cost", 0.51),
        ("program_seconds", 31.0),
        ("program_memory_mib", 4096),
    ],
)
def test_values_above_a_limit_are_refused(field: str, value: float) -> None:
    policy = Policy(
        max_turns=3,
        max_tokens=500,
        max_seconds=60.0,
        max_cost=0.5,
        program_seconds=5.0,
        program_memory_mib=256,
    )
    with pytest.raises(ConfigurationError, match=rf"^{field}: .*CODESTEER_POLICY_{field.upper()}$"):
        admit(policy, settings(**{field: value}))


@given(st.text(max_size=40), st.sampled_from(["", "http://", "hf:", "openai:", "docker:", "local+"]))
def test_any_text_is_allowed_or_refused_in_one_line(text: str, head: str) -> None:
    def refusal() -> str:
        try:
            check_context({"task_model": head + text, "sandbox": text or "local"}, Policy())
        except ConfigurationError as error:
            return str(error)
        return ""

    said = refusal()
    assert "\n" not in said
    assert len(said) < 1000


def test_the_server_refuses_what_the_nodes_refuse() -> None:
    with pytest.raises(ConfigurationError, match=r"^sandbox: 'unsafe-subprocess'"):
        check_context({"sandbox": "unsafe-subprocess", "thread_id": "1"}, Policy())
    check_context({"max_turns": 3}, Policy())


@pytest.mark.enable_socket
async def test_every_node_checks_the_policy() -> None:
    """A run may be resumed with another context, or started by another route."""
    with serve(code("print(6 * 7)")) as endpoint:
        policy = Policy(endpoints=(endpoint.url,))
        graph = compile_graph(policy=policy, checkpointer=InMemorySaver(), interrupt_before=["write_program"])
        thread: Any = {"configurable": {"thread_id": "1"}}
        good = {"task_model": f"{endpoint.url}#m"}
        await graph.ainvoke(QUESTION, thread, context=settings(**good))
        for bad in ({"sandbox": "unsafe-subprocess"}, {"task_model": "http://127.0.0.1:1/v1#m"}):
            for given in (settings(**{**good, **bad}), {**good, **bad}):
                with pytest.raises(ConfigurationError, match="its operator can add it"):
                    await graph.ainvoke(None, thread, context=given)  # type: ignore[arg-type]
        assert endpoint.requests == []


def looking_up(ip: str) -> Callable[..., Any]:
    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [(None, None, None, "", ("93.184.216.34", 80)), (None, None, None, "", (ip, 80))]

    return getaddrinfo


@pytest.mark.enable_socket
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("ip", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0"])
async def test_host_names_with_private_addresses_are_refused(
    monkeypatch: pytest.MonkeyPatch, field: str, ip: str
) -> None:
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looking_up(ip), raising=False)
    context = settings(**{field: "http://rebinding.example/v1#m"})
    with pytest.raises(ConfigurationError, match=rf"^{field}: .*private address.*CODESTEER_POLICY_ENDPOINTS"):
        await compile_graph(policy=Policy()).ainvoke(QUESTION, context=context)


async def test_local_callers_have_no_policy() -> None:
    """Without a policy there is no check: the run fails because the file is missing."""
    with pytest.raises(ConfigurationError, match=r"model file .* does not exist"):
        await compile_graph().ainvoke(QUESTION, context=Context(task_model="/nowhere/x.gguf"))
