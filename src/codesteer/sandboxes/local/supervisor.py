"""Supervise one program: collect its output, enforce its limits and build its result."""

import json
import math
import select
import socket
import time
from contextlib import suppress
from typing import Any

from codesteer.errors import SandboxError, first_line
from codesteer.sandboxes.cancellation import Cancellation
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.exit_status import classify_exit
from codesteer.sandboxes.local.fork_server import ProgramStreams
from codesteer.sandboxes.local.output import CappedOutput
from codesteer.sandboxes.local.program_handle import ProgramHandle
from codesteer.sandboxes.local.watchdog import Watchdog

_POLL_SECONDS = 0.03
_MAX_WATCH_SHARE = 0.2  # of this thread's time, if taking a sample is slow
_MAX_PAUSE_SECONDS = 0.5  # a program can make a sample slow
_KILL_SECONDS = 2.0
_DRAIN_SECONDS = 1.0
_START_SECONDS = 20.0
_MESSAGE_BYTES = 4096


class Supervisor:
    """Supervises one program; used once, by one thread."""

    def __init__(
        self, streams: ProgramStreams, limits: Limits, handle: ProgramHandle, cancellation: Cancellation
    ) -> None:
        self._streams = streams
        self._handle = handle
        self._stdout = CappedOutput(streams.stdout, limits.output_bytes)
        self._stderr = CappedOutput(streams.stderr, limits.output_bytes)
        self._cancellation = cancellation
        self._watchdog: Watchdog | None = None
        self._next_check = 0.0
        self._stop_reason: ExecutionStatus | None = None
        self._end_event: dict[str, Any] = {}
        self._report_open = True
        self._limits = limits
        self._started = time.monotonic()
        self._deadline = math.inf
        self._give_up_at = self._started + _START_SECONDS
        self._poller = select.poll()
        for readable in (streams.stdout, streams.stderr, streams.report, cancellation):
            self._poller.register(readable, select.POLLIN)

    def supervise(self) -> ExecutionResult:
        """Wait until the program and all its descendants have exited; return the result.

        Raises:
            SandboxError: the sandbox failed, or the program was cancelled.
        """
        try:
            while self._report_open:
                self._step()
            wall_seconds = time.monotonic() - self._started
            self._kill()
            self._drain()
            return self._result(wall_seconds)
        except SandboxError:
            raise
        except Exception as error:  # what a program can make fail must not end its caller
            text = f"cannot supervise the program: {first_line(error)}"
            raise SandboxError(text) from error
        finally:
            self._kill()
            self._wait_until_dead()
            self._streams.close()

    def _step(self) -> None:
        ready = {descriptor for descriptor, _ in self._poller.poll(_POLL_SECONDS * 1000)}
        for output in (self._stdout, self._stderr):
            if output.descriptor in ready:
                self._read_output(output)
        if self._streams.report.fileno() in ready:
            self._read_report()
        if self._cancellation.fileno() in ready:
            text = "the program was cancelled"
            raise SandboxError(text)
        self._check_limits()

    def _read_output(self, output: CappedOutput) -> None:
        output.read()
        if output.ended or output.truncated:
            self._poller.unregister(output.descriptor)
        if output.truncated:
            self._stop(ExecutionStatus.OUTPUT_LIMIT)

    def _read_report(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._streams.report, _MESSAGE_BYTES, 2)
        event = json.loads(message) if message else {"event": "ended"}
        if event["event"] == "started":
            self._watchdog = self._handle.attach(descriptors)
            self._started = time.monotonic()
            self._deadline = self._started + self._limits.wall_seconds
            if self._stop_reason is None:  # it may already have exceeded the output limit
                self._give_up_at = math.inf
        elif event["event"] == "ended" or self._stop_reason is not None:
            self._end_event = event  # killed before it had started, its setup fails
            self._report_open = False
        else:
            text = f"cannot set up the sandbox: {event['reason']}"
            raise SandboxError(text)

    def _check_limits(self) -> None:
        now = time.monotonic()
        if now > self._give_up_at:
            self._give_up()
        if now > self._deadline:
            self._stop(ExecutionStatus.TIMEOUT)
        if self._watchdog is not None and now >= self._next_check:
            exceeded = self._watchdog.check()
            spent = time.monotonic() - now
            pause = min(spent / _MAX_WATCH_SHARE, spent + _MAX_PAUSE_SECONDS)
            self._next_check = now + max(_POLL_SECONDS, pause)
            if exceeded is not None:
                self._stop(exceeded)

    def _give_up(self) -> None:
        if self._stop_reason is None:
            text = "the sandbox did not start the program in time"
            raise SandboxError(text)
        self._report_open = False  # the program is dying, which takes long if it uses much memory

    def _stop(self, reason: ExecutionStatus) -> None:
        """Kill the program; only the first reason counts."""
        if self._stop_reason is None:
            self._stop_reason = reason
            self._kill()
            self._give_up_at = time.monotonic() + _KILL_SECONDS

    def _kill(self) -> None:
        """Kill the program, or make the server kill it if its start was not reported yet."""
        self._handle.kill()
        with suppress(OSError):
            self._streams.report.shutdown(socket.SHUT_WR)

    def _wait_until_dead(self) -> None:
        """Wait until the server closes its end of the report socket, or a timeout expires."""
        give_up_at = time.monotonic() + _KILL_SECONDS
        poller = select.poll()
        poller.register(self._streams.report, select.POLLIN)
        with suppress(SandboxError):  # the setup may have failed
            while self._report_open and time.monotonic() < give_up_at:
                if poller.poll(_POLL_SECONDS * 1000):
                    self._read_report()

    def _drain(self) -> None:
        """Read the rest of the output; all writers are dead or dying."""
        until = time.monotonic() + _DRAIN_SECONDS
        for output in (self._stdout, self._stderr):
            poller = select.poll()
            poller.register(output.descriptor, select.POLLIN)
            while not (output.ended or output.truncated) and time.monotonic() < until:
                if poller.poll(_POLL_SECONDS * 1000):
                    output.read()

    def _result(self, wall_seconds: float) -> ExecutionResult:
        exit_code = self._end_event.get("exit_code")
        if exit_code is None and self._stop_reason is None:
            text = f"the sandbox exited before its program: {self._handle.last_error()}"
            raise SandboxError(text)
        sampled_cpu, sampled_memory = 0.0, 0
        if self._watchdog is not None:
            sampled_cpu, sampled_memory = self._watchdog.cpu_seconds, self._watchdog.peak_memory_bytes
        stderr = self._stderr.text()
        return ExecutionResult(
            status=self._stop_reason or self._status(exit_code, stderr),
            stdout=self._stdout.text(),
            stderr=stderr,
            exit_code=None if self._stop_reason else exit_code,
            stdout_truncated=self._stdout.truncated,
            stderr_truncated=self._stderr.truncated,
            wall_seconds=wall_seconds,
            cpu_seconds=max(self._end_event.get("cpu_seconds", 0.0), sampled_cpu),
            peak_memory_bytes=max(self._end_event.get("peak_memory_bytes", 0), sampled_memory),
        )

    def _status(self, exit_code: int | None, stderr: str) -> ExecutionStatus:
        if self._stdout.truncated or self._stderr.truncated:
            return ExecutionStatus.OUTPUT_LIMIT
        return ExecutionStatus.ERROR if exit_code is None else classify_exit(exit_code, stderr)
