"""Prepares namespaces for programs, from a process that is small and therefore quick to fork."""

import os
import signal
import socket
from typing import NoReturn

from . import kernel
from .orphans import bury_orphans
from .surroundings import Surroundings


class Nursery:
    """A helper process; each of its children holds the namespaces of one program.

    That child, not the program, is the first process of its process-id namespace: the kernel shields that one
    from signals, so that ``os.abort()`` or a kill of itself would not do what the program's author expects.
    It also makes and clears away the mounts, which takes longer than most programs run.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._home = os.pidfd_open(os.getpid())
        if os.fork() == 0:
            self._ours.close()
            _serve(theirs, surroundings)
        theirs.close()

    def take_namespaces(self) -> int:
        """Return the process descriptor of a holder of new namespaces; killing it ends all in there.

        Raises:
            OSError: the kernel refuses, or the helper is gone.
        """
        self._ours.send(b"+")
        message, descriptors, _, _ = socket.recv_fds(self._ours, 256, 1)
        if not descriptors:
            reason = message.decode() or "the helper process has ended"
            raise OSError(reason)
        return descriptors[0]

    def fork_into(self, holder: int) -> int:
        """Fork with the child in the holder's process-id namespace; returns as ``os.fork`` does."""
        kernel.set_namespaces(holder, kernel.CLONE_NEWPID)
        pid = os.fork()
        if pid != 0:
            kernel.set_namespaces(self._home, kernel.CLONE_NEWPID)
        return pid


def _serve(requests: socket.socket, surroundings: Surroundings) -> NoReturn:
    """Keep one holder in reserve, so that no program has to wait for it."""
    kernel.die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the holders
    home = os.pidfd_open(os.getpid())
    while True:
        try:
            holder = _new_holder(home, surroundings)
        except OSError as error:
            requests.recv(1)
            requests.send(f"namespaces cannot be had: {error}".encode())
            os._exit(1)
        if not requests.recv(1):
            os._exit(0)
        socket.send_fds(requests, [b"+"], [holder])
        os.close(holder)


def _new_holder(home: int, surroundings: Surroundings) -> int:
    # The kernel lets a process ask for a new namespace only while its children would be born at home.
    kernel.set_namespaces(home, kernel.CLONE_NEWPID)
    kernel.unshare(kernel.CLONE_NEWPID)
    news, their_news = os.pipe()
    pid = os.fork()
    if pid == 0:
        _hold(their_news, surroundings)
    os.close(their_news)
    with os.fdopen(news, "rb") as file:
        complaint = file.read()
    if complaint:
        raise OSError(complaint.decode())
    return os.pidfd_open(pid)


def _hold(news: int, surroundings: Surroundings) -> NoReturn:
    kernel.die_with_parent(signal.SIGKILL)
    try:
        surroundings.take()
    except OSError as error:
        os.write(news, str(error).encode())
        os._exit(1)
    # Orphans must be waited for: if their ends were ignored, so would be the processor time they have used.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.closerange(0, 256)
    while True:
        signal.sigwait({signal.SIGCHLD})
        bury_orphans()
