"""Convert the graph's stream into a chat model's chunks: steps and replies become reasoning, then comes the answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage
from langchain_core.outputs import ChatGenerationChunk

from codesteer.errors import CodeSteerError, ConfigurationError, first_line
from codesteer.graph.answer_ids import is_answer_to
from codesteer.graph.routing import WRITER_NODES
from codesteer.graph.state import last_human_message

NO_REVIEW = "a chat model cannot wait for a person; for human review, run the graph itself (create_codesteer)"


@dataclass(slots=True)
class ChunkConverter:
    """Converts the stream of one run, part by part."""

    model_name: str
    stop: Sequence[str] = ()
    _state: Mapping[str, Any] = field(default_factory=dict)
    _given: Sequence[AnyMessage] = ()
    """The conversation that the run began with."""
    _interrupted_by: Sequence[Any] = ()
    """What the run asked a person, if it waits for one."""
    _failure: str = ""
    _writer: str | None = None
    """The task whose reply is being streamed; the replies of other candidates would mix with it."""
    _in_line: bool = False
    """The last chunk did not end a line."""

    def convert(self, part: Mapping[str, Any]) -> Iterator[ChatGenerationChunk]:
        """Process a part of the stream; yields a chunk for each step worth reporting."""
        if part["type"] == "values":
            self._given = self._given or part["data"].get("messages", ())
            self._state, self._interrupted_by = part["data"], part["interrupts"]
        elif part["type"] == "custom":
            event = part["data"]
            if event["event"] == "failed":
                self._failure = event["error"]
            if event["event"] == "decided":
                self._writer = None
            if line := describe_event(event):
                yield self._reasoning(f"\n{line}\n" if self._in_line else f"{line}\n")
        elif part["type"] == "messages":
            message, metadata = part["data"]
            if metadata["langgraph_node"] in WRITER_NODES.values() and message.text:
                task = metadata["langgraph_checkpoint_ns"]
                self._writer = self._writer or task
                if task == self._writer:
                    yield self._reasoning(str(message.text))

    def _reasoning(self, text: str) -> ChatGenerationChunk:
        self._in_line = not text.endswith("\n")
        message = AIMessageChunk(content="", additional_kwargs={"reasoning_content": text})
        return ChatGenerationChunk(message=message)

    def final_chunk(self) -> ChatGenerationChunk:
        """Return the answer.

        Raises:
            ConfigurationError: an object of the user's, such as a sandbox, waits for a person.
            CodeSteerError: the run failed before it had an answer.
        """
        if self._interrupted_by:
            asked = first_line(str(self._interrupted_by[0].value))
            raise ConfigurationError(f"the run was interrupted ({asked}): {NO_REVIEW}")
        final, outcome = self._own_answer(), self._state.get("outcome")
        if final is None or outcome is None:
            raise CodeSteerError(f"the run ended without an answer: {self._failure or 'unknown'}")
        if outcome == "failed" and not self._state["answer"]:
            raise CodeSteerError(f"the run failed before there was an answer: {self._failure}")
        message = AIMessageChunk(
            content=truncate_at_stop(final.text, self.stop),
            usage_metadata=final.usage_metadata,
            response_metadata={
                **final.response_metadata,
                "model_name": self.model_name,
                "finish_reason": "stop",
                "turns": len(self._state["turns"]),
                "experience": self._state.get("experience", {}),
            },
            chunk_position="last",
        )
        return ChatGenerationChunk(message=message)

    def _own_answer(self) -> AIMessage | None:
        """Return the run's answer: in the conversation, remarks and the answers of other nodes may come after it."""
        question = last_human_message(self._state)
        replies = [one for one in self._state.get("messages", []) if isinstance(one, AIMessage)]
        answers = [reply for reply in replies if question and is_answer_to(reply, question)]
        new = [answer for answer in answers if answer not in self._given]
        return next(reversed(new or answers), None)


def describe_event(event: Mapping[str, Any]) -> str:
    """Describe an event in one line; empty for events that only announce the next step."""
    match event:
        case {"event": "decided", "turn": turn, "action": action, "candidates": count, "reason": reason}:
            wave = f", {count} candidates" if count > 1 else ""
            return f"turn {turn}: {action}{wave}" + (f" ({reason})" if reason else "")
        case {"event": "recalled", "description": description, "note": note} if description or note:
            found = f"a remembered program is run ({description})" if description else ""
            return "experience: " + "; ".join(filter(None, [found, note]))
        case {"event": "not_learnt", "note": note}:
            return f"experience: nothing was learnt: {note}"
        case {"event": "executed", "turn": turn, "status": status, "seconds": seconds}:
            return f"turn {turn}: the program ended with status {status} after {seconds:.1f} s"
        case {"event": "checked", "turn": turn, "verdict": verdict, "reason": reason}:
            return f"turn {turn}: answer {verdict}" + (f": {reason}" if reason else "")
        case {"event": "budget_spent", "budget": budget}:
            return f"the budget is spent: {budget}"
        case {"event": "failed", "error": error}:
            return f"failed: {error}"
    return ""


def truncate_at_stop(text: str, stop: Sequence[str]) -> str:
    """Truncate a text before the first stop sequence in it."""
    ends = [index for sequence in stop if sequence and (index := text.find(sequence)) >= 0]
    return text[: min(ends, default=len(text))]
