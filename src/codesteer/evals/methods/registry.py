"""The methods by name."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.evals.methods.choices import Choice, CodeTextSum
from codesteer.evals.methods.rounds import AUTOGEN, CODEACT
from codesteer.evals.methods.script import Script, build_script
from codesteer.evals.methods.single import CODE, QUESTION, TEXT
from codesteer.graph.workflow import Graph, create_codesteer
from codesteer.nodes.runtime import Resources

Build = Callable[[Resources], Graph]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to answer questions: a graph, and what it sets in the run's context."""

    name: str
    description: str
    build: Build
    guide: str | None = None
    """The guide's name, for steering methods."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Context fields that make the method what it is."""


SCRIPTS: Mapping[str, tuple[Script, str]] = {
    "question": (QUESTION, "the question alone, answered in one reply"),
    "text": (TEXT, "reasoning in words, no code"),
    "code": (CODE, "reasoning, then one program, which is run"),
    "code_text_sum": (CodeTextSum(), "a program, an answer in words, and a summary that picks"),
    "choice": (Choice(), "the model chooses text or code once, then answers"),
    "codeact": (CODEACT, "one model writes, runs and revises programs by itself"),
    "autogen": (AUTOGEN, "one system prompt leaves code or text to the model, several rounds"),
}
STEERING: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "steer": ("steering with both checkers", {}),
    "steer-no-code-check": ("steering without the symbolic checker", {"check_code": False}),
    "steer-no-answer-check": ("steering without the self-answer checker", {"check_answer": False}),
    "steer-no-checks": ("steering without checkers", {"check_code": False, "check_answer": False}),
}
FORMS = ", ".join([*SCRIPTS, *(f"{kind}:GUIDE" for kind in STEERING)])


def load_method(name: str) -> Method:
    """Return the method of a name: a script's, or ``steer:GUIDE`` and its ablations.

    Raises:
        ConfigurationError: there is no such method.
    """
    if name in SCRIPTS:
        script, description = SCRIPTS[name]
        return Method(name=name, description=description, build=partial(build_script, script))
    kind, separator, guide = name.partition(":")
    if kind in STEERING and guide:
        description, settings = STEERING[kind]
        return Method(
            name=name,
            description=f"{description}, guide: {guide}",
            build=_steering,
            guide=guide,
            settings=settings,
        )
    raise ConfigurationError(_unknown(name, kind, bool(separator)))


def _steering(resources: Resources) -> Graph:
    return create_codesteer(
        task_model=resources.task_model,
        guide=resources.guide,
        checker_model=resources.checker_model,
        sandbox=resources.sandbox,
    )


def _unknown(name: str, kind: str, separated: bool) -> str:
    if kind in STEERING:
        return f"{name!r} names no guide; write {kind}:rules or {kind}:MODEL"
    near = [] if separated else difflib.get_close_matches(name, [*SCRIPTS, *STEERING], n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"no method is called {name!r}; {hint}there are {FORMS}"
