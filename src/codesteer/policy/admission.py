"""Check a run's context against the operator's policy; reads the disk only to resolve links in the model folder."""

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.files import user_path
from codesteer.graph.context import Context
from codesteer.models.address import (
    IN_PROCESS_PREFIX,
    Address,
    is_address,
    is_local_name,
    is_public,
    parse_model_url,
)
from codesteer.models.endpoint import split_adapter
from codesteer.models.store import MODEL_FILES
from codesteer.policy.policy import LIMIT_FIELDS, PUBLIC, Policy, variable_name
from codesteer.sandboxes.factory import KINDS
from codesteer.settings import Settings

MODEL_FIELDS = ("task_model", "guide", "checker_model")
"""The fields of a context that name a model."""
GGUF_SUFFIX = ".gguf"
MAX_SHOWN_LENGTH = 100
"""Characters of a refused value that errors show."""


def admit(policy: Policy, context: Context) -> Context:
    """Return the context with the operator's limits filled in where it sets none.

    Raises:
        ConfigurationError: the policy forbids a value; the error names the field and the setting that would allow it.
    """
    for field in MODEL_FIELDS:
        name = getattr(context, field)
        if name is not None and not (field == "guide" and name == "rules"):
            _require_model(policy, field, name)
    if not _matches_any(context.sandbox, policy.sandboxes):
        kind = context.sandbox.partition(":")[0]
        unknown = "" if kind in KINDS else f"unknown sandbox {kind[:MAX_SHOWN_LENGTH]!r}: "
        raise _refusal("sandbox", context.sandbox, "sandboxes", policy.sandboxes, unknown)
    return context.model_copy(update=_limits(policy, context))


def is_listed_endpoint(policy: Policy, name: str) -> bool:
    """Return whether the operator's policy lists an endpoint by its address."""
    address, _ = parse_model_url(name)
    return any(pattern.matches(address) for pattern in policy.endpoint_patterns())


def _limits(policy: Policy, context: Context) -> Mapping[str, Any]:
    """Return the fields to change: unset ones, and defaults above the limit, which the caller may not have chosen."""
    changes: dict[str, Any] = {}
    for field in LIMIT_FIELDS:
        limit, value = getattr(policy, field), getattr(context, field)
        if limit is None or (value is not None and value <= limit):
            continue
        if value is not None and value != Context.model_fields[field].default:
            raise ConfigurationError(
                f"{field}: {value} is above this server's limit of {limit}; its operator can raise the limit with "
                f"{variable_name(field)}"
            )
        changes[field] = limit
    return changes


def _require_model(policy: Policy, field: str, name: str) -> None:
    if is_address(name):
        _require_endpoint(policy, field, name)
    elif not _matches_any(name, policy.models) and not _in_model_folder(name):
        raise _refusal(field, name, "models", policy.models, _unknown_provider(policy, name))


def _require_endpoint(policy: Policy, field: str, name: str) -> None:
    try:
        address, _ = parse_model_url(name)
    except ConfigurationError as error:
        raise ConfigurationError(f"{field}: {error}") from error
    if is_listed_endpoint(policy, name) or (PUBLIC in policy.endpoints and _may_be_public(address)):
        return
    raise _refusal(field, address.origin, "endpoints", policy.endpoints)


def _may_be_public(address: Address) -> bool:
    """Return whether an address may be public; host names are resolved later, by ``codesteer.nodes.runtime``."""
    return is_public(address.ip) if address.ip is not None else not is_local_name(address.host)


def _in_model_folder(name: str) -> bool:
    """Return whether a name refers to a model file or fine-tuned guide in the model folder, links resolved."""
    if name.startswith(IN_PROCESS_PREFIX):
        path = name.removeprefix(IN_PROCESS_PREFIX).partition("#")[0]
        return os.path.isabs(os.path.expanduser(path)) and _is_below(path)
    if not name.endswith(GGUF_SUFFIX):
        return False
    base, adapter = split_adapter(name)
    known = base == "local" or base in MODEL_FILES
    return (known or _is_below(base)) and (not adapter or _is_below(adapter))


def _is_below(path: str) -> bool:
    try:
        folder = Settings.from_environment().model_dir.resolve()
        return user_path(path).resolve().is_relative_to(folder)
    except (OSError, ValueError, RuntimeError):  # a ConfigurationError is a RuntimeError
        return False


def _matches_any(name: str, patterns: tuple[str, ...]) -> bool:
    # "openai:*" must not match "openai:x.gguf", which is the path of a file.
    suffix = GGUF_SUFFIX if name.endswith(GGUF_SUFFIX) else ""
    return any(fnmatchcase(name, pattern) and pattern.endswith(suffix) for pattern in patterns)


def _unknown_provider(policy: Policy, name: str) -> str:
    """Return an error prefix if no pattern of the policy has the model's provider; empty otherwise."""
    provider, separator, _ = name.partition(":")
    known = {entry.partition(":")[0] for entry in policy.models}
    if not separator or provider in known or name.startswith(IN_PROCESS_PREFIX) or name.endswith(GGUF_SUFFIX):
        return ""
    return f"unknown model provider {provider[:MAX_SHOWN_LENGTH]!r}: "


def _refusal(
    field: str, value: str, policy_field: str, allowed: tuple[str, ...], unknown: str = ""
) -> ConfigurationError:
    shown = ", ".join(allowed) or "nothing"
    return ConfigurationError(
        f"{field}: {unknown}{value[:MAX_SHOWN_LENGTH]!r} is not allowed on this server ({shown}); its operator "
        f"can add it to {variable_name(policy_field)}"
    )
