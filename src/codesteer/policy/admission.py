"""Holding a run's context against the operator's policy; pure but for a look at links below the model folder."""

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.files import user_path
from codesteer.graph.context import Context
from codesteer.models.address import Address, is_address, is_local_name, is_public, read_name
from codesteer.models.endpoint import split_adapter
from codesteer.models.store import MODEL_FILES
from codesteer.policy.policy import BOUNDS, PUBLIC, Policy, setting
from codesteer.sandboxes.factory import KINDS
from codesteer.settings import Settings

MODELS = ("task_model", "guide", "checker_model")
"""The fields of a context that name a model."""
HUGGING_FACE, MODEL_FILE = "hf:", ".gguf"
SHOWN = 100
"""Characters of a refused value that an error repeats."""


def admit(policy: Policy, context: Context) -> Context:
    """Return the context as the policy lets it run: what it leaves open takes the operator's bound.

    Raises:
        ConfigurationError: a value that the policy does not allow; names the field and the setting that would allow it.
    """
    for field in MODELS:
        name = getattr(context, field)
        if name is not None and not (field == "guide" and name == "rules"):
            _require_model(policy, field, name)
    if not _listed(context.sandbox, policy.sandboxes):
        kind = context.sandbox.partition(":")[0]
        unknown = "" if kind in KINDS else f"unknown sandbox {kind[:SHOWN]!r}: "
        raise _refused("sandbox", context.sandbox, "sandboxes", policy.sandboxes, unknown)
    return context.model_copy(update=_bounds(policy, context))


def lists_endpoint(policy: Policy, name: str) -> bool:
    """True if the operator listed an endpoint by its address, wherever that leads."""
    address, _ = read_name(name)
    return any(place.covers(address) for place in policy.places())


def _bounds(policy: Policy, context: Context) -> Mapping[str, Any]:
    """Return the fields to change: those left open, and defaults above the bound, which nobody may have chosen."""
    changes: dict[str, Any] = {}
    for field in BOUNDS:
        bound, value = getattr(policy, field), getattr(context, field)
        if bound is None or (value is not None and value <= bound):
            continue
        if value is not None and value != Context.model_fields[field].default:
            raise ConfigurationError(
                f"{field}: {value} is above the {bound} that this server allows; its operator can raise it with "
                f"{setting(field)}"
            )
        changes[field] = bound
    return changes


def _require_model(policy: Policy, field: str, name: str) -> None:
    if is_address(name):
        _require_endpoint(policy, field, name)
    elif not _listed(name, policy.models) and not _in_model_folder(name):
        raise _refused(field, name, "models", policy.models, _unknown_provider(policy, name))


def _require_endpoint(policy: Policy, field: str, name: str) -> None:
    try:
        address, _ = read_name(name)
    except ConfigurationError as error:
        raise ConfigurationError(f"{field}: {error}") from error
    if lists_endpoint(policy, name) or (PUBLIC in policy.endpoints and _may_be_public(address)):
        return
    raise _refused(field, address.origin, "endpoints", policy.endpoints)


def _may_be_public(address: Address) -> bool:
    """What a name stands for shows when it is looked up; see ``Resources`` in ``codesteer.nodes.runtime``."""
    return is_public(address.ip) if address.ip is not None else not is_local_name(address.host)


def _in_model_folder(name: str) -> bool:
    """True for model files and folders of fine-tuned guides below the model folder, wherever links lead."""
    if name.startswith(HUGGING_FACE):
        place = name.removeprefix(HUGGING_FACE).partition("#")[0]
        return os.path.isabs(os.path.expanduser(place)) and _is_below(place)
    if not name.endswith(MODEL_FILE):
        return False
    base, adapter = split_adapter(name)
    known = base == "local" or base in MODEL_FILES
    return (known or _is_below(base)) and (not adapter or _is_below(adapter))


def _is_below(place: str) -> bool:
    try:
        folder = Settings.from_environment().model_dir.resolve()
        return user_path(place).resolve().is_relative_to(folder)
    except (OSError, ValueError, RuntimeError):  # a ConfigurationError is a RuntimeError
        return False


def _listed(name: str, patterns: tuple[str, ...]) -> bool:
    # "openai:*" must not admit "openai:x.gguf", which is a file's path.
    ending = MODEL_FILE if name.endswith(MODEL_FILE) else ""
    return any(fnmatchcase(name, pattern) and pattern.endswith(ending) for pattern in patterns)


def _unknown_provider(policy: Policy, name: str) -> str:
    """Say so where it is the provider that this server has not heard of."""
    provider, separator, _ = name.partition(":")
    known = {entry.partition(":")[0] for entry in policy.models}
    if not separator or provider in known or name.startswith(HUGGING_FACE) or name.endswith(MODEL_FILE):
        return ""
    return f"unknown model provider {provider[:SHOWN]!r}: "


def _refused(
    field: str, value: str, list_: str, allowed: tuple[str, ...], unknown: str = ""
) -> ConfigurationError:
    listed = ", ".join(allowed) or "nothing"
    return ConfigurationError(
        f"{field}: {unknown}{value[:SHOWN]!r} is not among what this server allows ({listed}); its operator "
        f"can add it to {setting(list_)}"
    )
