"""What the files of a plan hold: digests of model files and official items, so that no folder mixes two contents."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from codesteer.evals.items import item_name, items_at
from codesteer.evals.methods.registry import load_method
from codesteer.evals.plan import Plan
from codesteer.models.model_content import model_content
from codesteer.symbench import Item, to_record
from codesteer.symbench.seeds import SPLITS

DIGEST_LENGTH = 16


def with_contents(plan: Plan) -> Plan:
    """Return the plan with the digests of its files.

    Raises:
        ConfigurationError: missing official data.
        ModelFileError: a model file is missing or cannot be read.
    """
    return replace(plan, model_files=_model_files(plan), items=_items(plan))


def _model_files(plan: Plan) -> dict[str, str]:
    """Return the digests of the model's and the guides' files; a server has its own."""
    if plan.graph_url is not None:
        return {}
    guides = (load_method(method).guide for method in plan.methods)
    contents = {name: model_content(name) for name in (plan.model, *guides) if name}
    return {name: content for name, content in contents.items() if content}


def _items(plan: Plan) -> dict[str, str]:
    """Return the digests of official items; seed and version determine generated ones."""
    if plan.selection.source in SPLITS:
        return {}
    return {item_name(item): _digest(item) for item in items_at(plan.selection, plan.item_indexes)}


def _digest(item: Item[Any, Any]) -> str:
    record = json.dumps(to_record(item), sort_keys=True)
    return hashlib.sha256(record.encode()).hexdigest()[:DIGEST_LENGTH]
