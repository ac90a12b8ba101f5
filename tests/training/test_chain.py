"""The whole pipeline on a model with about ten thousand weights: from questions to a guide that steers."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
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

from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.fine_tuned import fine_tuned_guide
from codesteer.models.adapters import load_fine_tuned
from codesteer.training import pairs, sft_data
from codesteer.training.artefact import load_card
from codesteer.training.conversations import ConversationSelection
from codesteer.training.dpo import train_dpo
from codesteer.training.export import export
from codesteer.training.questions import draw_questions
from codesteer.training.rows import TRAIN, read_rows
from codesteer.training.sft import train_sft
from codesteer.training.trajectories import collect_trajectories

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore")]
SECONDS = 180
"""What the whole chain may take."""
LORA = {"rank": 8, "alpha": 16}


@dataclass(frozen=True)
class Chain:
    """The folders that the commands made, one from the other."""

    folder: Path
    seconds: float


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    folder, begun, chosen = tmp_path_factory.mktemp("chain"), time.monotonic(), selection(6)
    collect_trajectories(folder / "trees", SETTINGS, chosen, explorer=explorer(chosen))
    sft_data.build_sft_data(folder / "trees", folder / "data", ConversationSelection(held_out=0.2))
    pairs.build_pairs(folder / "trees", folder / "pairs", pairs.PairSelection(held_out=0.2))
    texts = [message["content"] for row in read_rows(folder / "data" / TRAIN) for message in row["messages"]]
    tiny_llama(folder / "base", texts)
    train_sft(tiny_recipe(folder / "base", sft={"max_steps": 320}), folder / "data", folder / "sft")
    adapted = tiny_recipe(folder / "base", lora=LORA)
    train_dpo(adapted, folder / "pairs", folder / "dpo", model=folder / "sft")
    export(folder / "dpo", folder / "guide", "merged")
    return Chain(folder, time.monotonic() - begun)


def logged(folder: Path, name: str) -> list[float]:
    entries = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [entry[name] for entry in entries if name in entry]


def test_it_takes_less_than_three_minutes(chain: Chain) -> None:
    assert chain.seconds < SECONDS


def test_the_loss_falls(chain: Chain) -> None:
    loss, held_out = logged(chain.folder / "sft", "loss"), logged(chain.folder / "sft", "eval_loss")
    assert loss[-1] < loss[0] / 2
    assert held_out[-1] < held_out[0] / 2
    assert "<svg" in (chain.folder / "sft" / "loss.svg").read_text()


def test_the_margin_grows(chain: Chain) -> None:
    margins = logged(chain.folder / "dpo", "rewards/margins")
    held_out = logged(chain.folder / "dpo", "eval_rewards/margins")
    assert margins[-1] > max(margins[0], 0.01)
    assert held_out[0] == pytest.approx(0, abs=1e-4), (
        "the reference is the model that the training starts from"
    )
    assert held_out[-1] > 0


def test_each_result_names_what_it_was_made_from(chain: Chain) -> None:
    cards = {
        name: load_card(chain.folder / name) for name in ("trees", "data", "pairs", "sft", "dpo", "guide")
    }
    origins = {name: {parent_of.sha256 for parent_of in card.parents} for name, card in cards.items()}
    assert origins["data"] == origins["pairs"] == {cards["trees"].sha256}
    assert origins["sft"] == {cards["data"].sha256}
    assert origins["dpo"] == {cards["pairs"].sha256, cards["sft"].sha256}
    assert origins["guide"] == {cards["dpo"].sha256}
    assert cards["sft"].config["recipe"]["sft"]["last_turn_weight"] == 2.0
    assert "held-out pair accuracy, before" in cards["dpo"].counts


def test_the_adapter_is_small_and_has_no_local_paths(chain: Chain) -> None:
    names = {path.name for path in (chain.folder / "dpo").iterdir()}
    assert "adapter_model.safetensors" in names
    assert not names & {"tokenizer.json", "training_args.bin", "checkpoints", "settings.json"}
    assert (chain.folder / "guide" / "tokenizer.json").is_file()


async def test_the_guide_steers_new_questions(chain: Chain) -> None:
    items = draw_questions(selection(8), {}).items
    name = f"hf:{chain.folder / 'guide'}"
    graph = create_codesteer(
        task_model=worker(items), guide=fine_tuned_guide(name), sandbox=WorkersSandbox()
    ).compile()
    for item in items[-3:]:
        asked: Any = {"messages": [HumanMessage(item.question)]}
        result = read_state(await graph.ainvoke(asked, context=SETTINGS.context))
        decisions = [turn.decision for turn in result["turns"]]
        assert decisions
        assert decisions[0].guide == name
        assert decisions[0].fallback == ""
        assert decisions[0].usage.output_tokens > 0


def test_an_adapter_can_be_trained_further(chain: Chain, tmp_path: Path) -> None:
    """SFT with LoRA, then DPO that goes on with the very same adapter against a frozen copy of it."""
    base = chain.folder / "guide"
    short: dict[str, dict[str, Any]] = {
        "sft": {"max_steps": 6},
        "dpo": {"max_steps": 6, "log_steps": 1, "learning_rate": 1e-2},
    }
    recipe = tiny_recipe(base, lora={**LORA, "last_layers": 1}, **short)
    train_sft(recipe, chain.folder / "data", tmp_path / "sft")
    sft = load_fine_tuned(str(tmp_path / "sft"), "fp32")
    layers = {name.split(".layers.")[1][0] for name, _ in sft.model.named_parameters() if "lora_" in name}
    assert layers == {"1"}
    train_dpo(recipe, chain.folder / "pairs", tmp_path / "dpo", model=tmp_path / "sft")
    assert logged(tmp_path / "dpo", "eval_rewards/margins")[0] == pytest.approx(0, abs=1e-4)
    assert logged(tmp_path / "dpo", "rewards/margins")[-1] > 0
    assert not (tmp_path / "dpo" / "ref").exists()
    config = json.loads((tmp_path / "dpo" / "adapter_config.json").read_text())
    assert config["r"] == LORA["rank"]
    export(tmp_path / "dpo", tmp_path / "merged", "merged")
    assert load_fine_tuned(str(tmp_path / "merged"), "fp32").model.num_parameters() > 0
