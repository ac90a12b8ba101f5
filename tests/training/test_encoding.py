"""Which tokens are learnt, their weights, and the resulting loss: by hand and compared with TRL."""

from pathlib import Path
from typing import Any

import pytest
import torch
from tests.support.training import tiny_llama

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.models.pretrained import load_tokenizer
from codesteer.training.encoding import (
    IGNORED,
    encode,
    encode_all,
    encode_reply,
    guidance_spans,
    turn_weights,
)
from codesteer.training.tree import Message
from codesteer.training.weighted_sft import Collator, WeightedSFTTrainer, weighted_nll

torch.set_num_threads(1)
TALK: list[Message] = [
    {"role": "system", "content": "You steer."},
    {"role": "user", "content": "Question: how many primes are below 20?"},
    {"role": "assistant", "content": '{"action": "text"}'},
    {"role": "user", "content": "Answer: 9"},
    {"role": "assistant", "content": '{"action": "code", "guidance": "Sieve."}'},
    {"role": "user", "content": "The program printed: 8"},
    {"role": "assistant", "content": '{"action": "return"}'},
]
OPTIONS: dict[str, Any] = {"last_turns": 2, "weight": 2.0, "max_length": 4096}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("base"), [message["content"] for message in TALK])


@pytest.fixture(scope="module")
def tokenizer(base: Path) -> Any:
    return load_tokenizer(base)


def learnt(row: Any, tokenizer: Any) -> list[tuple[str, float]]:
    """The learnt texts, each with its weight."""
    found: list[tuple[list[int], float]] = []
    before = IGNORED
    for label, weight in zip(row["labels"], row["loss_weights"], strict=True):
        if label != IGNORED:
            if before == IGNORED:
                found.append(([], weight))
            assert weight == found[-1][1]
            found[-1][0].append(label)
        before = label
    return [(tokenizer.decode(ids), weight) for ids, weight in found]


def test_only_guidance_is_learnt_and_the_last_two_turns_count_double(tokenizer: Any) -> None:
    row = encode(TALK, tokenizer, **OPTIONS)
    assert row is not None
    assert learnt(row, tokenizer) == [
        ('{"action": "text"}<|eot_id|>', 1.0),
        ('{"action": "code", "guidance": "Sieve."}<|eot_id|>', 2.0),
        ('{"action": "return"}<|eot_id|>', 2.0),
    ]
    assert tokenizer.decode(row["input_ids"]) == tokenizer.apply_chat_template(TALK, tokenize=False)


def test_the_mask_is_that_of_trls_training_template(tokenizer: Any) -> None:
    from trl.chat_template_utils import get_training_chat_template

    row = encode(TALK, tokenizer, **OPTIONS)
    assert row is not None
    marked = tokenizer.apply_chat_template(
        TALK,
        chat_template=get_training_chat_template(tokenizer),
        tokenize=True,
        return_dict=True,
        return_assistant_tokens_mask=True,
    )
    assert row["input_ids"] == marked["input_ids"]
    assert [label != IGNORED for label in row["labels"]] == [bool(mark) for mark in marked["assistant_masks"]]


def test_weights_by_position() -> None:
    assert turn_weights(4, 2, 2.0) == [1, 1, 2, 2]
    assert turn_weights(1, 2, 3.0) == [3]
    assert turn_weights(3, 0, 2.0) == [1, 1, 1]


def test_long_conversations_lose_whole_turns(tokenizer: Any) -> None:
    whole = encode(TALK, tokenizer, **OPTIONS)
    assert whole is not None
    texts = [text for text, _ in learnt(whole, tokenizer)]
    for length in range(1, len(whole["input_ids"]) + 1):
        row = encode(TALK, tokenizer, **(OPTIONS | {"max_length": length}))
        if row is not None:
            assert len(row["input_ids"]) <= length
            assert row["labels"][-1] != IGNORED
            assert [text for text, _ in learnt(row, tokenizer)] == texts[: len(learnt(row, tokenizer))]
    assert encode(TALK, tokenizer, **(OPTIONS | {"max_length": 20})) is None


def test_lost_turns_are_counted_and_nothing_left_is_an_error(tokenizer: Any) -> None:
    whole = encode(TALK, tokenizer, **OPTIONS)
    assert whole is not None
    almost = OPTIONS | {"max_length": len(whole["input_ids"]) - 1}
    found = encode_all([TALK, TALK[:3]], tokenizer, **almost)
    assert (len(found.rows), found.shortened, found.dropped) == (2, 1, 0)
    with pytest.raises(TrainingError, match="no conversation fits into 20 tokens"):
        encode_all([TALK], tokenizer, **(OPTIONS | {"max_length": 20}))


def test_a_single_reply(tokenizer: Any) -> None:
    row = encode_reply(TALK[:-1], TALK[-1], tokenizer)
    assert learnt(row, tokenizer) == [('{"action": "return"}<|eot_id|>', 1.0)]


def test_a_template_that_rewrites_earlier_turns_is_refused() -> None:
    def render(messages: Any, opening: bool) -> str:
        last = len(messages) - 1
        return "".join(m["content"] if i == last else m["content"].upper() for i, m in enumerate(messages))

    with pytest.raises(ConfigurationError, match="rewrites earlier turns"):
        guidance_spans(TALK, render)


def test_a_template_that_refuses_a_system_message_is_one_line(base: Path) -> None:
    template = "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    with pytest.raises(ConfigurationError, match="rejects the conversation: no system role"):
        encode(TALK, load_tokenizer(base, template), **OPTIONS)


def test_the_loss_by_hand() -> None:
    """Two places: certain of the right token, and torn evenly between two."""
    logits = torch.tensor([[[0.0, 0.0], [50.0, 0.0], [0.0, 0.0]]])
    labels = torch.tensor([[1, 0, IGNORED]])
    weights = torch.tensor([[3.0, 2.0, 0.0]])
    loss = weighted_nll(logits, labels, weights, 2)
    assert loss.item() == pytest.approx((3 * torch.log(torch.tensor(2.0)).item() + 2 * 0.0) / 2)


def trainer(base: Path, tokenizer: Any, rows: list[Any], folder: Path, kind: str) -> Any:
    from datasets import Dataset
    from transformers import AutoModelForCausalLM
    from trl import SFTConfig, SFTTrainer

    settings = {
        "output_dir": str(folder),
        "max_steps": 4,
        "per_device_train_batch_size": 2,
        "gradient_accumulation_steps": 2,
        "learning_rate": 1e-2,
        "logging_steps": 1,
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "max_length": None,
        "seed": 0,
    }
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    if kind == "stock":
        arguments = SFTConfig(**settings, assistant_only_loss=True)
        talks = Dataset.from_list([{"messages": row} for row in rows])
        return SFTTrainer(model=model, args=arguments, processing_class=tokenizer, train_dataset=talks)
    return WeightedSFTTrainer(
        model=model,
        args=SFTConfig(**settings, remove_unused_columns=False),
        processing_class=tokenizer,
        train_dataset=Dataset.from_list(rows),
        data_collator=Collator(tokenizer.pad_token_id),
    )


def losses(one: Any) -> list[float]:
    one.train()
    return [entry["loss"] for entry in one.state.log_history if "loss" in entry]


@pytest.mark.filterwarnings("ignore")
def test_weight_one_is_stock_trl(base: Path, tokenizer: Any, tmp_path: Path) -> None:
    talks = [TALK, TALK[:3], TALK[:5], TALK]
    rows = [encode(talk, tokenizer, **(OPTIONS | {"weight": 1.0})) for talk in talks]
    ours = losses(trainer(base, tokenizer, rows, tmp_path / "ours", "weighted"))
    theirs = losses(trainer(base, tokenizer, talks, tmp_path / "theirs", "stock"))
    assert ours == pytest.approx(theirs, abs=2e-4)
    assert min(ours) < ours[0]


@pytest.mark.filterwarnings("ignore")
def test_the_trainers_loss_is_the_weighted_mean(base: Path, tokenizer: Any, tmp_path: Path) -> None:
    rows = [encode(talk, tokenizer, **OPTIONS) for talk in (TALK, TALK[:3])]
    one = trainer(base, tokenizer, rows, tmp_path, "weighted")
    batch = Collator(tokenizer.pad_token_id)([row for row in rows if row is not None])
    loss = one.compute_loss(one.model, batch).item()
    with torch.no_grad():
        logits = one.model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    chances = torch.log_softmax(logits.double(), dim=-1)
    by_hand, tokens = 0.0, 0
    for sequence in range(2):
        for place in range(1, batch["labels"].shape[1]):
            label = int(batch["labels"][sequence, place])
            if label != IGNORED:
                by_hand -= float(batch["loss_weights"][sequence, place] * chances[sequence, place - 1, label])
                tokens += 1
    assert loss == pytest.approx(by_hand / tokens, rel=1e-5)


def test_weight_two_has_the_gradient_of_seeing_a_turn_twice() -> None:
    torch.manual_seed(0)
    labels = torch.tensor([[1, 2, 0]])

    def gradient(weights: list[float]) -> torch.Tensor:
        torch.manual_seed(1)
        logits = torch.randn(1, 3, 4, requires_grad=True)
        weighted_nll(logits, labels, torch.tensor([weights]), 3).backward()
        assert logits.grad is not None
        return logits.grad

    assert torch.allclose(gradient([1, 2, 2]), gradient([1, 1, 1]) + gradient([0, 1, 1]))
