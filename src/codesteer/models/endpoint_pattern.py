"""Patterns for endpoints in an operator's settings: one endpoint, or all ports or paths of a host."""

from dataclasses import dataclass

from codesteer.models.address import Address, parse_address

ANY_PORT = ":*"


@dataclass(frozen=True, slots=True)
class EndpointPattern:
    """An address; without a path it matches every path."""

    address: Address
    any_port: bool = False
    """Match every port of the host."""

    def matches(self, address: Address) -> bool:
        """Return whether the pattern matches an endpoint's address."""
        pattern = self.address
        if (pattern.scheme, pattern.host) != (address.scheme, address.host):
            return False
        if pattern.path not in ("", address.path):
            return False
        return self.any_port or pattern.port == address.port


def parse_endpoint_pattern(text: str, label: str) -> EndpointPattern:
    """Parse ``http(s)://host[:port][/path]`` or ``http(s)://host:*``; raise ConfigurationError as ``parse_address``."""
    any_port = text.endswith(ANY_PORT)
    return EndpointPattern(parse_address(text.removesuffix(ANY_PORT) if any_port else text, label), any_port)
