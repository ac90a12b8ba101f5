"""From the graph's stream to a chat model's chunks: steps become reasoning, the final message the answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from codesteer.errors import CodeSteerError


@dataclass(slots=True)
class Reader:
    """Reads one run's stream, part by part."""

    model_name: str
    stops: Sequence[str] = ()
    _state: Mapping[str, Any] = field(default_factory=dict)
    _failure: str = ""

    def read(self, part: Mapping[str, Any]) -> Iterator[ChatGenerationChunk]:
        """Take in a part of the stream; yields a chunk for each step worth telling."""
        if part["type"] == "values":
            self._state = part["data"]
        elif part["type"] == "custom":
            event = part["data"]
            if event["event"] == "failed":
                self._failure = event["error"]
            if line := describe_event(event):
                message = AIMessageChunk(content="", additional_kwargs={"reasoning_content": f"{line}\n"})
                yield ChatGenerationChunk(message=message)

    def end(self) -> ChatGenerationChunk:
        """Return the answer; raises CodeSteerError where the run failed before it had one."""
        outcome = self._state["outcome"]
        if outcome == "failed" and not self._state["answer"]:
            raise CodeSteerError(f"the run failed before there was an answer: {self._failure}")
        final = self._state["messages"][-1]
        message = AIMessageChunk(
            content=cut(final.text, self.stops),
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
    """Say in a line what happened; empty for events that only announce what comes next."""
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


def cut(text: str, stops: Sequence[str]) -> str:
    """Cut a text before the first stop sequence in it."""
    ends = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return text[: min(ends, default=len(text))]
