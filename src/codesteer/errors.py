"""The exceptions of codesteer: failures that are not a model's own mistake.

::

    CodeSteerError
    ├── ConfigurationError          the user can fix it: invalid option, unknown name, missing package or key
    │   └── UnsupportedError        the object does not support the operation; also a NotImplementedError
    ├── DataError                   the official data cannot be downloaded, or has changed
    ├── ModelError                  a call to a model failed
    │   ├── ModelUnavailableError   endpoint down, timed out or overloaded: retry
    │   ├── ModelRefusedError       the endpoint refused the request: key, quota, context length
    │   └── ModelFileError          a model file is missing, truncated or corrupt
    ├── SandboxError                the sandbox itself failed, not the program
    │   └── SandboxUnavailableError this machine cannot isolate programs as requested
    ├── ServerError                 a request to a LangGraph server, or a run on it, failed
    │   └── ServerUnavailableError  the server is down or overloaded: retry
    ├── StoreError                  the store of experience failed
    └── TrainingError               training ran out of memory, or its data teach nothing

A failing program does not raise: its ``ExecutionResult`` is evidence for the guide.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError

__all__ = [
    "CodeSteerError",
    "ConfigurationError",
    "DataError",
    "ModelError",
    "ModelFileError",
    "ModelRefusedError",
    "ModelUnavailableError",
    "SandboxError",
    "SandboxUnavailableError",
    "ServerError",
    "ServerUnavailableError",
    "StoreError",
    "TrainingError",
    "UnsupportedError",
]

LINE_LENGTH = 300


def first_line(problem: BaseException | str) -> str:
    """Return the first line of a problem, at most 300 characters; for an exception without text, its type."""
    lines = str(problem).strip().splitlines()
    return lines[0][:LINE_LENGTH] if lines else _type_name(problem)


def one_line(problem: BaseException | str) -> str:
    """Return a problem on one line; for an exception without text, its type."""
    return " ".join(str(problem).split()) or _type_name(problem)


def first_error(error: "ValidationError") -> str:
    """Name the first invalid field of a value and what is wrong with it."""
    fault = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown field {field!r}"
    return f"{field}: {fault['msg']}" if field else str(fault["msg"])


def _type_name(problem: BaseException | str) -> str:
    return "unknown" if isinstance(problem, str) else type(problem).__name__


class CodeSteerError(RuntimeError):
    """Base of all errors that codesteer raises; the message is one line that says what to do.

    It is a RuntimeError because LangGraph's server shows clients only the messages of built-in exceptions.
    """


class ConfigurationError(CodeSteerError):
    """A setting is invalid, or something it needs is missing; the user can fix it."""


class UnsupportedError(ConfigurationError, NotImplementedError):
    """The object does not support an operation; the message names an alternative."""


class DataError(CodeSteerError):
    """The official data cannot be downloaded, or has changed."""


class ModelError(CodeSteerError):
    """A call to a model failed."""


class ModelUnavailableError(ModelError):
    """The model's endpoint is down, timed out or overloaded; a retry may succeed."""


class ModelRefusedError(ModelError):
    """The model's endpoint refused the request: invalid key, exhausted quota, context too long."""


class ModelFileError(ModelError):
    """A model file is missing, truncated or corrupt, or cannot be downloaded."""


class SandboxError(CodeSteerError):
    """The sandbox itself failed; this says nothing about the program."""


class SandboxUnavailableError(SandboxError):
    """This machine cannot isolate programs as requested."""


class ServerError(CodeSteerError):
    """A request to a LangGraph server, or a run on it, failed."""


class ServerUnavailableError(ServerError):
    """The server is down or overloaded; a retry may succeed."""


class StoreError(CodeSteerError):
    """The store of experience failed, or took too long."""


class TrainingError(CodeSteerError):
    """Training cannot continue: it is out of memory, or its data teach nothing."""
