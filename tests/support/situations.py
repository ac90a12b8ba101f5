"""Situations for guides to decide on."""

from codesteer.guides.decision import Attempt, Situation

START = Situation(question="How many primes are below 20?", turns_left=5)


def later(*attempts: Attempt) -> Situation:
    return Situation(question=START.question, attempts=attempts, turns_left=5 - len(attempts))
