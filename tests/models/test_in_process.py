"""In-process models give the same replies alone and in a batch, are loaded once, and report their limits."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from tests.support.training import tiny_llama

from codesteer.errors import ConfigurationError, ModelRefusedError
from codesteer.models.adapters import load_fine_tuned
from codesteer.models.completion import ask
from codesteer.models.in_process import InProcessModel, load_in_process, render_conversation

TALKS: list[list[BaseMessage]] = [
    [SystemMessage("You steer."), HumanMessage("Question: how many primes are below 20?")],
    [HumanMessage("Short.")],
    [HumanMessage("Question"), AIMessage("code"), HumanMessage("The program printed 8. Decide. " * 5)],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = [message.text for talk in TALKS for message in talk]
    return tiny_llama(tmp_path_factory.mktemp("model") / "tiny", texts)


@pytest.fixture
def model(folder: Path) -> InProcessModel:
    return InProcessModel(name_or_path="tiny", tuned=load_fine_tuned(str(folder), "fp32"), max_new_tokens=12)


def test_a_batch_gives_the_same_replies_as_single_requests(model: InProcessModel) -> None:
    alone = [model.generate_batch([talk])[0] for talk in TALKS]
    assert model.generate_batch(TALKS) == alone
    assert len({reply.input_tokens for reply in alone}) == 3


def test_the_chat_template_ends_where_a_reply_begins(model: InProcessModel) -> None:
    assert render_conversation(model.tuned.tokenizer, TALKS[0]).endswith(
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )


async def test_concurrent_runs_share_a_batch(model: InProcessModel, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    generate = model.generate_batch

    def counted(talks: Any) -> Any:
        sizes.append(len(talks))
        return generate(talks)

    monkeypatch.setattr(model._batcher, "_process", counted)
    monkeypatch.setattr(model._batcher, "_wait", 0.5)
    replies = await asyncio.gather(*(ask(model, talk) for talk in TALKS))
    assert sizes == [3]
    assert [reply.usage.output_tokens for reply in replies] == [12, 12, 12]
    assert all(reply.truncated and reply.usage.input_tokens > 0 for reply in replies)


def test_synchronous_calls_work(model: InProcessModel) -> None:
    assert model.invoke(TALKS[0]).usage_metadata is not None


def test_a_reply_ends_at_a_stop_token(model: InProcessModel) -> None:
    end = model.tuned.tokenizer.eos_token_id
    assert model._read_row([70, 71, end, 70], 5).output_tokens == 2
    assert not model._read_row([70, 71, end, 70], 5).truncated
    assert model._read_row([70, 71], 5).truncated


async def test_a_conversation_beyond_the_context_is_refused(model: InProcessModel) -> None:
    with pytest.raises(ModelRefusedError, match="context of 2048 tokens; the conversation has"):
        await ask(model, [HumanMessage("primes " * 2100)])


def test_a_model_is_loaded_once(folder: Path) -> None:
    assert load_in_process(str(folder)) is load_in_process(str(folder))


def test_the_error_names_a_missing_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="contains no model"):
        load_in_process(str(tmp_path))
    with pytest.raises(ConfigurationError, match="neither a folder nor a model on the Hugging Face hub"):
        load_in_process("nobody/nothing")
