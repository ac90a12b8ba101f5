"""An interrupted training never counts as complete, and resumes."""

import errno
import json
import os
import signal
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.support.training import SETTINGS, explorer, selection, tiny_llama, tiny_recipe

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.models.adapters import ModelMetadata, load_fine_tuned, write_metadata
from codesteer.models.pretrained import find_pretrained, load_tokenizer
from codesteer.training import pairs, sft_data
from codesteer.training.artefact import CARD, README, Card, finish_artefact, load_card, new_artefact
from codesteer.training.conversations import ConversationSelection
from codesteer.training.dpo import train_dpo
from codesteer.training.rows import TRAIN, read_rows
from codesteer.training.runs import COMPLETE_MARKER, UNFINISHED, TrainingRun, explain_out_of_memory
from codesteer.training.sft import template_text, train_sft
from codesteer.training.trajectories import collect_trajectories

quiet = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data, pairs and a base."""
    folder = tmp_path_factory.mktemp("made")
    collect_trajectories(folder / "trees", SETTINGS, selection(2), explorer=explorer(selection(2)))
    sft_data.build_sft_data(folder / "trees", folder / "data", ConversationSelection(held_out=0))
    pairs.build_pairs(folder / "trees", folder / "pairs", pairs.PairSelection(held_out=0))
    texts = [message["content"] for row in read_rows(folder / "data" / TRAIN) for message in row["messages"]]
    tiny_llama(folder / "base", texts)
    return folder


def test_a_partial_checkpoint_is_not_resumed(tmp_path: Path) -> None:
    run = TrainingRun(tmp_path / "sft")
    with run.started({"a": 1}):
        assert run.last_checkpoint() is None
    for step in (5, 10, 20):
        (run.checkpoints / f"checkpoint-{step}").mkdir()
    for step in (5, 10):
        (run.checkpoints / f"checkpoint-{step}" / COMPLETE_MARKER).write_text("{}")
    assert run.last_checkpoint() == str(run.checkpoints / "checkpoint-10")


def test_an_unfinished_training_is_not_an_artefact(tmp_path: Path) -> None:
    with (
        TrainingRun(tmp_path / "sft").started({"a": 1}),
        pytest.raises(ConfigurationError, match="no such folder"),
    ):
        load_card(tmp_path / "sft", "sft")


def test_another_recipe_does_not_resume_it(tmp_path: Path) -> None:
    for _ in range(2):
        with TrainingRun(tmp_path / "sft").started({"a": 1}):
            pass
    with (
        pytest.raises(ConfigurationError, match="started with another recipe or other data"),
        TrainingRun(tmp_path / "sft").started({"a": 2}),
    ):
        pass


def test_a_finished_training_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "sft").mkdir()
    with pytest.raises(ConfigurationError, match="already exists"), TrainingRun(tmp_path / "sft").started({}):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["sft"]


def trained(run: TrainingRun) -> None:
    """Leave what a training leaves before its card is written."""
    folder = run.checkpoints / "checkpoint-10"
    folder.mkdir()
    (folder / COMPLETE_MARKER).write_text("{}")
    (run.folder / "model.safetensors").write_text("weights")


def finish(run: TrainingRun) -> None:
    card = Card(kind="sft", config={}, counts={})
    finish_artefact(run.folder, run.target, card, without=UNFINISHED)
    run.clean()


@pytest.mark.parametrize(
    "step",
    [
        "codesteer.training.artefact.sha256_of",
        "codesteer.training.artefact._readme",
        "codesteer.training.artefact.write_text_atomically",
        "codesteer.training.artefact.os.replace",
    ],
)
@pytest.mark.parametrize("end", [KeyboardInterrupt(), OSError(errno.ENOSPC, "full")])
def test_a_training_that_is_killed_at_its_end_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, end: BaseException
) -> None:
    def fail(*_: Any) -> None:
        raise end

    run = TrainingRun(tmp_path / "sft")
    with run.started({}):
        trained(run)
        with monkeypatch.context() as patched:
            patched.setattr(step, fail)
            with pytest.raises(type(end)):
                finish(run)
    with run.started({}):
        assert run.last_checkpoint() == str(run.checkpoints / "checkpoint-10")
        finish(run)
    assert set(load_card(run.target, "sft").files) == {"model.safetensors"}
    assert {path.name for path in run.target.iterdir()} == {"model.safetensors", CARD, README}
    assert [path.name for path in tmp_path.iterdir()] == ["sft"]


@pytest.mark.parametrize(
    "killed_at", ["codesteer.training.runs.Path.unlink", "codesteer.training.runs.shutil.rmtree"]
)
def test_what_a_kill_leaves_in_a_finished_training_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    def kill(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    run = TrainingRun(tmp_path / "sft")
    with run.started({}):
        trained(run)
        with monkeypatch.context() as patched:
            patched.setattr(TrainingRun, "clean", lambda _: None)
            finish(run)
        with monkeypatch.context() as patched:
            patched.setattr(killed_at, kill)
            with pytest.raises(KeyboardInterrupt):
                run.clean()
    load_card(run.target, "sft")
    with pytest.raises(ConfigurationError, match="already exists"), run.started({}):
        pass
    assert {path.name for path in run.target.iterdir()} == {"model.safetensors", CARD, README}


def test_other_folders_with_settings_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "trees").mkdir()
    for name in ("settings.json", "card.json", "trees.jsonl"):
        (tmp_path / "trees" / name).write_text("{}")
    with (
        pytest.raises(ConfigurationError, match="already exists"),
        TrainingRun(tmp_path / "trees").started({}),
    ):
        pass
    assert len(list((tmp_path / "trees").iterdir())) == 3


@pytest.mark.parametrize("first", ["training", "artefact"])
@pytest.mark.parametrize("second", ["training", "artefact"])
def test_two_commands_do_not_write_to_one_output(tmp_path: Path, first: str, second: str) -> None:
    def begin(command: str) -> AbstractContextManager[Any]:
        out = tmp_path / "deep" / "out"
        return TrainingRun(out).started({}) if command == "training" else new_artefact(out)

    with begin(first):
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(ConfigurationError, match="another command is writing to"), begin(second):
            pass
        assert sorted(tmp_path.rglob("*")) == before
    with new_artefact(tmp_path / "deep" / "other"):
        pass


def test_an_interrupted_training_is_not_removed_by_another_command(tmp_path: Path) -> None:
    run = TrainingRun(tmp_path / "out")
    with run.started({}):
        trained(run)
    with pytest.raises(ConfigurationError, match="holds an unfinished training"), new_artefact(run.target):
        pass
    assert run.last_checkpoint()


def test_what_another_command_left_does_not_become_part_of_a_training(tmp_path: Path) -> None:
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "train.jsonl").write_text("{}")
    with (
        pytest.raises(ConfigurationError, match="holds other files"),
        TrainingRun(tmp_path / "out").started({}),
    ):
        pass


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
        "cuda",
    ],
)
def test_out_of_memory_gives_advice(error: Any) -> None:
    import torch

    raised = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate") if error == "cuda" else error
    with (
        pytest.raises(TrainingError, match=r"^out of memory: lower sft\.batch_size"),
        explain_out_of_memory("sft"),
    ):
        raise raised
    with pytest.raises(RuntimeError, match="something else"), explain_out_of_memory("sft"):
        raise RuntimeError("something else")


def test_a_base_without_a_chat_template(made: Path, tmp_path: Path) -> None:
    base = tiny_llama(tmp_path / "base", ["a b c"], template=False)
    with pytest.raises(ConfigurationError, match="has no chat template"):
        train_sft(tiny_recipe(base), made / "data", tmp_path / "sft")
    recipe = tiny_recipe(base).model_copy(update={"chat_template": "llama3"})
    assert "start_header_id" in load_tokenizer(base, template_text(recipe)).chat_template


def test_an_invalid_base(made: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match=r"contains no model \(no config.json\)"):
        train_sft(tiny_recipe(tmp_path / "empty"), made / "data", tmp_path / "sft")
    with pytest.raises(ConfigurationError, match="holds pairs, but conversations is needed here"):
        train_sft(tiny_recipe(made / "base"), made / "pairs", tmp_path / "sft")


@quiet
def test_adapters_for_missing_layers(made: Path, tmp_path: Path) -> None:
    recipe = tiny_recipe(made / "base", lora={"targets": ["wheels"]})
    with pytest.raises(ConfigurationError, match=r"lora\.targets do not fit the base"):
        train_sft(recipe, made / "data", tmp_path / "sft")


def test_conversations_that_do_not_fit(made: Path, tmp_path: Path) -> None:
    recipe = tiny_recipe(made / "base").model_copy(update={"max_length": 64})
    with pytest.raises(TrainingError, match="no conversation fits into 64 tokens"):
        train_sft(recipe, made / "data", tmp_path / "sft")
    with pytest.raises(TrainingError, match="no pair fits into 64 tokens"):
        train_dpo(recipe, made / "pairs", tmp_path / "dpo")


@pytest.fixture
def adapter(made: Path, tmp_path: Path) -> Path:
    """An untrained adapter of the base."""
    import peft
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(made / "base")
    settings = peft.LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")
    peft.get_peft_model(model, settings).save_pretrained(tmp_path / "adapter")
    base = find_pretrained(str(made / "base"))
    write_metadata(tmp_path / "adapter", ModelMetadata(base=base.name, fingerprint=base.fingerprint))
    return tmp_path / "adapter"


@quiet
def test_an_adapter_finds_its_base(adapter: Path) -> None:
    assert load_fine_tuned(str(adapter), "fp32").model.num_parameters() > 0


@quiet
def test_an_adapter_of_another_base_is_refused(adapter: Path, made: Path, tmp_path: Path) -> None:
    other = tiny_llama(tmp_path / "other", ["a b c"], seed=7)
    with pytest.raises(ConfigurationError, match=r"is an adapter for .*/base .*, not for .*/other"):
        load_fine_tuned(str(adapter), "fp32", base=find_pretrained(str(other)))


@quiet
def test_a_base_that_changed_after_the_training_is_refused(adapter: Path) -> None:
    note = json.loads((adapter / "codesteer.json").read_text())
    (adapter / "codesteer.json").write_text(json.dumps(note | {"fingerprint": "0" * 16}))
    with pytest.raises(ConfigurationError, match="use its own base"):
        load_fine_tuned(str(adapter), "fp32")


@quiet
def test_an_adapter_of_another_shape_is_one_line(adapter: Path, tmp_path: Path) -> None:
    other = tiny_llama(tmp_path / "wide", ["a b c"], width=32)
    (adapter / "codesteer.json").unlink()
    with pytest.raises(ConfigurationError, match="is not an adapter for this base"):
        load_fine_tuned(str(adapter), "fp32", base=find_pretrained(str(other)))


@quiet
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_interrupted_training_ends_like_an_uninterrupted_one(made: Path, tmp_path: Path) -> None:
    recipe = tiny_recipe(made / "base", sft={"max_steps": 6, "log_steps": 1, "save_steps": 2})
    train_sft(recipe, made / "data", tmp_path / "calm")

    def interrupt(line: str) -> None:
        if line.startswith("step 3 "):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train_sft(recipe, made / "data", tmp_path / "torn", interrupt)
    assert not (tmp_path / "torn").exists()
    said: list[str] = []
    train_sft(recipe, made / "data", tmp_path / "torn", said.append)
    assert any(line.startswith("resuming from checkpoint-") for line in said)
    steps = [
        [
            (entry["step"], entry["loss"])
            for entry in map(json.loads, path.read_text().splitlines())
            if "loss" in entry
        ]
        for path in (tmp_path / "calm" / "metrics.jsonl", tmp_path / "torn" / "metrics.jsonl")
    ]
    assert [step for step, _ in steps[1]] == [1, 2, 3, 4, 5, 6]
    assert [loss for _, loss in steps[1]] == pytest.approx([loss for _, loss in steps[0]], rel=1e-4)
    assert not list((tmp_path / "torn").glob("checkpoint*"))


@quiet
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_training_that_is_killed_while_it_ends_is_not_trained_again(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    recipe = tiny_recipe(made / "base", sft={"max_steps": 4, "log_steps": 1, "save_steps": 3})
    with monkeypatch.context() as patched:
        patched.setattr("codesteer.training.training_loop.finish_artefact", kill)
        with pytest.raises(KeyboardInterrupt):
            train_sft(recipe, made / "data", tmp_path / "sft")
    said: list[str] = []
    card = train_sft(recipe, made / "data", tmp_path / "sft", said.append)
    assert "resuming from checkpoint-4" in said
    assert card.counts["steps"] <= 5, "the trainer itself may add a step"
    assert load_card(tmp_path / "sft", "sft").files == card.files
    assert not (tmp_path / "sft" / "checkpoints").exists()
