"""The exception tree: what can go wrong that is not a model's own mistake.

::

    CodeSteerError
    ├── ConfigurationError          the user can fix it: wrong option, unknown name, missing package or key
    │   └── UnsupportedError        asked of an object that cannot do it; a NotImplementedError as well
    ├── DataError                   official data cannot be fetched, or is not what it was
    ├── ModelError                  a model could not be asked
    │   ├── ModelUnavailableError   endpoint down, timed out or overloaded: worth another try
    │   ├── ModelRefusedError       the endpoint refused the request: key, quota, context length
    │   └── ModelFileError          the embedded model's file is missing, truncated or corrupt
    ├── SandboxError                the sandbox itself failed, not the program in it
    │   └── SandboxUnavailableError this machine cannot isolate programs as asked
    ├── ServerError                 a deployed LangGraph server could not be asked, or a run on it failed
    │   └── ServerUnavailableError  it is down or overloaded: worth another try
    └── TrainingError               a training ran out of memory, or learns nothing from what it was given

A program that fails is not an exception: it is evidence, an ``ExecutionResult``.
"""

LINE_LENGTH = 300


def first_line(problem: BaseException | str) -> str:
    """Return the first line of what went wrong, cut to 300 characters; an exception without text gives its kind."""
    lines = str(problem).strip().splitlines()
    return lines[0][:LINE_LENGTH] if lines else _kind(problem)


def one_line(problem: BaseException | str) -> str:
    """Return all of what went wrong as one line; an exception without text gives its kind."""
    return " ".join(str(problem).split()) or _kind(problem)


def _kind(problem: BaseException | str) -> str:
    return "unknown" if isinstance(problem, str) else type(problem).__name__


class CodeSteerError(RuntimeError):
    """Base of every error that codesteer raises on purpose; its text is one line that says what to do.

    A RuntimeError, because LangGraph's server shows clients the text of no other exceptions but Python's own.
    """


class ConfigurationError(CodeSteerError):
    """A setting is wrong or something it needs is missing; the user can fix it."""


class UnsupportedError(ConfigurationError, NotImplementedError):
    """Something was asked that this object cannot do; says what to use instead."""


class DataError(CodeSteerError):
    """Official data cannot be fetched, or is not what it was before."""


class ModelError(CodeSteerError):
    """A model could not be asked."""


class ModelUnavailableError(ModelError):
    """The model's endpoint is down, timed out or overloaded; another try may succeed."""


class ModelRefusedError(ModelError):
    """The model's endpoint refused the request: bad key, spent quota, too long a context."""


class ModelFileError(ModelError):
    """The embedded model's file is missing, truncated or corrupt, or cannot be fetched."""


class SandboxError(CodeSteerError):
    """The sandbox itself failed; says nothing about the program it was to run."""


class SandboxUnavailableError(SandboxError):
    """This machine cannot isolate programs in the way that was asked for."""


class ServerError(CodeSteerError):
    """A deployed LangGraph server could not be asked, or a run on it failed."""


class ServerUnavailableError(ServerError):
    """The server is down or overloaded; another try may succeed."""


class TrainingError(CodeSteerError):
    """A training cannot go on: out of memory, or nothing to learn in its data."""
