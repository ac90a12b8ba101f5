"""Create namespaces for programs in advance, from a small process that forks quickly."""

import os
import signal
import socket
from typing import NoReturn

from . import kernel
from .namespaces import ProgramNamespaces
from .reaping import reap_children


class NamespacePool:
    """A helper process whose children each hold the namespaces of one program.

    The holder, not the program, is PID 1 of the namespace: the kernel protects PID 1 from signals, so ``os.abort()``
    would not work as expected in the program. The holder also creates and removes the mounts, which takes longer than
    most programs run.
    """

    def __init__(self, namespaces: ProgramNamespaces) -> None:
        self._socket, helper_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._own_pidfd = os.pidfd_open(os.getpid())
        if os.fork() == 0:
            self._socket.close()
            _serve(helper_socket, namespaces)
        helper_socket.close()

    def acquire(self) -> int:
        """Return the pidfd of a process that holds new namespaces; killing it kills all processes in them.

        Raises:
            OSError: the kernel does not allow namespaces, or the helper has exited.
        """
        self._socket.send(b"+")
        message, descriptors, _, _ = socket.recv_fds(self._socket, 256, 1)
        if not descriptors:
            reason = message.decode() or "the helper process has exited"
            raise OSError(reason)
        return descriptors[0]

    def fork_into(self, holder: int) -> int:
        """Fork a child into the holder's PID namespace; return like ``os.fork``."""
        kernel.setns(holder, kernel.CLONE_NEWPID)
        pid = os.fork()
        if pid != 0:
            kernel.setns(self._own_pidfd, kernel.CLONE_NEWPID)
        return pid


def _serve(requests: socket.socket, namespaces: ProgramNamespaces) -> NoReturn:
    """Keep one holder ready, so that programs do not wait for it."""
    kernel.set_parent_death_signal(signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # let the kernel reap the holders
    own_pidfd = os.pidfd_open(os.getpid())
    while True:
        try:
            holder = _new_holder(own_pidfd, namespaces)
        except OSError as error:
            requests.recv(1)
            requests.send(f"cannot create namespaces: {error}".encode())
            os._exit(1)
        if not requests.recv(1):
            os._exit(0)
        socket.send_fds(requests, [b"+"], [holder])
        os.close(holder)


def _new_holder(own_pidfd: int, namespaces: ProgramNamespaces) -> int:
    # The kernel allows a new PID namespace only while children would be forked into the process's own one.
    kernel.setns(own_pidfd, kernel.CLONE_NEWPID)
    kernel.unshare(kernel.CLONE_NEWPID)
    status, holder_status = os.pipe()
    pid = os.fork()
    if pid == 0:
        _hold(holder_status, namespaces)
    os.close(holder_status)
    with os.fdopen(status, "rb") as file:
        failure = file.read()
    if failure:
        raise OSError(failure.decode())
    return os.pidfd_open(pid)


def _hold(status: int, namespaces: ProgramNamespaces) -> NoReturn:
    kernel.set_parent_death_signal(signal.SIGKILL)
    try:
        namespaces.create()
    except OSError as error:
        os.write(status, str(error).encode())
        os._exit(1)
    # Orphans must be reaped: with SIGCHLD ignored, the kernel would drop their CPU time.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.closerange(0, 256)
    while True:
        signal.sigwait({signal.SIGCHLD})
        reap_children()
