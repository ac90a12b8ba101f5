"""Pair accuracy of models that lie on the disk."""

from pathlib import Path

from codesteer.errors import ConfigurationError
from codesteer.models.adapters import load_fine_tuned
from codesteer.models.libraries import need
from codesteer.models.pretrained import Say
from codesteer.training.artefact import open_card
from codesteer.training.dpo import read_pairs
from codesteer.training.preference import Share, pair_accuracies
from codesteer.training.rows import HELD_OUT


def held_out_accuracy(
    model: str, pairs: Path, max_length: int, threads: int | None, say: Say
) -> dict[str, Share]:
    """Measure a model on the held-out pairs of an artefact.

    Raises:
        ConfigurationError: no such model or artefact, or no pair is held out.
    """
    open_card(pairs, "pairs")
    held_out = read_pairs(pairs / HELD_OUT)
    if not held_out:
        raise ConfigurationError(f"{pairs} holds out no pair; make the pairs again with a higher --held-out")
    torch = need("torch")
    if threads is not None:
        torch.set_num_threads(threads)
    tuned = load_fine_tuned(model, "fp32", say=say)
    return pair_accuracies(tuned, held_out, max_length)
