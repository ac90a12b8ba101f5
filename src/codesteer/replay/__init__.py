"""Counterfactual replay: how a finished run would have ended with another decision."""

from codesteer.replay.branch import Branch, Replay
from codesteer.replay.fork import replay
from codesteer.replay.pairs import preference_pair
from codesteer.replay.run_store import context_metadata

__all__ = ["Branch", "Replay", "context_metadata", "preference_pair", "replay"]
