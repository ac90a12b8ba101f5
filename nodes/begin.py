"""Start a run: validate the question and give it a record of its own."""

from codesteer.errors import ConfigurationError
from codesteer.experience.recall import Recall
from codesteer.graph.context import settings_of
from codesteer.graph.input_files import input_files
from codesteer.graph.state import (
    STATE_VERSION,
    State,
    is_answered,
    is_finished,
    question_key,
    question_message,
    require_state_version,
)
from codesteer.nodes.runtime import NodeRuntime, Update


async def begin(state: State, runtime: NodeRuntime) -> Update:
    """Start a new record for a new question, before anything else can fail.

    The same message sent again continues its own record: a finished run stays as it is, an unfinished or failed one
    resumes after its last turn, with its own settings where the caller gives none. If its answer was removed, it is
    asked anew.

    Raises:
        ConfigurationError: there is no question, a file of it cannot be used, another version wrote its record, or a
            person is to review the run, which cannot be resumed.
    """
    given = settings_of(runtime.context)
    key = question_key(question_message(state))
    continues = state.get("question_key") == key and (is_answered(state) or not is_finished(state))
    settings = {**state.get("settings", {}), **given} if continues else given
    # Refuses files that cannot be used, before anything is spent.
    input_files({**state, "settings": settings})
    if settings.get("review") and not runtime.has_checkpointer:
        raise ConfigurationError(
            "review: a run that waits for a person is resumed from its checkpoint: compile the graph with a "
            "checkpointer, and give the run a thread_id"
        )
    unfinished: Update = {"current": None, "stop_reason": None, "failure": "", "outcome": None}
    if continues:
        require_state_version(state)
        return {} if is_answered(state) else unfinished | {"settings": settings}
    return unfinished | {
        "state_version": STATE_VERSION,
        "question_key": key,
        "settings": settings,
        "answer": "",
        "turns": None,
        "usage": None,
        "experience": Recall(),
    }
