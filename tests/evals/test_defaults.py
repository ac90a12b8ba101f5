"""What a comparison does without being told."""

from pathlib import Path
from typing import Any

import pytest

from codesteer.cli.eval import _default_concurrency
from codesteer.evals.plan import new_plan
from codesteer.evals.runner import _rounds
from codesteer.evals.selection import ItemSelection
from codesteer.models.server import SLOTS


@pytest.mark.parametrize(
    ("model", "graph_url", "expected"),
    [
        ("local", None, SLOTS),
        ("models/my.gguf", None, SLOTS),
        ("http://127.0.0.1:9/v1#m", None, 1),
        ("openai:gpt-4o", None, 1),
        ("local", "http://127.0.0.1:2024", 1),
    ],
)
def test_a_model_in_this_process_gets_as_many_problems_as_its_server_has_slots(
    model: str, graph_url: str | None, expected: int
) -> None:
    assert _default_concurrency(model, graph_url) == expected


def test_the_first_items_can_be_left_out(tmp_path: Path) -> None:
    selection = ItemSelection(tasks=("number_multiply",), source="dev")
    fields: dict[str, Any] = {"methods": ("code",), "model": "local", "selection": selection}
    everything = _rounds(new_plan(**fields, samples=3), tmp_path, {})
    later = _rounds(new_plan(**fields, first=1, samples=2), tmp_path, {})
    names = [[sample.id for sample in task.dataset] for task in everything]
    assert [[sample.id for sample in task.dataset] for task in later] == names[1:]
