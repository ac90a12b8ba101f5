"""Run by test_kill.py in a process of its own: a run that is killed in a node, when its work is done but not recorded.

Arguments: the checkpointer's kind and address, the model's name, the thread, the node, at which visit.
"""

import asyncio
import os
import signal
import sys
from typing import Any

from langchain_core.messages import HumanMessage
from tests.survival.setting import QUESTION, open_saver, setting

from codesteer.graph import workflow
from codesteer.graph.state import State
from codesteer.nodes.runtime import NodeRuntime, Update


def doom(node: str, visit: int) -> None:
    """Make this visit to the node the process's last deed."""
    step, visits = workflow.NODES[node], 0

    async def dying(state: State, runtime: NodeRuntime) -> Update:
        nonlocal visits
        visits += 1
        number = visits
        update = await step(state, runtime)
        if number == visit:
            os.kill(os.getpid(), signal.SIGKILL)
        return update

    workflow.NODES[node] = dying


async def run(kind: str, address: str, model: str, thread: str, candidates: int) -> None:
    async with open_saver(kind, address) as saver:
        graph = workflow.create_codesteer().compile(checkpointer=saver)
        question: Any = {"messages": [HumanMessage(QUESTION)]}
        config: Any = {"configurable": {"thread_id": thread}}
        await graph.ainvoke(question, config, context=setting(model, candidates), durability="sync")


if __name__ == "__main__":
    kind, address, model, thread, node, visit, candidates = sys.argv[1:]
    doom(node, int(visit))
    asyncio.run(run(kind, address, model, thread, int(candidates)))
