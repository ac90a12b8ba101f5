"""Programs that try to reach the network or other processes through sockets."""

import pytest
from tests.sandboxes.hostile.conftest import Attack

from codesteer.sandboxes.execution import ExecutionStatus

EVERY_FAMILY = """
for family in range(64):
    for kind in (1, 2, 3, 5):
        for protocol in (0, 1, 6, 17, 132, 262):
            number = libc.socket(family, kind, protocol)
            if number >= 0: escaped(f"socket of family {family}, kind {kind}, protocol {protocol}")
"""
LOOPBACK = """
attempt("loopback", lambda: socket.create_connection(TCP, 1).send(b"x"))
attempt("host name", lambda: socket.create_connection(("localhost", TCP[1]), 1))
attempt("outside", lambda: socket.create_connection(("192.0.2.1", 80), 1))
attempt("name service", lambda: socket.getaddrinfo("example.com", 80))
attempt("mptcp", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262))
attempt("fast open", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).sendto(b"x", 0x20000000, TCP))
attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)))
"""
UNIX = """
for address in (UNIX_STREAM, ABSTRACT[0]):
    attempt(f"stream {address}", lambda: socket.socket(socket.AF_UNIX).connect(address))
for address in (UNIX_DATAGRAM, ABSTRACT[1], "/dev/log", "/run/systemd/notify"):
    attempt(f"datagram {address}", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", address))
"""
REDIRECTED_PAIR = """
# A datagram socket of a pair can send to any address.
for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
    for address in (UNIX_DATAGRAM, ABSTRACT[1], UNIX_STREAM, ABSTRACT[0]):
        def reach():
            one, other = socket.socketpair(socket.AF_UNIX, kind)
            return one.sendmsg([b"x"], [], 0, address)
        attempt(f"pair of kind {kind}", reach)
one, other = socket.socketpair()
for address in (UNIX_STREAM, ABSTRACT[0]):
    attempt("stream pair", lambda: one.sendmsg([b"x"], [], 0, address))
    attempt("reconnected", lambda: one.connect(address))
attempt("bound pair", lambda: one.bind("\\0codesteer-bound-pair"))
attempt("listening pair", lambda: one.listen())
one.send(b"x")
assert other.recv(1) == b"x", "pairs must work within the program"
"""


@pytest.mark.parametrize(
    "program", [EVERY_FAMILY, LOOPBACK, UNIX, REDIRECTED_PAIR], ids=["families", "loopback", "unix", "pairs"]
)
async def test_the_network_is_unreachable(attack: Attack, program: str) -> None:
    result = await attack(program)
    assert result.status is ExecutionStatus.OK, result
