"""The strip on top of a trace: every wave with its turns, the nodes they passed, their seconds and tokens."""

from collections.abc import Mapping, Sequence
from typing import Any

from codesteer.cli.result import REMEMBERED
from codesteer.graph.routing import WRITER_NODES
from codesteer.guides.decision import Mode

Json = dict[str, Any]
ARROW = " → "
LAST_NODES = ("guide", "finish")
"""The nodes after the last wave; a budget or a failure can end a run without the guide."""


def strip(turns: Sequence[Json], decision: Json | None, outcome: str, *, learnt: bool = False) -> str:
    """Return the strip as a list in HTML.

    Args:
        turns: the turns of a result, as JSON.
        decision: the last decision; None if there is none.
        outcome: how the run ended.
        learnt: whether the run added to its experience.
    """
    longest = max((turn["seconds"] for turn in turns), default=0.0)
    recalled = [turn for turn in turns if turn["recalled"] is not None]
    first = "".join(_entry("Experience", "recall", [turn], longest) for turn in recalled)
    own = _waves([turn for turn in turns if turn["recalled"] is None])
    waves = "".join(_entry(f"Wave {number}", "guide", wave, longest) for number, wave in enumerate(own, 1))
    decided = decision is not None and decision["action"] in ("return", "terminate")
    last = LAST_NODES if decided else LAST_NODES[1:]
    nodes = ARROW.join([*last, "learn"] if learnt else last)
    end = f"<li><b>End</b> {outcome.replace('_', ' ')}<span class='nodes'>{nodes}</span></li>"
    return f"<ol>{first}{waves}{end}</ol>"


def turn_tokens(turn: Json) -> Json:
    """Return the tokens of a turn over all roles."""
    keys = ("input_tokens", "cached_tokens", "output_tokens")
    return {key: sum(used[key] for used in turn["usage"].values()) for key in keys}


def mode(turn: Json) -> str:
    """Return how the task model answered, or that a remembered program did."""
    if turn["recalled"] is not None:
        return REMEMBERED
    return "code" if turn["program"] is not None else "text"


def _waves(turns: Sequence[Json]) -> list[list[Json]]:
    waves: list[list[Json]] = []
    for turn in turns:
        waves += [[]] if turn["candidate"] == 0 or not waves else []
        waves[-1].append(turn)
    return waves


def _entry(title: str, node: str, turns: Sequence[Json], longest: float) -> str:
    """Return turns with the node that led to them."""
    links = "".join(f"<li>{_link(turn, longest)}</li>" for turn in turns)
    return f"<li><b>{title}</b><span class='nodes'>{node}</span><ul>{links}</ul></li>"


def _link(turn: Json, longest: float) -> str:
    """Return a link to a turn, coloured by how its program or its check ended."""
    report, execution = turn["answer_report"], turn["execution"]
    ending = report["verdict"] if report else execution["status"] if execution else ""
    used = turn_tokens(turn)
    facts = f"{turn['seconds']:.1f} s · {used['input_tokens'] + used['output_tokens']} tokens"
    share = turn["seconds"] / longest if longest else 0
    return (
        f"<a class='step {ending}' href='#turn-{turn['number']}'>"
        f"<b>Turn {turn['number']}</b> {mode(turn)} · {ending.replace('_', ' ') or 'answered'}"
        f"<span class='cost'>{facts}</span><span class='nodes'>{ARROW.join(_nodes(turn))}</span>"
        f"<i class='time' style='width: {100 * share:.0f}%'></i></a>"
    )


def _nodes(turn: Mapping[str, Any]) -> list[str]:
    """Return the nodes that a turn passed; the checkers run side by side."""
    checkers = {
        "check_code": turn["code_report"],
        "check_answer": turn["answer_report"],
        **{f"check_{name}": report for name, report in turn["reports"].items()},
    }
    checks = " + ".join(name for name, report in checkers.items() if report is not None)
    executed = ["execute"] if turn["execution"] is not None else []
    written = [WRITER_NODES[Mode(turn["decision"]["mode"])]] if turn["recalled"] is None else []
    return [*written, *executed, *([checks] if checks else []), "record"]
