"""A run begins: the question is validated and gets a record of its own."""

from langgraph.types import Overwrite

from codesteer.graph.state import (
    STATE_VERSION,
    State,
    is_answered,
    question_key,
    question_message,
    require_current,
)
from codesteer.nodes.runtime import NodeRuntime, Update


async def begin(state: State, runtime: NodeRuntime) -> Update:
    """Start a new record for a new question, before anything else can fail.

    The same message sent again continues its own record: a finished run stays as it is, an unfinished or failed one
    resumes after its last turn.

    Raises:
        ConfigurationError: there is no question, or its record is of another version.
    """
    del runtime
    key = question_key(question_message(state))
    unfinished: Update = {"current": Overwrite([]), "stop_reason": None, "failure": "", "outcome": None}
    if state.get("question_key") == key:
        require_current(state)
        return {} if is_answered(state) else unfinished
    return unfinished | {
        "state_version": STATE_VERSION,
        "question_key": key,
        "answer": "",
        "turns": Overwrite([]),
        "usage": Overwrite({}),
    }
