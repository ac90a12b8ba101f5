"""Fine-tuned guides (``hf:``) and the published guide's prompt format."""

from pathlib import Path

import pytest
from langchain_core.messages import AIMessage
from tests.guides.test_rules import attempt
from tests.support.guide_inputs import START, later
from tests.support.models import scripted, texts
from tests.support.sandboxes import crashed
from tests.support.training import tiny_llama

from codesteer.errors import ConfigurationError
from codesteer.guides import fine_tuned, published
from codesteer.guides.chat_model import NATIVE_FORMAT, ChatModelGuide
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.factory import resolve_guide
from codesteer.guides.prompt_format import PromptFormat
from codesteer.guides.published import PUBLISHED_FORMAT
from codesteer.models.adapters import ModelMetadata, write_metadata


@pytest.mark.parametrize(
    ("reply", "action", "guidance"),
    [
        ("<<<Code>>>", Action.CODE, ""),
        ("<<<Text>>>", Action.TEXT, ""),
        ("I think that is right. <<<Return Answer>>>", Action.RETURN, ""),
        ("<<<Terminate>>>", Action.TERMINATE, ""),
        ("Return Answer", Action.RETURN, ""),
        ("<<<Write python code that sieves.>>>", Action.CODE, "Write python code that sieves."),
        ("<<<Check each prime.>>>", Action.TEXT, "Check each prime."),
        (
            "<<<Do not return answer before you are sure.>>>",
            Action.TEXT,
            "Do not return answer before you are sure.",
        ),
    ],
)
def test_replies_of_the_published_guide(reply: str, action: Action, guidance: str) -> None:
    choice = published.parse_reply(reply, START)
    assert choice is not None
    assert (choice.action, choice.guidance) == (action, guidance)


def test_free_guidance_selects_the_mode_it_mentions() -> None:
    code_attempt, text_attempt = attempt(), attempt(program=None, execution=None)
    better = published.parse_reply("<<<Fix the code.>>>", later(code_attempt))
    switched = published.parse_reply("<<<Now use a program.>>>", later(text_attempt))
    assert better is not None
    assert switched is not None
    assert (better.action, switched.action) == (Action.IMPROVE, Action.CODE)
    assert published.parse_reply("  ", START) is None


def test_the_published_conversation_has_all_sections_and_only_grows() -> None:
    failed = attempt(execution=crashed("ValueError: bad"), answer=None)
    one, two = published.guide_messages(later(failed)), published.guide_messages(later(failed, attempt()))
    assert texts(two)[: len(one)] == texts(one)
    assert [message.type for message in two] == ["human", "ai", "human", "ai", "human"]
    assert START.question in one[0].text
    for part in (
        "The response from TaskLLM is:",
        "errors: ",
        "ValueError: bad",
        "feedback from the checking agent",
    ):
        assert part in one[2].text


def test_decisions_are_written_in_the_published_format() -> None:
    def decision(action: Action, guidance: str = "") -> Decision:
        return Decision(action=action, mode=Mode.CODE, guidance=guidance, reason="", guide="g")

    assert published.decision_text(decision(Action.RETURN)) == "<<<Return Answer>>>"
    assert published.decision_text(decision(Action.CODE, "Sieve.")) == "<<<Sieve.>>>"


async def test_a_guide_in_the_published_format_decides() -> None:
    guide = ChatModelGuide(scripted(AIMessage("<<<Code>>>")), "v1", PUBLISHED_FORMAT)
    assert (await guide.decide(START)).action is Action.CODE


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published guide's architecture and chat template, with random weights."""
    return tiny_llama(
        tmp_path_factory.mktemp("guide") / "llama", ["How many primes <<<Code>>> TaskLLM"], width=32
    )


async def test_a_llama_3_guide_loads_and_uses_the_published_format(tiny: Path) -> None:
    guide = resolve_guide(f"hf:{tiny}#codesteer-v1")
    assert isinstance(guide, ChatModelGuide)
    assert guide._prompt_format is PUBLISHED_FORMAT
    decision = await guide.decide(START)
    assert decision.usage.output_tokens > 0
    assert decision.action in Action


def test_the_published_repository_uses_its_format_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fine_tuned, "load_in_process", lambda _: scripted())
    guide = resolve_guide(f"hf:{published.REPOSITORY}")
    assert isinstance(guide, ChatModelGuide)
    assert guide._prompt_format is PUBLISHED_FORMAT
    assert guide.name == "hf:yongchao98/CodeSteer-v1"


def test_a_models_metadata_selects_its_format(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fine_tuned, "load_in_process", lambda _: scripted())
    assert _format_of(f"hf:{tmp_path}") is NATIVE_FORMAT
    write_metadata(tmp_path, ModelMetadata(base="b", fingerprint="f", dialect="codesteer-v1"))
    assert _format_of(f"hf:{tmp_path}") is PUBLISHED_FORMAT
    for broken in ('{"colour": "red"}', "[]", "{", '{"base": "b", "fingerprint": "f", "labels": 3}'):
        (tmp_path / "codesteer.json").write_text(broken)
        with pytest.raises(ConfigurationError, match="is not valid codesteer metadata"):
            fine_tuned.fine_tuned_guide(f"hf:{tmp_path}")


def _format_of(name: str) -> PromptFormat:
    guide = fine_tuned.fine_tuned_guide(name)
    assert isinstance(guide, ChatModelGuide)
    return guide._prompt_format


def test_wrong_names_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fine_tuned, "load_in_process", lambda _: scripted())
    with pytest.raises(ConfigurationError, match="needs a folder or a hub id"):
        resolve_guide("hf:")
    with pytest.raises(ConfigurationError, match="no prompt format 'klingon'"):
        resolve_guide(f"hf:{tmp_path}#klingon")
