"""Pair accuracy: how often a model assigns the better of two decisions the higher likelihood."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.models.adapters import FineTuned, load_fine_tuned
from codesteer.models.libraries import import_library
from codesteer.models.progress import Notify
from codesteer.training.artefact import load_card
from codesteer.training.encoding import IGNORED, encode_reply
from codesteer.training.pairs import Pair, read_pairs
from codesteer.training.rows import HELD_OUT
from codesteer.training.tree import Message

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Proportion:
    """A proportion with its 95 % Wilson interval."""

    successes: int
    trials: int

    @property
    def value(self) -> float:
        """The proportion; NaN without trials."""
        return self.successes / self.trials if self.trials else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The bounds of the interval."""
        if not self.trials:
            return 0.0, 1.0
        square = NORMAL_95**2
        centre = (self.successes + square / 2) / (self.trials + square)
        spread = self.successes * (self.trials - self.successes) / self.trials + square / 4
        half = NORMAL_95 * math.sqrt(spread) / (self.trials + square)
        return max(0.0, centre - half), min(1.0, centre + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}] ({self.successes} of {self.trials})"


@dataclass(frozen=True, slots=True)
class LogProbability:
    """The log-probability of a decision given its conversation."""

    total: float
    tokens: int

    @property
    def mean(self) -> float:
        """Mean per token, which does not favour short decisions."""
        return self.total / self.tokens


def pair_accuracies(tuned: FineTuned, pairs: Sequence[Pair], max_length: int) -> dict[str, Proportion]:
    """Compare the chosen with the rejected decision of every pair.

    Returns:
        The proportion of pairs whose chosen decision is likelier, by total log-probability and per token.
    """
    compared = [
        (
            log_probability(tuned, pair.prompt, pair.chosen[0]),
            log_probability(tuned, pair.prompt, pair.rejected[0]),
        )
        for pair in pairs
        if fits(tuned.tokenizer, pair, max_length)
    ]
    by_total = sum(chosen.total > rejected.total for chosen, rejected in compared)
    by_mean = sum(chosen.mean > rejected.mean for chosen, rejected in compared)
    return {
        "pair accuracy": Proportion(by_total, len(compared)),
        "pair accuracy per token": Proportion(by_mean, len(compared)),
    }


def held_out_accuracy(
    model: str, pairs: Path, max_length: int, threads: int | None, notify: Notify
) -> dict[str, Proportion]:
    """Measure a model on the held-out pairs of an artefact.

    Raises:
        ConfigurationError: no such model or artefact, or no held-out pairs.
    """
    load_card(pairs, "pairs")
    held_out = read_pairs(pairs / HELD_OUT)
    if not held_out:
        raise ConfigurationError(
            f"{pairs} has no held-out pairs; make the pairs again with a higher --held-out"
        )
    torch = import_library("torch")
    if threads is not None:
        torch.set_num_threads(threads)
    tuned = load_fine_tuned(model, "fp32", notify=notify)
    return pair_accuracies(tuned, held_out, max_length)


def log_probability(tuned: FineTuned, prompt: Sequence[Message], reply: Message) -> LogProbability:
    """Return the log-probability of a decision, its end mark included."""
    torch = import_library("torch")
    encoded = encode_reply(prompt, reply, tuned.tokenizer)
    device = tuned.model.device
    labels = torch.tensor(encoded["labels"][1:], device=device)
    places = (labels != IGNORED).nonzero().squeeze(1)
    was_training = tuned.model.training
    tuned.model.eval()
    with torch.inference_mode():
        inputs = torch.tensor([encoded["input_ids"]], device=device)
        logits = tuned.model(input_ids=inputs, use_cache=False, logits_to_keep=places).logits[0].float()
    tuned.model.train(was_training)
    chosen = torch.log_softmax(logits, dim=-1).gather(1, labels[places][:, None])
    return LogProbability(chosen.sum().item(), len(places))


def fits(tokenizer: Any, pair: Pair, max_length: int) -> bool:
    """Whether both decisions fit after their conversation."""
    longest = max(
        len(encode_reply(pair.prompt, reply, tokenizer)["input_ids"])
        for reply in (*pair.chosen, *pair.rejected)
    )
    return longest <= max_length
