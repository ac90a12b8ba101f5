"""An endpoint's address: read strictly, normalised, and classified by where it leads.

What is decided here is decided on exactly the text that the HTTP client connects to: an ``Address`` is rebuilt from its
checked parts, so that no second parser can read it differently.
"""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from codesteer.errors import ConfigurationError

SCHEMES = ("http://", "https://")
PORTS = {"http": 80, "https": 443}
LABELS = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*")
USER_INFO = re.compile(r"://[^/\s@]{1,2048}@")
LONGEST = 2048
LONGEST_NAME = 253
"""Of the domain name system."""
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain")
"""Top-level names that stand for this machine or the network around it."""
PUBLIC_V6 = IPv6Network("2000::/3")
TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"), IPv6Network("64:ff9b::/96"))
"""IPv6 ranges that carry an IPv4 address inside: Teredo, 6to4, NAT64."""
IP = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Address:
    """Scheme, host, port and path of an endpoint, without credentials."""

    scheme: str
    host: str
    """In lower case, without a trailing dot; a numeric host in its usual spelling."""
    port: int
    path: str
    """Without a slash at its end."""

    @property
    def origin(self) -> str:
        """The address without its path; the port is always written."""
        return f"{self.scheme}://{self._host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as it is connected to."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self._host}{port}{self.path}"

    @property
    def ip(self) -> IP | None:
        """The host where it is numeric, else None."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def _host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


KEY_BELONGS = (
    "put the key into an environment variable and name that variable for the endpoint in CODESTEER_ENDPOINT_KEYS "
    "(http(s)://host:port=VARIABLE)"
)


def read_address(text: str, what: str, remedy: str = KEY_BELONGS) -> Address:
    """Read ``http(s)://host[:port][/path]``.

    Args:
        text: the address; whatever stands in it is never repeated in an error, because it may be a secret.
        what: what the error calls it.
        remedy: where credentials belong instead.

    Raises:
        ConfigurationError: it is no such address, or it holds credentials or a query.
    """
    parts = _split(text, what)
    if "@" in parts.netloc or parts.query or "?" in text:
        raise ConfigurationError(f"{what} holds a user name, password or query; leave it out, {remedy}")
    scheme = parts.scheme.lower()
    path = parts.path.rstrip("/")
    if not PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ConfigurationError(f"{what} has a path with dots, spaces or escapes; write it plainly")
    return Address(scheme, _host(parts, what), _port(parts, what), path)


def is_address(name: str) -> bool:
    """True for ``http(s)://…``."""
    return name.lower().startswith(SCHEMES)


def read_name(name: str) -> tuple[Address, str]:
    """Divide ``http(s)://…#model`` into the address and the model's name.

    Raises:
        ConfigurationError: it names no model, or its address is none, or holds credentials.
    """
    place, _, model = name.partition("#")
    address = read_address(place, "the model's address")
    if not model:
        raise ConfigurationError(f"{address.url} names no model; write it behind a #: {address.url}#model")
    return address, model


def require_shown(name: str) -> None:
    """Make sure that the name of a model, a sandbox or a server can be shown, logged and kept.

    Raises:
        ConfigurationError: it is far too long, or holds credentials.
    """
    if len(name) > LONGEST:
        raise ConfigurationError(f"a name of more than {LONGEST} characters")
    if is_address(name):
        read_address(name.partition("#")[0], "the address")
    elif USER_INFO.search(name):
        raise ConfigurationError("an address with a user name or password; leave it out")


def is_public(ip: IP) -> bool:
    """True for addresses of the public internet: not of this machine, a private network, or a tunnel to either."""
    if isinstance(ip, IPv6Address) and (
        ip not in PUBLIC_V6 or any(ip in tunnel for tunnel in TUNNELS) or ip.is_site_local
    ):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def is_local_name(host: str) -> bool:
    """True for names that mean this machine or its network without asking any name server."""
    return "." not in host or host.rpartition(".")[2] in LOCAL_NAMES


def _split(text: str, what: str) -> SplitResult:
    sound = len(text) <= LONGEST and text.isprintable() and not re.search(r"[\s\\]", text)
    try:
        parts = urlsplit(text) if sound else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme.lower() not in PORTS or not parts.netloc:
        raise ConfigurationError(f"{what} is no address; write http(s)://host:port/path")
    return parts


def _host(parts: SplitResult, what: str) -> str:
    try:
        name = (parts.hostname or "").removesuffix(".")
        if ":" in name:
            if "%" in name:
                raise ValueError(name)
            return str(IPv6Address(name))
        name = name.encode("idna").decode() if not name.isascii() else name
        return _numeric(name) or _labels(name)
    except (ValueError, UnicodeError) as error:
        raise ConfigurationError(f"{what} names no valid host") from error


def _numeric(name: str) -> str | None:
    """Read all spellings of an IPv4 address that resolvers take: decimal, octal, hexadecimal, shortened."""
    if not re.fullmatch(r"[0-9a-fx.]+", name) or not name[:1].isdigit():
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        return None


def _labels(name: str) -> str:
    name = name.lower().removesuffix(".")
    if not LABELS.fullmatch(name) or len(name) > LONGEST_NAME:
        raise ValueError(name)
    return name


def _port(parts: SplitResult, what: str) -> int:
    try:
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"{what} has no valid port") from error
    if port == 0:
        raise ConfigurationError(f"{what} has no valid port")
    return PORTS[parts.scheme.lower()] if port is None else port
