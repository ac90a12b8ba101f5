"""How often a model finds the better of two decisions likelier: pair accuracy, with an interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from codesteer.models.adapters import FineTuned
from codesteer.models.libraries import need
from codesteer.training.encoding import IGNORED, encode_reply
from codesteer.training.pairs import Pair
from codesteer.training.tree import Message

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """A share of cases, with its 95 % Wilson interval."""

    hits: int
    cases: int

    @property
    def value(self) -> float:
        """The share itself; not a number where there are no cases."""
        return self.hits / self.cases if self.cases else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The interval's ends."""
        if not self.cases:
            return 0.0, 1.0
        square = NORMAL_95**2
        centre = (self.hits + square / 2) / (self.cases + square)
        spread = self.hits * (self.cases - self.hits) / self.cases + square / 4
        half = NORMAL_95 * math.sqrt(spread) / (self.cases + square)
        return max(0.0, centre - half), min(1.0, centre + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}] ({self.hits} of {self.cases})"


@dataclass(frozen=True, slots=True)
class LogProbability:
    """How likely a model finds a decision in its conversation."""

    total: float
    tokens: int

    @property
    def mean(self) -> float:
        """Per token: does not favour short decisions."""
        return self.total / self.tokens


def pair_accuracies(tuned: FineTuned, pairs: Sequence[Pair], max_length: int) -> dict[str, Share]:
    """Compare the chosen with the rejected decision of every pair.

    Returns:
        The share of pairs whose chosen decision is likelier: by its whole log-probability, and by that per token.
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
        "pair accuracy": Share(by_total, len(compared)),
        "pair accuracy per token": Share(by_mean, len(compared)),
    }


def log_probability(tuned: FineTuned, prompt: Sequence[Message], reply: Message) -> LogProbability:
    """The log-probability of a decision, its end mark included."""
    torch = need("torch")
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
    """Whether both decisions fit behind their conversation."""
    longest = max(
        len(encode_reply(pair.prompt, reply, tokenizer)["input_ids"])
        for reply in (*pair.chosen, *pair.rejected)
    )
    return longest <= max_length
