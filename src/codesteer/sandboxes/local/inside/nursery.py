"""Makes process-id namespaces for programs, from a process that is small and therefore quick to fork."""

import os
import signal
import socket
from typing import NoReturn

from . import kernel


class Nursery:
    """A helper process; each of its children is the first process of a namespace for one program.

    A program must not be the first process itself: the kernel shields that one from signals, so that
    ``os.abort()`` or a kill of itself would not do what the program's author expects.
    """

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._home = os.pidfd_open(os.getpid())
        if os.fork() == 0:
            self._ours.close()
            _serve(theirs)
        theirs.close()

    def new_namespace(self) -> int:
        """Return the process descriptor of a new namespace's first process; killing it ends all in there.

        Raises:
            OSError: the kernel refuses, or the helper is gone.
        """
        self._ours.send(b"+")
        message, descriptors, _, _ = socket.recv_fds(self._ours, 64, 1)
        if not descriptors:
            reason = message.decode() or "the helper process has ended"
            raise OSError(reason)
        return descriptors[0]

    def fork_into(self, namespace: int) -> int:
        """Fork with the child in the namespace; returns as ``os.fork`` does."""
        kernel.set_namespace(namespace, kernel.CLONE_NEWPID)
        pid = os.fork()
        if pid != 0:
            kernel.set_namespace(self._home, kernel.CLONE_NEWPID)
        return pid


def _serve(requests: socket.socket) -> NoReturn:
    kernel.die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the first processes
    home = os.pidfd_open(os.getpid())
    while requests.recv(1):
        try:
            first = _fork_first_process(home)
        except OSError as error:
            requests.send(str(error).encode())
            continue
        handle = os.pidfd_open(first)
        socket.send_fds(requests, [b"+"], [handle])
        os.close(handle)
    os._exit(0)


def _fork_first_process(home: int) -> int:
    # The kernel lets a process ask for a new namespace only while its children would be born at home.
    kernel.set_namespace(home, kernel.CLONE_NEWPID)
    kernel.unshare(kernel.CLONE_NEWPID)
    pid = os.fork()
    if pid == 0:
        kernel.die_with_parent(signal.SIGKILL)
        os.closerange(0, 256)
        while True:
            signal.pause()
    return pid
