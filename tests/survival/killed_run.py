"""Run in a separate process by test_kill.py: a run that is killed at the end of a node, before the checkpoint.

Arguments: the checkpointer's kind and address, the model's name, the thread, the node, the number of the visit, and the
number of candidates.
"""

import asyncio
import os
import signal
import sys
from typing import Any

from langchain_core.messages import HumanMessage
from tests.survival.scenario import QUESTION, context_with, open_saver

from codesteer.graph import workflow
from codesteer.graph.state import State
from codesteer.nodes.runtime import NodeRuntime, Update


def kill_at(node: str, visit: int) -> None:
    """Kill the process at the end of this visit to the node."""
    function, visits = workflow.NODES[node], 0

    async def killing(state: State, runtime: NodeRuntime) -> Update:
        nonlocal visits
        visits += 1
        number = visits
        update = await function(state, runtime)
        if number == visit:
            os.kill(os.getpid(), signal.SIGKILL)
        return update

    workflow.NODES[node] = killing


async def run(kind: str, address: str, model: str, thread: str, candidates: int) -> None:
    async with open_saver(kind, address) as saver:
        graph = workflow.create_codesteer().compile(checkpointer=saver)
        question: Any = {"messages": [HumanMessage(QUESTION)]}
        config: Any = {"configurable": {"thread_id": thread}}
        await graph.ainvoke(question, config, context=context_with(model, candidates), durability="sync")


if __name__ == "__main__":
    kind, address, model, thread, node, visit, candidates = sys.argv[1:]
    kill_at(node, int(visit))
    asyncio.run(run(kind, address, model, thread, int(candidates)))
