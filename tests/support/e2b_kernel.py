"""A code context of the loopback E2B: runs what it is told, one line of JSON in, events as lines of JSON out."""

import json
import os
import sys
from typing import TextIO


class Channel:
    """Stands in for a stream of the program: what is written becomes an event."""

    def __init__(self, name: str, events: TextIO) -> None:
        self._name = name
        self._events = events

    def write(self, text: str) -> int:
        if text:
            emit(self._events, type=self._name, text=text, timestamp=0)
        return len(text)

    def flush(self) -> None: ...


def emit(events: TextIO, **event: object) -> None:
    events.write(json.dumps(event) + "\n")
    events.flush()


def main() -> None:
    requests, events = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    sys.stdout, sys.stderr = Channel("stdout", events), Channel("stderr", events)
    namespace: dict[str, object] = {"__name__": "__main__"}
    for number, line in enumerate(requests, 1):
        emit(events, type="number_of_executions", execution_count=number)
        try:
            exec(json.loads(line), namespace)
        except BaseException as error:
            emit(events, type="error", name=type(error).__name__, value=str(error), traceback=str(error))
        emit(events, type="end_of_execution")


if __name__ == "__main__":
    main()
