"""Pair accuracy: how often a model assigns the better of two decisions the higher likelihood."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.models.adapters import FineTuned, load_fine_tuned
from codesteer.models.libraries import import_library
from codesteer.models.progress import Notify
from codesteer.training.artefact import load_current_card
from codesteer.training.choice_accuracy import choice_accuracies
from codesteer.training.choice_rows import choice_in, preference_rows
from codesteer.training.encoding import IGNORED, count_reply_tokens, encode_reply
from codesteer.training.pairs import Pair, read_pairs
from codesteer.training.proportion import Proportion, too_few
from codesteer.training.rows import HELD_OUT
from codesteer.training.tree import Message


@dataclass(frozen=True, slots=True)
class LogProbability:
    """The log-probability of a decision given its conversation."""

    choice: float
    """Of its first part, which says what happens next."""
    total: float
    choice_tokens: int
    tokens: int

    @property
    def mean(self) -> float:
        """Mean per token, which does not favour short decisions."""
        return self.total / self.tokens

    @property
    def wording(self) -> float:
        """Mean per token of the guidance and the reason, given the choice."""
        return (self.total - self.choice) / max(1, self.tokens - self.choice_tokens)


def pair_accuracies(tuned: FineTuned, pairs: Sequence[Pair], max_length: int) -> dict[str, Proportion]:
    """Compare the chosen with the rejected decision of every pair.

    Returns:
        The proportion of pairs whose chosen decision is likelier: by total log-probability and per token; by the choice
        alone where the choices differ; by the wording alone, per token, where they are the same.
    """
    fitting = [pair for pair in pairs if fits(tuned.tokenizer, pair, max_length)]
    compared = [
        (
            log_probability(tuned, pair.prompt, pair.chosen[0]),
            log_probability(tuned, pair.prompt, pair.rejected[0]),
        )
        for pair in fitting
    ]
    differ = [choice_in(pair.chosen[0]) is not choice_in(pair.rejected[0]) for pair in fitting]
    by_choice = [both for both, different in zip(compared, differ, strict=True) if different]
    by_wording = [both for both, different in zip(compared, differ, strict=True) if not different]
    return {
        "pair accuracy": _share(compared, lambda one: one.total),
        "pair accuracy per token": _share(compared, lambda one: one.mean),
        "pair accuracy, choices": _share(by_choice, lambda one: one.choice),
        "pair accuracy, wording": _share(by_wording, lambda one: one.wording),
    }


def _share(
    compared: Sequence[tuple[LogProbability, LogProbability]], by: Callable[[LogProbability], float]
) -> Proportion:
    return Proportion(sum(by(chosen) > by(rejected) for chosen, rejected in compared), len(compared))


def held_out_accuracy(
    model: str, pairs: Path, max_length: int, threads: int | None, notify: Notify
) -> Mapping[str, Proportion]:
    """Measure a model on the held-out pairs of an artefact; a classifier on those of different choices.

    Raises:
        ConfigurationError: no such model or artefact, or no held-out pairs.
    """
    load_current_card(pairs, "pairs")
    held_out = read_pairs(pairs / HELD_OUT)
    if not held_out:
        raise ConfigurationError(
            f"{pairs} has no held-out pairs; make the pairs again with a higher --held-out"
        )
    if warning := too_few(len(held_out)):
        notify(warning)
    torch = import_library("torch")
    if threads is not None:
        torch.set_num_threads(threads)
    tuned = load_fine_tuned(model, "fp32", notify=notify)
    if tuned.labels:
        return choice_accuracies(tuned, preference_rows(held_out, tuned.tokenizer, max_length))
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
    first = count_reply_tokens(prompt, reply, tuned.tokenizer, _choice_length(reply))
    return LogProbability(
        choice=chosen[:first].sum().item(),
        total=chosen.sum().item(),
        choice_tokens=first,
        tokens=len(places),
    )


def _choice_length(reply: Message) -> int:
    """Return the characters of a decision before its wording."""
    found = reply["content"].find('"guidance"')
    return found if found >= 0 else len(reply["content"])


def fits(tokenizer: Any, pair: Pair, max_length: int) -> bool:
    """Whether both decisions fit after their conversation."""
    longest = max(
        len(encode_reply(pair.prompt, reply, tokenizer)["input_ids"])
        for reply in (*pair.chosen, *pair.rejected)
    )
    return longest <= max_length
