"""Watches one program from start to end, keeps its output and holds it to its limits."""

import json
import math
import select
import socket
import time
from contextlib import suppress
from typing import Any

from codesteer.errors import SandboxError
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.local.output import CappedOutput
from codesteer.sandboxes.local.place import Place
from codesteer.sandboxes.local.server import Streams
from codesteer.sandboxes.local.watchdog import Watchdog
from codesteer.sandboxes.threads import Cancellation
from codesteer.sandboxes.verdict import status_of

_WATCH_SECONDS = 0.03
_WATCH_SHARE = 0.2  # of our own time, where looking takes long
_KILL_SECONDS = 2.0
_DRAIN_SECONDS = 1.0
_START_SECONDS = 20.0
_MESSAGE_BYTES = 4096


class Supervisor:
    """Supervises one program; used once, by one thread."""

    def __init__(self, streams: Streams, limits: Limits, place: Place, cancellation: Cancellation) -> None:
        self._streams = streams
        self._place = place
        self._stdout = CappedOutput(streams.stdout, limits.output_bytes)
        self._stderr = CappedOutput(streams.stderr, limits.output_bytes)
        self._cancellation = cancellation
        self._watchdog: Watchdog | None = None
        self._next_check = 0.0
        self._verdict: ExecutionStatus | None = None
        self._end: dict[str, Any] = {}
        self._report_open = True
        self._limits = limits
        self._started = time.monotonic()
        self._deadline = math.inf
        self._give_up_at = self._started + _START_SECONDS
        self._poller = select.poll()
        for readable in (streams.stdout, streams.stderr, streams.report, cancellation):
            self._poller.register(readable, select.POLLIN)

    def supervise(self) -> ExecutionResult:
        """Return when the program and all that it started have ended.

        Raises:
            SandboxError: the sandbox broke.
        """
        try:
            while self._report_open:
                self._step()
            wall_seconds = time.monotonic() - self._started
            self._kill()
            self._drain()
            return self._result(wall_seconds)
        finally:
            self._kill()
            self._await_end()
            self._streams.close()

    def _step(self) -> None:
        ready = {descriptor for descriptor, _ in self._poller.poll(_WATCH_SECONDS * 1000)}
        for output in (self._stdout, self._stderr):
            if output.descriptor in ready:
                self._read_output(output)
        if self._streams.report.fileno() in ready:
            self._read_report()
        if self._cancellation.fileno() in ready:
            text = "the program was stopped with its sandbox"
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
            self._watchdog = self._place.started(descriptors)
            self._started = time.monotonic()
            self._deadline = self._started + self._limits.wall_seconds
            if self._verdict is None:  # its output may have been too much before
                self._give_up_at = math.inf
        elif event["event"] == "ended":
            self._end = event
            self._report_open = False
        else:
            text = f"the sandbox cannot be set up: {event['reason']}"
            raise SandboxError(text)

    def _check_limits(self) -> None:
        now = time.monotonic()
        if now > self._give_up_at:
            self._give_up()
        if now > self._deadline:
            self._stop(ExecutionStatus.TIMEOUT)
        if self._watchdog is not None and now >= self._next_check:
            verdict = self._watchdog.check()
            spent = time.monotonic() - now
            self._next_check = now + max(_WATCH_SECONDS, spent / _WATCH_SHARE)
            if verdict is not None:
                self._stop(verdict)

    def _give_up(self) -> None:
        if self._verdict is None:
            text = "the sandbox does not start a program"
            raise SandboxError(text)
        self._report_open = False  # it is dying: that takes long where there is much memory to clear away

    def _stop(self, verdict: ExecutionStatus) -> None:
        """Kill the program for the first reason there is."""
        if self._verdict is None:
            self._verdict = verdict
            self._kill()
            self._give_up_at = time.monotonic() + _KILL_SECONDS

    def _kill(self) -> None:
        """Kill the program, or have the server do so where its start was not reported yet."""
        self._place.kill()
        with suppress(OSError):
            self._streams.report.shutdown(socket.SHUT_WR)

    def _await_end(self) -> None:
        """Return when the server has closed its end of the report, or after a while."""
        give_up_at = time.monotonic() + _KILL_SECONDS
        poller = select.poll()
        poller.register(self._streams.report, select.POLLIN)
        with suppress(SandboxError):  # it could not even be set up
            while self._report_open and time.monotonic() < give_up_at:
                if poller.poll(_WATCH_SECONDS * 1000):
                    self._read_report()

    def _drain(self) -> None:
        """Take what is left in the pipes; every writer is dead or dying."""
        until = time.monotonic() + _DRAIN_SECONDS
        for output in (self._stdout, self._stderr):
            poller = select.poll()
            poller.register(output.descriptor, select.POLLIN)
            while not (output.ended or output.truncated) and time.monotonic() < until:
                if poller.poll(_WATCH_SECONDS * 1000):
                    output.read()

    def _result(self, wall_seconds: float) -> ExecutionResult:
        exit_code = self._end.get("exit_code")
        if exit_code is None and self._verdict is None:
            text = f"the sandbox ended before its program: {self._place.complaint()}"
            raise SandboxError(text)
        sampled_cpu, sampled_memory = 0.0, 0
        if self._watchdog is not None:
            sampled_cpu, sampled_memory = self._watchdog.cpu_seconds, self._watchdog.peak_memory_bytes
        stderr = self._stderr.text()
        return ExecutionResult(
            status=self._verdict or self._status(exit_code, stderr),
            stdout=self._stdout.text(),
            stderr=stderr,
            exit_code=None if self._verdict else exit_code,
            stdout_truncated=self._stdout.truncated,
            stderr_truncated=self._stderr.truncated,
            wall_seconds=wall_seconds,
            cpu_seconds=max(self._end.get("cpu_seconds", 0.0), sampled_cpu),
            peak_memory_bytes=max(self._end.get("peak_memory_bytes", 0), sampled_memory),
        )

    def _status(self, exit_code: int | None, stderr: str) -> ExecutionStatus:
        if self._stdout.truncated or self._stderr.truncated:
            return ExecutionStatus.OUTPUT_LIMIT
        return ExecutionStatus.ERROR if exit_code is None else status_of(exit_code, stderr)
