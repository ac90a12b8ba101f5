"""Execute notebooks in a fresh kernel, for the tests and to store their outputs."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = (
    "01_first_steps",
    "02_inside_a_run",
    "03_langchain_app",
    "04_symbench",
    "05_training",
    "06_experience",
)
MODEL = "CODESTEER_NOTEBOOK_MODEL"
"""The environment variable with the model's name."""
CELL_SECONDS = 600
WIDGET = "application/vnd.jupyter.widget-view+json"


def read(name: str) -> NotebookNode:
    """A notebook of the repository, as it is stored."""
    notebook: NotebookNode = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def execute(name: str, folder: Path) -> NotebookNode:
    """Run a notebook in a folder; raises CellExecutionError at the first cell that fails."""
    notebook = read(name)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
    )
    executed: NotebookNode = client.execute()
    return executed


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Keep what does not depend on the machine: no versions, no live widgets, streams in one piece."""
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell["metadata"] = {}
        if cell.cell_type == "code":
            cell.outputs = _joined(
                [output for output in cell.outputs if WIDGET not in output.get("data", {})]
            )
    return notebook


def output_text(notebook: NotebookNode) -> str:
    """All that the cells print and return, as text."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("text") or _richest(output.get("data", {})) for output in outputs)


def _richest(data: dict[str, str]) -> str:
    return data.get("text/markdown") or data.get("text/plain", "")


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Put pieces of one stream together: where it was cut is a matter of time."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if (
            last is not None
            and output.output_type == "stream" == last.output_type
            and output.name == last.name
        ):
            last.text += output.text
        else:
            joined.append(output)
    return joined
