"""One run of ``codesteer solve``: start or resume it, ask the user for reviews, print the result."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import typer
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.base import BaseStore
from langgraph.types import Command, StateSnapshot
from rich.console import Console
from rich.text import Text

from codesteer.checkpoints import open_checkpoints
from codesteer.cli.prompts_sent import prompts_sent
from codesteer.cli.result import (
    INTERRUPTED,
    experience_summary,
    json_text,
    printable,
    result_json,
    summary,
)
from codesteer.cli.review import ask_reviewer
from codesteer.cli.trace import write_trace
from codesteer.cli.view import LiveView
from codesteer.errors import ConfigurationError
from codesteer.experience.store_file import open_store_file
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.context import Context, create_context, read_context
from codesteer.graph.input_files import MAX_BYTES, InputFile, input_files
from codesteer.graph.state import (
    State,
    bare_question,
    has_record_of_question,
    is_answered,
    last_human_message,
)
from codesteer.graph.workflow import compile_graph
from codesteer.guides.truncation import truncate_middle
from codesteer.models.message_text import joined_text
from codesteer.sandboxes.factory import open_sandbox

MAX_QUESTION_CHARACTERS = 200
RESUME = "the same command resumes the run"
RESUME_WITH_THREAD = "the run was not saved; with --thread NAME the same command would resume it"
IN_MEMORY_THREAD = "in-memory"
"""The thread of a run that is not saved."""
Content = str | list[str | dict[str, Any]]
"""The content of a question's message: text, or blocks of text and files."""
Input = Any
"""A LangGraph input: new messages, a resume command, or None to resume."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Where a run is saved, and what it learns from."""

    thread: str | None = None
    checkpoints: Path | None = None
    """The checkpoint file; None for a run in memory."""
    experience: Path | None = None
    """The file of experience that the run uses and adds to; None for a run without."""


@dataclass(slots=True)
class SolveRun:
    """One run of ``codesteer solve``."""

    question: Content
    context: Context
    view: LiveView
    storage: Storage
    result: dict[str, Any] = field(default_factory=dict)
    """The latest state, available even after an interruption."""
    is_saved: bool = False
    """The result is that of an earlier command, which nothing was added to."""
    in_conversation: bool = False
    """The question follows those on the thread, even if it repeats one or an earlier run is unfinished."""
    memory: InMemorySaver = field(default_factory=InMemorySaver)
    """Holds a run that is not saved."""

    def run_to_end(self) -> None:
        """Run to the end; ask the user at each review.

        Resume a saved run that was interrupted; show the result of a saved run that has finished.

        Raises:
            ConfigurationError: the thread has an unfinished run of another question, or standard input has ended.
            CodeSteerError: the run failed.
        """
        decisions: Command[Any] | None = None
        while request := asyncio.run(self._advance(decisions)):
            # Outside the event loop, where Ctrl-C would not interrupt a prompt.
            with self.view.paused() as console:
                decisions = Command(resume=ask_reviewer(request, console))

    @property
    def settings(self) -> Context:
        """The settings that led to the result; raises ConfigurationError for those of another version."""
        stored = self.result.get("settings", {})
        return create_context(**stored) if self.is_saved else read_context(self.context, stored)

    @property
    def difference(self) -> str:
        """Say which of the given settings are not those of the saved run that is shown; empty if all are."""
        if not self.is_saved:
            return ""
        given, saved = self.context, self.settings
        different = [
            f"{name} {getattr(saved, name)} instead of {getattr(given, name)}"
            for name in Context.model_fields
            if name in given.model_fields_set - {"review"}
            and getattr(given, name) not in ((), getattr(saved, name))
        ]
        if not different:
            return ""
        return (
            f"this is the run that thread {self.storage.thread!r} has saved, with {', '.join(different)}; "
            "to ask again, give another --thread"
        )

    async def _advance(self, decisions: Command[Any] | None) -> Mapping[str, Any] | None:
        """Run until the end or the next review; return the review request, if any."""
        config: RunnableConfig = {"configurable": {"thread_id": self.storage.thread or IN_MEMORY_THREAD}}
        async with self._checkpointer() as checkpointer:
            with self._store() as store:
                graph = compile_graph(checkpointer=checkpointer, store=store)
                return await self._stream(graph, config, decisions)

    async def _stream(
        self, graph: CompiledGraph, config: RunnableConfig, decisions: Command[Any] | None
    ) -> Mapping[str, Any] | None:
        snapshot = await graph.aget_state(config)
        if decisions is None and self._is_done(snapshot):
            self.is_saved = True
            self._process({"data": snapshot.values, "type": "values"})
            return None
        stream = graph.astream(
            decisions or self._graph_input(snapshot),
            config,
            context=self.context,
            stream_mode=["custom", "values", "messages"] if self.view.is_terminal else ["custom", "values"],
            version="v2",
            durability="sync",
        )
        interrupts: Any = ()
        async for part in stream:
            self._process(part)
            interrupts = part["interrupts"] if part["type"] == "values" else interrupts
        return interrupts[0].value if interrupts else None

    def _graph_input(self, snapshot: StateSnapshot) -> Input:
        """Return the question, or None to resume an interrupted run."""
        previous = last_human_message(snapshot.values)
        if previous is None:
            return {"messages": [HumanMessage(self.question)]}
        asked_before = self._was_asked(snapshot)
        if self.in_conversation:
            resumes = snapshot.next and asked_before
            return None if resumes else {"messages": [HumanMessage(self.question)]}
        if not snapshot.next:
            failed = asked_before and snapshot.values.get("outcome") == "failed"
            return {"messages": [previous if failed else HumanMessage(self.question)]}
        if not asked_before and not has_record_of_question(snapshot.values):
            return {"messages": [HumanMessage(self.question)]}  # the last question was refused
        if not asked_before:
            shown = truncate_middle(joined_text(previous), MAX_QUESTION_CHARACTERS)
            raise ConfigurationError(
                f"thread {self.storage.thread!r} has an unfinished run of another question: resume it with its "
                f"original command, or give another --thread. Its question: {shown}"
            )
        return None

    def _is_done(self, snapshot: StateSnapshot) -> bool:
        answered = is_answered(snapshot.values) and not snapshot.next
        return answered and not self.in_conversation and self._was_asked(snapshot)

    def _was_asked(self, snapshot: StateSnapshot) -> bool:
        previous = last_human_message(snapshot.values)
        return previous is not None and previous.content == self.question

    def _process(self, part: Mapping[str, Any]) -> None:
        self.view.part(part)
        if part["type"] == "values" and has_record_of_question(part["data"]):
            self.result.update(part["data"])

    @asynccontextmanager
    async def _checkpointer(self) -> AsyncIterator[BaseCheckpointSaver[Any]]:
        if self.storage.checkpoints is None:
            yield self.memory
            return
        async with open_checkpoints(self.storage.checkpoints) as saver:
            yield saver

    @contextmanager
    def _store(self) -> Iterator[BaseStore | None]:
        if self.storage.experience is None:
            yield None
            return
        with open_store_file(self.storage.experience) as store:
            yield store


def read_files(paths: Sequence[Path]) -> dict[str, bytes]:
    """Return the content of files by their names; raise ConfigurationError if one cannot be read or is too large."""
    files: dict[str, bytes] = {}
    for path in paths:
        if path.name in files:
            raise ConfigurationError(f"two files are called {path.name}; rename one")
        if not path.is_file():
            raise ConfigurationError(f"there is no file {path}")
        try:
            if path.stat().st_size > MAX_BYTES:
                raise ConfigurationError(f"{path} is larger than {MAX_BYTES:,} bytes; give a part of it")
            files[path.name] = path.read_bytes()
        except OSError as error:
            raise ConfigurationError(f"cannot read {path} ({error.strerror})") from error
    return files


def question_content(text: str, files: Mapping[str, bytes]) -> Content:
    """Return the content of a question's message; raises ConfigurationError for files that cannot be used."""
    if not files:
        return text
    blocks = (InputFile(name, data).block() for name, data in files.items())
    content: list[str | dict[str, Any]] = [{"type": "text", "text": text}, *blocks]
    input_files({"messages": [HumanMessage(content)]})
    return content


def solve_and_print(
    question: Content,
    context: Context,
    storage: Storage,
    *,
    as_json_text: bool,
    trace: Path | None,
) -> bool:
    """Solve a question, then print the result and write the trace, also of a run that fails or is interrupted.

    Returns:
        Whether there is an answer, and the run did not fail after it.
    """
    result: dict[str, Any] = {}
    view = LiveView(Console(stderr=as_json_text))
    run = SolveRun(question, context, view, storage, result=result)
    try:
        with view:
            run.run_to_end()
    except KeyboardInterrupt:
        raise KeyboardInterrupt(RESUME if storage.thread else RESUME_WITH_THREAD) from None
    finally:
        if result:
            complete = complete_result(run.settings, result)
            print_result(complete, as_json_text)
            if run.difference:
                typer.echo(f"codesteer: {printable(run.difference)}", err=True)
            if trace is not None:
                trace_run(trace, run.settings, result, complete)
    return bool(result.get("answer")) and result["outcome"] != "failed"


def complete_result(context: Context, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the output of ``codesteer solve --json``; the run may be unfinished.

    Args:
        context: the settings that led to the result.
        state: the run's state.
    """
    models = {"task": context.task_model, "guide": context.guide}
    models |= {"checker": context.checker_model} if context.checker_model else {}
    files = {name: len(data) for name, data in input_files(cast(State, state)).items()}
    question = bare_question(cast(State, state))
    return {"question": question, "files": files, "models": models, **result_json(state)}


def trace_run(path: Path, context: Context, state: Mapping[str, Any], result: dict[str, Any]) -> None:
    """Write the page that shows a run; raises OSError if it cannot be written."""
    packages = open_sandbox(context.sandbox).describe().packages
    write_trace(path, result, prompts_sent(state, context, packages))


def print_result(result: Mapping[str, Any], as_json_text: bool) -> None:
    """Print the answer and what it cost, or the whole result as JSON."""
    if as_json_text:
        typer.echo(json_text(result))
    elif result["outcome"] != INTERRUPTED:
        _print_answer(result)


def _print_answer(result: Mapping[str, Any]) -> None:
    answer = printable(result["answer"]) or "no answer found"
    console = Console()
    console.print(Text.assemble(("answer ", "bold"), (answer, "bold green"), f"  ({result['outcome']})"))
    console.print(summary(result), style="dim")
    if known := experience_summary(result):
        console.print(Text(f"experience: {printable(known)}", style="dim"))
