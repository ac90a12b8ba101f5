"""A conversation in the terminal: each question is a steered run that knows the ones before."""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from langgraph.checkpoint.memory import InMemorySaver
from rich.console import Console

from codesteer.cli.models import ensure_embedded
from codesteer.cli.solve_run import SolveRun, Storage, complete_result, print_result, trace_run
from codesteer.cli.text import as_utf8
from codesteer.cli.view import LiveView
from codesteer.errors import CodeSteerError, ConfigurationError, one_line
from codesteer.files import require_writable, user_path
from codesteer.graph.context import Context, create_context

with suppress(ImportError):  # edits lines and remembers them, where the system has it
    import readline  # noqa: F401

BLOCK = '"""'
"""A line that begins or ends a question of several lines."""
HELP = (
    "/model NAME: another task model · /trace FILE: a page that shows the last run · /new: forget the conversation · "
    f"/quit: end · {BLOCK} on a line of its own: begin or end a question of several lines"
)


@dataclass(slots=True)
class ChatSession:
    """Reads questions and commands until the input ends."""

    context: Context
    console: Console
    thread: str | None = None
    """The saved conversation; None: in memory."""
    checkpoints: Path | None = None
    _memory: InMemorySaver = field(default_factory=InMemorySaver)
    _last: tuple[Context, dict[str, Any], dict[str, Any]] | None = None
    """The settings, state and result of the last run."""

    def run(self) -> None:
        """Talk until the input ends; an error ends a question, not the conversation."""
        if self.console.is_terminal:
            self.console.print(HELP, style="dim")
        while (text := self._read()) is not None:
            try:
                if text.startswith("/"):
                    if not self._obey(*text.split(maxsplit=1)):
                        return
                elif text:
                    self._answer(text)
            except (CodeSteerError, OSError) as error:
                self._complain(one_line(error))
            except KeyboardInterrupt:
                self._complain("interrupted; the same question resumes the run")

    def _read(self) -> str | None:
        """Return the next question or command, stripped; None at the end."""
        first = self._read_line("> ")
        if first is None or first.strip() != BLOCK:
            return None if first is None else first.strip()
        lines: list[str] = []
        while (line := self._read_line("… ")) is not None and line.strip() != BLOCK:
            lines.append(line)
        return "\n".join(lines).strip()

    def _read_line(self, prompt: str) -> str | None:
        try:
            if self.console.is_terminal:
                return input(prompt)
            line = sys.stdin.readline()
        except (EOFError, KeyboardInterrupt):
            return None
        return line.removesuffix("\n") if line else None

    def _answer(self, question: str) -> None:
        view = LiveView(self.console)
        run = SolveRun(
            as_utf8(question, "the question"),
            self.context,
            view,
            Storage(thread=self.thread, checkpoints=self.checkpoints),
            in_conversation=True,
            memory=self._memory,
        )
        try:
            with view:
                run.run_to_end()
        finally:
            if run.result:
                complete = complete_result(run.settings, run.result)
                self._last = run.settings, run.result, complete
                print_result(complete, as_json_text=False)

    def _obey(self, command: str, argument: str = "") -> bool:
        """Carry out a command; return whether the conversation goes on."""
        actions: dict[str, Callable[[str], None]] = {
            "/model": self._change_model,
            "/trace": self._write_trace,
            "/new": self._forget,
            "/help": lambda _: self.console.print(HELP, style="dim"),
        }
        if command == "/quit":
            return False
        if command not in actions:
            raise ConfigurationError(f"unknown command {command}. {HELP}")
        actions[command](argument.strip())
        return True

    def _change_model(self, name: str) -> None:
        if not name:
            self.console.print(self.context.task_model)
            return
        settings = {
            **self.context.model_dump(exclude_unset=True),
            "task_model": as_utf8(name, "the model's name"),
        }
        ensure_embedded([name], self.console)
        self.context = create_context(**settings)

    def _write_trace(self, file: str) -> None:
        if self._last is None or not file:
            raise ConfigurationError("give a file after the first question: /trace run.html")
        path = user_path(file)
        require_writable(path)
        trace_run(path, *self._last)

    def _forget(self, _: str) -> None:
        self._memory, self._last = InMemorySaver(), None
        if self.thread is not None:
            self.thread = f"{self.thread.partition('~')[0]}~{uuid4().hex[:6]}"
            self.console.print(f"a new conversation, saved as {self.thread}", style="dim")

    def _complain(self, text: str) -> None:
        self.console.print(f"codesteer: {text}", style="red", markup=False, soft_wrap=True)
