"""The names and descriptions of all methods; ``registry`` builds them, which takes LangGraph."""

import hashlib
from collections.abc import Mapping
from typing import Any

SCRIPTED_METHODS: Mapping[str, str] = {
    "question": "the bare question, one reply",
    "text": "reasoning in words, no code",
    "code": "reasoning, then one program, which is run",
    "code_text_sum": "a program, an answer in words, and a summary that chooses",
    "choice": "the model chooses text or code once, then answers",
    "codeact": "one model writes, runs and revises programs on its own",
    "autogen": "one system prompt lets the model choose code or text, several rounds",
}
EXPERIENCE = "steer+experience"
"""Steering that recalls from a store of experience."""
STEERING_METHODS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "steer": ("steering with both checkers", {"check_answer": True}),
    "steer-no-code-check": (
        "steering without the symbolic checker",
        {"check_code": False, "check_answer": True},
    ),
    "steer-no-answer-check": ("steering without the self-answer checker", {"check_answer": False}),
    "steer-no-checks": ("steering without checkers", {"check_code": False, "check_answer": False}),
    EXPERIENCE: (
        "steering without the self-answer checker, with the experience in a store (--experience)",
        {"check_answer": False},
    ),
}
"""Description and context fields of each kind of steering."""
TOKEN_VOTE = "vote:tokens"  # noqa: S105 (a method's name)
DEFAULT_REFERENCE = "steer:rules"
"""The method whose tokens are the budget of ``vote:tokens``."""
MIXTURE = "mixture"
PARALLEL_METHODS: Mapping[str, str] = {
    "vote:N": "N independent programs (2 to 8) and the answer that most of them print",
    TOKEN_VOTE: f"as many as fit into the tokens that {DEFAULT_REFERENCE} (or METHOD, {TOKEN_VOTE}:METHOD) used",
    MIXTURE: "text, code and code after text answer, see each other's answers, answer again and vote",
}
MAX_SLUG_LENGTH = 60
METHOD_FORMS = ", ".join(
    [*SCRIPTED_METHODS, *PARALLEL_METHODS, *(f"{kind}:GUIDE" for kind in STEERING_METHODS)]
)


def method_slug(method: str) -> str:
    """Return a method's name for files and tasks, in letters, digits and dashes.

    Long names, and those with other signs than the methods' own, end in a hash: two guides never share a file.
    """
    slug = "".join(char if char.isalnum() else "-" for char in method)
    if len(slug) <= MAX_SLUG_LENGTH and all(char.isalnum() or char in ":+-" for char in method):
        return slug
    return f"{slug[:MAX_SLUG_LENGTH]}-{hashlib.sha256(method.encode()).hexdigest()[:8]}"


def uses_experience(method: str) -> bool:
    """Return whether a method recalls from a store of experience."""
    return method.startswith(f"{EXPERIENCE}:")
