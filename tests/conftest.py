"""Settings for the whole test suite."""

import os

# Types in the graph's state must be declared in its schemas: anything else is refused on reading a checkpoint.
os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
