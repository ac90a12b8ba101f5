"""Look up methods by name."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.evals.methods.choices import CodeTextSummary, TextOrCodeChoice
from codesteer.evals.methods.mixture import MIXTURE_SETTINGS, build_mixture
from codesteer.evals.methods.multi_turn import AUTOGEN, CODEACT
from codesteer.evals.methods.names import (
    METHOD_FORMS,
    MIXTURE,
    PARALLEL_METHODS,
    SCRIPTED_METHODS,
    STEERING_METHODS,
    TOKEN_VOTE,
)
from codesteer.evals.methods.script import Script, build_script, script_settings
from codesteer.evals.methods.single_turn import CODE, QUESTION, TEXT
from codesteer.evals.methods.voting import (
    MAX_PROGRAMS,
    MAX_WAVE,
    TokenVotingGuide,
    VotingGuide,
    build_voting,
    voting_programs,
    voting_reference,
    voting_settings,
)
from codesteer.graph.builder import Graph
from codesteer.graph.workflow import create_codesteer
from codesteer.nodes.runtime import Resources

GraphBuilder = Callable[[Resources], Graph]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to answer questions: a graph and its settings."""

    name: str
    description: str
    build: GraphBuilder
    guide: str | None = None
    """The guide of a steering method."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Context fields that the method sets."""
    reference: str | None = None
    """The method whose tokens on a problem are this method's budget there; None for the run's own budget."""


SCRIPTS: Mapping[str, Script] = {
    script.name: script
    for script in (QUESTION, TEXT, CODE, CodeTextSummary(), TextOrCodeChoice(), CODEACT, AUTOGEN)
}


def load_method(name: str) -> Method:
    """Return the method with this name: a scripted or parallel one, or ``steer:GUIDE`` and its ablations.

    Raises:
        ConfigurationError: unknown method.
    """
    if name in SCRIPTED_METHODS:
        script = SCRIPTS[name]
        return Method(
            name=name,
            description=SCRIPTED_METHODS[name],
            build=partial(build_script, script),
            settings=script_settings(script),
        )
    if (parallel := _load_parallel(name)) is not None:
        return parallel
    kind, separator, guide = name.partition(":")
    if kind in STEERING_METHODS and guide:
        description, settings = STEERING_METHODS[kind]
        return Method(
            name=name,
            description=f"{description}, guide: {guide}",
            build=_steering,
            guide=guide,
            settings=settings,
        )
    raise ConfigurationError(_unknown_method(name, kind, bool(separator)))


def _load_parallel(name: str) -> Method | None:
    if name == MIXTURE:
        return Method(
            name=name,
            description=PARALLEL_METHODS[MIXTURE],
            build=build_mixture,
            settings=MIXTURE_SETTINGS,
        )
    if (programs := voting_programs(name)) is not None:
        return Method(
            name=name,
            description=PARALLEL_METHODS["vote:N"],
            build=partial(build_voting, VotingGuide(programs)),
            settings=voting_settings(programs),
        )
    if (reference := voting_reference(name)) is None:
        return None
    return Method(
        name=name,
        description=PARALLEL_METHODS[TOKEN_VOTE],
        build=partial(build_voting, TokenVotingGuide()),
        settings=voting_settings(MAX_PROGRAMS, MAX_WAVE),
        reference=load_method(reference).name,
    )


def _steering(resources: Resources) -> Graph:
    return create_codesteer(
        task_model=resources.task_model,
        guide=resources.guide,
        checker_model=resources.checker_model,
        sandbox=resources.sandbox,
    )


def _unknown_method(name: str, kind: str, separated: bool) -> str:
    if kind in STEERING_METHODS:
        return f"{name!r} has no guide; write {kind}:rules or {kind}:MODEL"
    known = [*SCRIPTED_METHODS, *PARALLEL_METHODS, *STEERING_METHODS]
    near = [] if separated else difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"unknown method {name!r}; {hint}choose one of {METHOD_FORMS}"
