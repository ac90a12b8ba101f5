"""How often a classifying guide scores the right choice highest, or the better of two higher."""

from collections.abc import Mapping, Sequence

from codesteer.models.adapters import FineTuned
from codesteer.models.classifier import score_rows
from codesteer.models.libraries import import_library
from codesteer.training.choice_rows import NO_LABEL, ChoiceRow
from codesteer.training.proportion import Proportion


def choice_accuracies(tuned: FineTuned, rows: Sequence[ChoiceRow]) -> Mapping[str, Proportion]:
    """Return how often the right class scores highest, or the better one higher; empty without rows."""
    if not rows:
        return {}
    scores = row_scores(tuned, rows)
    if rows[0].rejected == NO_LABEL:
        right = sum(one.index(max(one)) == row.chosen for one, row in zip(scores, rows, strict=True))
        return {"choice accuracy": Proportion(right, len(rows))}
    better = sum(one[row.chosen] > one[row.rejected] for one, row in zip(scores, rows, strict=True))
    return {"pair accuracy, choices": Proportion(better, len(rows))}


def row_scores(tuned: FineTuned, rows: Sequence[ChoiceRow]) -> list[list[float]]:
    """Score rows one by one: long rows would fill the memory in a batch."""
    torch = import_library("torch")
    was_training = tuned.model.training
    tuned.model.eval()
    with torch.inference_mode():
        scores = [score_rows(tuned, [row.input_ids])[0].tolist() for row in rows]
    tuned.model.train(was_training)
    return scores
