"""Run the notebooks and store their outputs.

Run: python notebooks/store.py [NAME ...]

Without names, all are run. 01 uses the embedded model and 05 its own; the others use a scripted model, so their outputs
are reproducible except for times.
"""

import json
import os
import socket
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import nbformat
from tests.notebooks.scripted import play
from tests.support.endpoint import serve
from tests.support.notebooks import FOLDER, MODEL, NAMES, execute, tidy

EMBEDDED = "01_first_steps"


def store(name: str) -> None:
    """Run one notebook in an empty folder and write it back with its outputs."""
    with serve(play) as endpoint, tempfile.TemporaryDirectory() as folder:
        os.environ[MODEL] = "local" if name == EMBEDDED else f"{endpoint.url}#scripted"
        notebook = tidy(execute(name, Path(folder)))
    outputs = json.dumps([cell.get("outputs") for cell in notebook.cells])
    if socket.gethostname() in outputs:
        sys.exit(f"{name} prints this machine's host name; remove that, then run this again")
    nbformat.write(notebook, FOLDER / f"{name}.ipynb")


if __name__ == "__main__":
    for chosen in sys.argv[1:] or NAMES:
        print(f"running {chosen} …", flush=True)
        store(chosen)
