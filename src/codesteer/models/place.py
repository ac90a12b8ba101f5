"""Endpoints as an operator lists them: a host, with all its ports or paths, or one of them."""

from dataclasses import dataclass

from codesteer.models.address import Address, read_address

ANY_PORT = ":*"


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint, or all endpoints of a host."""

    address: Address
    any_port: bool = False

    def covers(self, address: Address) -> bool:
        """True for this very address; a place without a path covers all paths, one with the port ``*`` all ports."""
        listed = self.address
        if (listed.scheme, listed.host) != (address.scheme, address.host):
            return False
        if listed.path not in ("", address.path):
            return False
        return self.any_port or listed.port == address.port


def read_place(text: str, what: str) -> Place:
    """Read ``http(s)://host[:port][/path]`` or ``http(s)://host:*``; raises ConfigurationError as ``read_address``."""
    any_port = text.endswith(ANY_PORT)
    return Place(read_address(text.removesuffix(ANY_PORT) if any_port else text, what), any_port)
