"""Inputs for guides."""

from codesteer.guides.attempt import Attempt
from codesteer.guides.port import GuideInput

START = GuideInput(question="How many primes are below 20?", turns_left=5)


def later(*attempts: Attempt) -> GuideInput:
    return GuideInput(question=START.question, attempts=attempts, turns_left=5 - len(attempts))
