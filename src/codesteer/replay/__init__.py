"""Counterfactual replay: how a finished run would have ended with another decision."""

from codesteer.replay.branch import Branch, Replay
from codesteer.replay.fork import replay
from codesteer.replay.pairs import preference_pair

__all__ = ["Branch", "Replay", "preference_pair", "replay"]
