"""Turns what the E2B library raises into our errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from codesteer.errors import ConfigurationError, SandboxError, one_line

SIGN_UP = "set E2B_API_KEY to a key from https://e2b.dev/dashboard"


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Translate what the library raises.

    The library's exceptions have no common base, and a connection that breaks off shows as the HTTP client's own.

    Args:
        doing: what was tried, for the message.

    Raises:
        ConfigurationError: the key is missing or refused.
        SandboxError: everything else.
    """
    import httpx
    from e2b import AuthenticationException, SandboxException
    from e2b.exceptions import ServiceBusyException

    try:
        yield
    except AuthenticationException as error:
        message = f"E2B refuses the key: {SIGN_UP} ({one_line(error)})"
        raise ConfigurationError(message) from error
    except (SandboxException, ServiceBusyException, httpx.HTTPError, OSError) as error:
        message = f"E2B failed {doing}: {one_line(error)}"
        raise SandboxError(message) from error


def is_passing(error: BaseException) -> bool:
    """Tell whether the library's exception means that the same call may succeed a little later."""
    import httpx
    from e2b import RateLimitException
    from e2b.exceptions import ServiceBusyException

    return isinstance(error, (RateLimitException, ServiceBusyException, httpx.TransportError))
