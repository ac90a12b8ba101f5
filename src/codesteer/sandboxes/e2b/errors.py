"""Translate the E2B library's exceptions."""

from collections.abc import Iterator
from contextlib import contextmanager

from codesteer.errors import CodeSteerError, ConfigurationError, SandboxError, one_line

KEY_HINT = "set E2B_API_KEY to a key from https://e2b.dev/dashboard"


@contextmanager
def translated_errors(action: str) -> Iterator[None]:
    """Translate the library's exceptions into codesteer's.

    The library's exceptions have no common base class: a lost connection raises the HTTP client's, an odd reply any.

    Args:
        action: what the library was asked to do, for the message.

    Raises:
        ConfigurationError: the API key is missing or was rejected.
        SandboxError: any other failure.
    """
    from e2b import AuthenticationException

    try:
        yield
    except CodeSteerError:
        raise
    except AuthenticationException as error:
        message = f"E2B rejected the API key: {KEY_HINT} ({one_line(error)})"
        raise ConfigurationError(message) from error
    except Exception as error:
        message = f"E2B failed {action}: {one_line(error)}"
        raise SandboxError(message) from error


def is_transient(error: BaseException) -> bool:
    """Return whether a retry may succeed after this exception of the library."""
    import httpx
    from e2b import RateLimitException
    from e2b.exceptions import ServiceBusyException

    return isinstance(error, (RateLimitException, ServiceBusyException, httpx.TransportError))
