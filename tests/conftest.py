"""Settings for the whole test suite."""

import os
import signal

from tests.support.reporting import pytest_runtest_makereport as pytest_runtest_makereport

# Types in the graph's state must be declared in its schemas: anything else is refused on reading a checkpoint.
os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"

# A test run in the background of a shell starts with SIGINT ignored, and its children would never see a Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
