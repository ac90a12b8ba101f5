"""SFT with weighted guidance turns: the loss, the collator, and TRL's trainer with both.

This module imports PyTorch, so import it only when a training starts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from transformers.trainer_pt_utils import LengthGroupedSampler
from trl import SFTTrainer

from codesteer.models.padding import attention_mask, padded
from codesteer.training.encoding import IGNORED, Encoded


def weighted_nll(
    logits: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor, divisor: torch.Tensor | float
) -> torch.Tensor:
    """Return the weighted negative log-likelihood, summed over learnt tokens and divided.

    The divisor is the number of learnt tokens, not the sum of their weights, so that a weight of 2 has the gradient
    of seeing a turn twice.

    Args:
        logits: predictions, ``(batch, length, vocabulary)``, aligned with the labels.
        labels: token ids, ``(batch, length)``; ``IGNORED`` for tokens that are not learnt.
        weights: weights, ``(batch, length)``.
        divisor: the number of learnt tokens.
    """
    # Flattened first: with the vocabulary as the middle axis, CPUs lose precision in the sum over it.
    losses = cross_entropy(
        logits.float().flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="none"
    ).view_as(labels)
    return (weights * losses).sum() / torch.as_tensor(divisor, device=losses.device).clamp(min=1)


@dataclass(frozen=True, slots=True)
class Collator:
    """Pad encoded conversations on the right to a common length."""

    pad_token_id: int

    def __call__(self, rows: Sequence[Encoded]) -> dict[str, torch.Tensor]:
        """Return the batch's tensors, each ``(batch, length)``."""
        ids = [row["input_ids"] for row in rows]
        return {
            "input_ids": padded(ids, self.pad_token_id),
            "attention_mask": attention_mask(ids),
            "labels": padded([row["labels"] for row in rows], IGNORED),
            "loss_weights": padded([row["loss_weights"] for row in rows], 0.0),
        }


class SeededLengthSampler(LengthGroupedSampler):  # type: ignore[misc]
    """Batches of similar length, in an order that depends only on seed and epoch.

    The library's sampler uses the process's random state: a training resumed in the middle of an epoch would see some
    conversations twice and others not at all.
    """

    def __init__(self, rows: Sequence[Encoded], batch: int, seed: int) -> None:
        super().__init__(batch, lengths=[len(row["input_ids"]) for row in rows])
        self.seed = seed
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Set the order of an epoch; the trainer calls this before each."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        self.generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch)
        order: Iterator[int] = super().__iter__()
        return order


class WeightedSFTTrainer(SFTTrainer):  # type: ignore[misc]
    """TRL's trainer on encoded conversations, with a loss weight per token."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        if self.args.train_sampling_strategy != "group_by_length":
            return super()._get_train_sampler(train_dataset)
        batch = self.args.train_batch_size * self.args.gradient_accumulation_steps
        return SeededLengthSampler(train_dataset or self.train_dataset, batch, self.args.seed)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """Return the weighted loss; the mean is over the learnt tokens of the whole accumulated batch."""
        fields = dict(inputs)
        # Each token is predicted at the position before it.
        labels, weights = fields.pop("labels")[:, 1:], fields.pop("loss_weights")[:, 1:]
        places = (labels != IGNORED).any(0).nonzero().squeeze(1)
        # Logits of the other positions would take most of the memory and are never used.
        output = model(**fields, use_cache=False, logits_to_keep=places)
        labels, weights = labels[:, places], weights[:, places]
        learnt = (labels != IGNORED).sum()
        divisor = learnt if num_items_in_batch is None else num_items_in_batch
        loss = weighted_nll(output.logits, labels, weights, divisor)
        if num_items_in_batch is not None and self.args.average_tokens_across_devices:
            # Gradients are averaged over processes, but the divisor already counts the tokens of all processes.
            loss = loss * self.accelerator.num_processes
        plain = weighted_nll(output.logits.detach(), labels, torch.ones_like(weights), learnt)
        self._metrics["train" if model.training else "eval"]["nll"].append(plain.item())
        return (loss, output) if return_outputs else loss
