"""Convert the graph's stream into a chat model's chunks: steps become reasoning, the final message the answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from codesteer.errors import CodeSteerError


@dataclass(slots=True)
class ChunkConverter:
    """Converts the stream of one run, part by part."""

    model_name: str
    stop: Sequence[str] = ()
    _state: Mapping[str, Any] = field(default_factory=dict)
    _failure: str = ""

    def convert(self, part: Mapping[str, Any]) -> Iterator[ChatGenerationChunk]:
        """Process a part of the stream; yields a chunk for each step worth reporting."""
        if part["type"] == "values":
            self._state = part["data"]
        elif part["type"] == "custom":
            event = part["data"]
            if event["event"] == "failed":
                self._failure = event["error"]
            if line := describe_event(event):
                message = AIMessageChunk(content="", additional_kwargs={"reasoning_content": f"{line}\n"})
                yield ChatGenerationChunk(message=message)

    def final_chunk(self) -> ChatGenerationChunk:
        """Return the answer; raises CodeSteerError if the run failed before it had one."""
        outcome = self._state["outcome"]
        if outcome == "failed" and not self._state["answer"]:
            raise CodeSteerError(f"the run failed before there was an answer: {self._failure}")
        final = self._state["messages"][-1]
        message = AIMessageChunk(
            content=truncate_at_stop(final.text, self.stop),
            usage_metadata=final.usage_metadata,
            response_metadata={
                **final.response_metadata,
                "model_name": self.model_name,
                "finish_reason": "stop",
                "turns": len(self._state["turns"]),
            },
            chunk_position="last",
        )
        return ChatGenerationChunk(message=message)


def describe_event(event: Mapping[str, Any]) -> str:
    """Describe an event in one line; empty for events that only announce the next step."""
    match event:
        case {"event": "decided", "turn": turn, "action": action, "candidates": count, "reason": reason}:
            wave = f", {count} candidates" if count > 1 else ""
            return f"turn {turn}: {action}{wave}" + (f" ({reason})" if reason else "")
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
