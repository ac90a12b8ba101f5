"""Trajectories as a table for Parquet and data frames: one row per decision."""

from collections.abc import Iterator
from typing import Any

from codesteer.training.pairs import node_scores
from codesteer.training.tree import Tree, guidance_message


def decision_rows(tree: Tree) -> Iterator[dict[str, Any]]:
    """Yield one row per decision, with the conversation that the guide saw.

    ``score`` is the paper's tree score, ``outcome`` that of this turn's answer, ``run_outcome`` that of the answer of
    a run that ended here. Missing texts are empty.
    """
    scored = node_scores(tree)
    for node in tree.nodes:
        turn, leaf = node.turn, node.leaf
        execution = turn.execution if turn else None
        code_report = turn.code_report if turn else None
        answer_report = turn.answer_report if turn else None
        yield {
            "question": tree.id,
            "task": tree.task,
            "node": node.id,
            "parent": node.parent,
            "turn": node.depth,
            "proposers": list(node.proposers),
            "prompt": tree.prompt(node),
            "reply": guidance_message(node)["content"],
            "action": node.decision.action.value,
            "start_over": node.decision.start_over,
            "guidance": node.decision.guidance,
            "program": (turn.program or "") if turn else "",
            "text": turn.reply if turn else "",
            "answer": (turn.answer or "") if turn else "",
            "execution": execution.status.value if execution else "",
            "stdout": execution.stdout if execution else "",
            "stderr": execution.stderr if execution else "",
            "answer_origin": code_report.answer_origin if code_report else "",
            "complexity": code_report.complexity if code_report else 0.0,
            "check": answer_report.verdict.value if answer_report else "",
            "check_reason": answer_report.reason if answer_report else "",
            "outcome": node.outcome.value if node.outcome else "",
            "ending": leaf.ending if leaf else "",
            "run_answer": leaf.answer if leaf else "",
            "run_outcome": leaf.outcome.value if leaf else "",
            "score": scored.get(node.id),
        }
