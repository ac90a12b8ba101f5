"""Counterfactual replay: what a finished run would have come to, had the guide decided otherwise."""

from codesteer.replay.branch import Branch, Replay
from codesteer.replay.fork import replay
from codesteer.replay.kept import keeping
from codesteer.replay.pairs import preference_pair

__all__ = ["Branch", "Replay", "keeping", "preference_pair", "replay"]
