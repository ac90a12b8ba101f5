"""The loss, the collator and the trainer of a classifying guide.

This module imports PyTorch, so import it only when a training starts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy, logsigmoid
from transformers import Trainer

from codesteer.models.padding import attention_mask, padded
from codesteer.training.choice_rows import NO_LABEL


def choice_loss(logits: torch.Tensor, inputs: dict[str, torch.Tensor], beta: float) -> torch.Tensor:
    """Return the mean loss of a batch.

    A row without a rejected class has weighted cross entropy; weights do not enter the divisor, so that a weight of 2
    has the gradient of seeing a decision twice. A row with one has the loss of DPO (Rafailov et al., arXiv 2305.18290):
    the log-probabilities of two classes of one softmax differ as their logits do.

    Args:
        logits: scores, ``(batch, classes)``.
        inputs: ``chosen``, ``rejected``, ``weights`` and ``reference``, each ``(batch,)``; the reference is the initial
            model's margin between the two classes.
        beta: strength of the penalty for deviating from the reference.
    """
    chosen, rejected = inputs["chosen"], inputs["rejected"]
    likelihood = cross_entropy(logits, chosen, reduction="none") * inputs["weights"]
    preference = -logsigmoid(beta * (margins(logits, chosen, rejected) - inputs["reference"]))
    return torch.where(rejected == NO_LABEL, likelihood, preference).mean()


def margins(logits: torch.Tensor, chosen: torch.Tensor, rejected: torch.Tensor) -> torch.Tensor:
    """Return by how much the chosen class outscores the rejected one, ``(batch,)``; without one, the first class."""
    better = logits.gather(1, chosen[:, None]).squeeze(1)
    return better - logits.gather(1, rejected.clamp(min=0)[:, None]).squeeze(1)


@dataclass(frozen=True, slots=True)
class ChoiceCollator:
    """Pad rows on the right to a common length."""

    pad_token_id: int

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Return the batch's tensors."""
        ids = [row["input_ids"] for row in rows]
        return {
            "input_ids": padded(ids, self.pad_token_id),
            "attention_mask": attention_mask(ids),
            "chosen": torch.tensor([row["chosen"] for row in rows]),
            "rejected": torch.tensor([row["rejected"] for row in rows]),
            "weights": torch.tensor([row["weight"] for row in rows]),
            "reference": torch.tensor([row["reference"] for row in rows]),
        }


class ChoiceTrainer(Trainer):  # type: ignore[misc]
    """The library's trainer with the loss over choices."""

    def __init__(self, *, beta: float, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.beta = beta
        # The loss is the mean of a batch: the trainer divides it by the number of accumulated batches.
        self.model_accepts_loss_kwargs = False

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """Return the loss of a batch."""
        del num_items_in_batch
        output = model(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False
        )
        loss = choice_loss(output.logits.float(), inputs, self.beta)
        return (loss, output) if return_outputs else loss
