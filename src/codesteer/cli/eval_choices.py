"""The methods of ``codesteer eval run``, and options that nothing would use."""

import typer

from codesteer.errors import ConfigurationError
from codesteer.evals.methods.names import STEERING_METHODS, uses_experience
from codesteer.evals.selection import Source, split_names

DEFAULT_METHODS, SERVER_METHODS = "question,code,codeact,steer", "steer"
"""The methods that are compared by default: locally, and on a server."""
DEFAULT_GUIDE = "rules"
NOT_GENERATED: tuple[Source, ...] = ("official", "verified")


def choose_methods(listed: str, guide: str | None) -> tuple[str, ...]:
    """Return the listed methods, each once; steering methods that name no guide get one.

    Args:
        listed: comma-separated names.
        guide: the value of ``--guide``; None for the rules.

    Raises:
        ConfigurationError: a guide that no method needs.
    """
    names = split_names(listed)
    if guide is not None and not any(name in STEERING_METHODS for name in names):
        raise ConfigurationError(
            f"no method uses --guide {guide}; omit it, or add a steering method without a guide, such as steer, "
            "to --methods"
        )
    used = DEFAULT_GUIDE if guide is None else guide
    return tuple(dict.fromkeys(f"{name}:{used}" if name in STEERING_METHODS else name for name in names))


def require_used(
    context: typer.Context, source: Source, methods: tuple[str, ...] = (), *, stream: bool = False
) -> None:
    """Refuse options on the command line that have no effect on these items and methods.

    Raises:
        ConfigurationError: such an option was given; an environment variable may stay set for other runs.
    """
    generated = source not in NOT_GENERATED
    learns = stream and any(map(uses_experience, methods))
    reasons = {
        "official": f"--split {source} generates its items; omit --official, or add --split official"
        if generated
        else None,
        "level": None if generated else f"--split {source} has no levels; omit --level",
        "seed": None if generated or stream else f"--split {source} draws no items; omit --seed",
        "namespace": None
        if learns or context.params.get("experience")
        else "no store uses --namespace; omit it",
    }
    for name, reason in reasons.items():
        if reason and _is_on_command_line(context, name):
            raise ConfigurationError(reason)


def _is_on_command_line(context: typer.Context, name: str) -> bool:
    # By its name: newer versions of Typer have a copy of Click's enumeration.
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
