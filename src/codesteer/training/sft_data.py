"""Write the SFT data: the selected conversations, split into training and held-out rows, and their statistics."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from codesteer.training.artefact import Card, finish_artefact, new_artefact, parent_of
from codesteer.training.conversations import Conversation, ConversationSelection, select_conversations
from codesteer.training.sft_statistics import write_statistics
from codesteer.training.split import split_by_question
from codesteer.training.trajectories import load_trees


def build_sft_data(trajectories: Path, out: Path, selection: ConversationSelection) -> Card:
    """Write the artefact: ``train.jsonl``, ``heldout.jsonl`` and a page of statistics.

    Raises:
        ConfigurationError: unfinished trajectories, or the output exists.
        TrainingError: nothing to learn from, see ``select_conversations``.
    """
    source, trees = load_trees(trajectories)
    kept = select_conversations(trees, selection)
    parts = split_by_question(kept, selection.held_out, "conversations")
    with new_artefact(out) as folder:
        parts.write(folder, asdict)
        write_statistics(folder, trees, kept)
        counts = {**parts.counts, **count_conversations(kept)}
        card = Card(
            kind="conversations",
            config=selection.model_dump(mode="json"),
            counts=counts,
            parents=(parent_of(trajectories, source),),
        )
        return finish_artefact(folder, out, card)


def count_conversations(rows: Sequence[Conversation]) -> dict[str, Any]:
    """Count the conversations by task, first choice and number of turns."""
    return {
        "by task": dict(sorted(Counter(one.task for one in rows).items())),
        "by first choice": dict(sorted(Counter(one.first_choice for one in rows).items())),
        "by turns": {
            str(turns): number for turns, number in sorted(Counter(one.turns for one in rows).items())
        },
    }
