"""A classifying guide is trained on the same conversations and pairs as one that writes."""

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from langchain_core.messages import HumanMessage
from tests.support.training import (
    SETTINGS,
    WorkersSandbox,
    explorer,
    selection,
    tiny_llama,
    tiny_recipe,
    worker,
)

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.choices import LABELS
from codesteer.guides.fine_tuned import fine_tuned_guide
from codesteer.models.adapters import read_metadata
from codesteer.models.pretrained import load_tokenizer
from codesteer.training import pairs, sft_data
from codesteer.training.artefact import load_card
from codesteer.training.choice_rows import conversation_rows, preference_rows
from codesteer.training.choice_trainer import choice_loss
from codesteer.training.classifier import train_choice_preferences, train_choices
from codesteer.training.conversations import ConversationSelection
from codesteer.training.export import export
from codesteer.training.pair_accuracy import held_out_accuracy
from codesteer.training.pairs import Pair
from codesteer.training.questions import draw_questions
from codesteer.training.recipe import Recipe
from codesteer.training.rows import TRAIN, read_rows
from codesteer.training.trajectories import collect_trajectories
from codesteer.training.tree import Message

torch.set_num_threads(1)
LORA = {"rank": 8, "alpha": 16}
TALK: list[Message] = [
    {"role": "system", "content": "You steer."},
    {"role": "user", "content": "Question: how many primes are below 20?"},
    {"role": "assistant", "content": '{"action": "text"}'},
    {"role": "user", "content": "Answer: 9"},
    {"role": "assistant", "content": '{"action": "code", "start_over": true}'},
    {"role": "user", "content": "The program printed: 8"},
    {"role": "assistant", "content": '{"action": "return"}'},
]


def pair(chosen: str, rejected: str) -> Pair:
    replies: list[list[Message]] = [
        [{"role": "assistant", "content": json.dumps({"action": action, "guidance": guidance})}]
        for action, _, guidance in (chosen.partition(" "), rejected.partition(" "))
    ]
    return Pair(prompt=TALK[:2], chosen=replies[0], rejected=replies[1])


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    texts = [message["content"] for message in TALK]
    return load_tokenizer(tiny_llama(tmp_path_factory.mktemp("base"), texts))


def test_each_decision_is_a_row_and_the_last_two_count_double(tokenizer: Any) -> None:
    rows = conversation_rows([TALK], tokenizer, last_turns=2, weight=2.0, max_length=4096)
    assert [(LABELS[row.chosen], row.weight) for row in rows] == [
        ("text", 1.0),
        ("code_afresh", 2.0),
        ("return", 2.0),
    ]
    seen = tokenizer.decode(rows[1].input_ids)
    assert "Answer: 9" in seen
    assert seen.endswith("<|start_header_id|>assistant<|end_header_id|>\n\n")
    short = conversation_rows([TALK], tokenizer, last_turns=2, weight=2.0, max_length=20)
    assert [len(row.input_ids) for row in short] == [20] * 3


def test_pairs_of_one_choice_teach_nothing(tokenizer: Any) -> None:
    given = [pair("code a", "text b"), pair("code a", "code b"), pair("return", "improve x")]
    rows = preference_rows(given, tokenizer, 4096)
    assert [(LABELS[row.chosen], LABELS[row.rejected]) for row in rows] == [
        ("code", "text"),
        ("return", "improve"),
    ]


def test_a_text_that_is_no_decision_is_an_error(tokenizer: Any) -> None:
    broken: list[Message] = [*TALK[:2], {"role": "assistant", "content": "hm"}]
    with pytest.raises(TrainingError, match="not a decision: 'hm'"):
        conversation_rows([broken], tokenizer, last_turns=2, weight=2.0, max_length=4096)


def test_the_loss_by_hand() -> None:
    logits = torch.tensor([[1.0, 0.0, 0.0], [0.0, 2.0, 1.0]])
    inputs = {
        "chosen": torch.tensor([0, 1]),
        "rejected": torch.tensor([-1, 2]),
        "weights": torch.tensor([2.0, 1.0]),
        "reference": torch.tensor([0.0, 0.5]),
    }
    likelihood = 2 * (torch.tensor([1.0, 0.0, 0.0]).logsumexp(0) - 1)
    preference = -torch.log(torch.sigmoid(torch.tensor(0.1 * (1.0 - 0.5))))
    assert choice_loss(logits, inputs, 0.1).item() == pytest.approx(((likelihood + preference) / 2).item())


def test_a_weight_of_two_has_the_gradient_of_seeing_a_decision_twice() -> None:
    def gradient(rows: int, weight: float, divisor: float) -> torch.Tensor:
        logits = torch.tensor([[0.3, -0.2]] * rows, requires_grad=True)
        inputs = {
            "chosen": torch.tensor([0] * rows),
            "rejected": torch.tensor([-1] * rows),
            "weights": torch.full((rows,), weight),
            "reference": torch.zeros(rows),
        }
        (choice_loss(logits, inputs, 0.1) * rows / divisor).backward()
        assert logits.grad is not None
        return logits.grad.sum(0)

    assert gradient(1, 2.0, 1).tolist() == pytest.approx(gradient(2, 1.0, 1).tolist())


def logged(folder: Path, name: str) -> list[float]:
    entries = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [entry[name] for entry in entries if name in entry]


def recipe(base: Path, **changes: Any) -> Recipe:
    short = {"sft": {"max_steps": 100, "learning_rate": 4e-3}, "dpo": {"max_steps": 10}}
    return tiny_recipe(base, **{**short, **changes}).model_copy(update={"guide": "classifies"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trees, data, pairs and a base; then a trained classifier, its preferences, and its export."""
    made, chosen = tmp_path_factory.mktemp("classifier"), selection(6)
    collect_trajectories(made / "trees", SETTINGS, chosen, explorer=explorer(chosen))
    sft_data.build_sft_data(made / "trees", made / "data", ConversationSelection(held_out=0.2))
    pairs.build_pairs(made / "trees", made / "pairs", pairs.PairSelection(held_out=0.2))
    texts = [message["content"] for row in read_rows(made / "data" / TRAIN) for message in row["messages"]]
    tiny_llama(made / "base", texts)
    adapted = recipe(made / "base", lora=LORA)
    train_choices(adapted, made / "data", made / "sft")
    train_choice_preferences(adapted, made / "pairs", made / "dpo", model=made / "sft")
    export(made / "dpo", made / "guide", "merged")
    return made


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")
class TestTraining:
    def test_choices_are_learnt(self, folder: Path) -> None:
        card, losses = load_card(folder / "sft"), logged(folder / "sft", "loss")
        assert losses[-1] < losses[0] / 2
        assert "held-out choice accuracy, after" in card.counts
        assert sum(card.counts["chosen"].values()) == card.counts["decisions"] > 0
        assert {parent.sha256 for parent in card.parents} == {load_card(folder / "data").sha256}

    def test_the_reference_is_the_trained_classifier(self, folder: Path) -> None:
        assert logged(folder / "dpo", "eval_loss")[0] == pytest.approx(math.log(2), abs=1e-3), "no margin yet"
        losses = logged(folder / "dpo", "loss")
        assert losses[-1] < losses[0] < math.log(2)

    def test_it_is_measured_on_pairs_of_different_choices(self, folder: Path) -> None:
        said: list[str] = []
        shares = held_out_accuracy(str(folder / "dpo"), folder / "pairs", 2048, 1, said.append)
        assert list(shares) == ["pair accuracy, choices"]
        assert shares["pair accuracy, choices"].trials > 0
        assert any("held-out pairs: accuracies less than" in line for line in said)

    def test_adapter_and_merged_model_name_their_labels(self, folder: Path) -> None:
        for name in ("sft", "dpo", "guide"):
            metadata = read_metadata(folder / name)
            assert metadata is not None
            assert metadata.labels == LABELS
        assert not (folder / "dpo" / "tokenizer.json").exists()

    @pytest.mark.parametrize("name", ["dpo", "guide"])
    async def test_it_steers_new_questions(self, name: str, folder: Path) -> None:
        items = draw_questions(selection(8), {}).items
        guide = fine_tuned_guide(f"hf:{folder / name}")
        graph = create_codesteer(task_model=worker(items), guide=guide, sandbox=WorkersSandbox()).compile()
        for item in items[-3:]:
            asked: Any = {"messages": [HumanMessage(item.question)]}
            result = read_state(await graph.ainvoke(asked, context=SETTINGS.context))
            assert {turn.decision.fallback for turn in result["turns"]} == {""}
            assert result["turns"][0].decision.usage.output_tokens == 0

    def test_a_training_that_was_finished_once_is_not_overwritten(self, folder: Path) -> None:
        with pytest.raises(ConfigurationError, match="already exists"):
            train_choices(recipe(folder / "base", lora=LORA), folder / "data", folder / "sft")

    def test_llama_cpp_gets_no_classifier(self, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"classifier, which llama\.cpp does not serve"):
            export(folder / "dpo", tmp_path / "gguf", "gguf-adapter")

    def test_preferences_come_after_choices(self, folder: Path, tmp_path: Path) -> None:
        for model in (None, folder / "base"):
            with pytest.raises(ConfigurationError, match="learns preferences after choices"):
                train_choice_preferences(
                    recipe(folder / "base", lora=LORA), folder / "pairs", tmp_path / "dpo", model=model
                )

    def test_all_weights_can_be_trained(self, folder: Path, tmp_path: Path) -> None:
        train_choices(recipe(folder / "base", sft={"max_steps": 3}), folder / "data", tmp_path / "sft")
        assert fine_tuned_guide(f"hf:{tmp_path / 'sft'}").name
        shutil.rmtree(tmp_path / "sft")
