"""Run the notebooks and store what they show.

Run: python notebooks/store.py [NAME ...]

Without names all are run. 01 asks the embedded model, 05 brings its own; the others ask a scripted model on loopback,
so that anybody who runs this gets the same outputs, but for times.
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
        sys.exit(f"{name} prints this machine's name; it is not stored")
    nbformat.write(notebook, FOLDER / f"{name}.ipynb")


if __name__ == "__main__":
    for chosen in sys.argv[1:] or NAMES:
        print(f"running {chosen} …", flush=True)
        store(chosen)
