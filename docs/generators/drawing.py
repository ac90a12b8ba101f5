"""Render Mermaid drawings of the graph as SVG with Graphviz while the site is built."""

import re
from typing import Any

import pygraphviz

EDGE = re.compile(r"^\s*(\w+) (-->|-\.(?: &nbsp;(.*?)&nbsp; \.)?->) (\w+);$", re.MULTILINE)
LABELS = {"__start__": "START", "__end__": "END"}
LOOK = {
    "graph": {"bgcolor": "transparent"},
    "node": {"style": "rounded", "fontname": "sans-serif", "fontsize": "12", "height": "0.4"},
    "edge": {"arrowsize": "0.7", "fontname": "sans-serif", "fontsize": "10"},
}


SCREENS = {
    "wide": {"rankdir": "LR", "nodesep": "0.35", "ranksep": "0.35"},
    "narrow": {"rankdir": "TB", "nodesep": "0.08", "ranksep": "0.3"},
}
"""The drawings of a graph by the screens that show them: from left to right, and on phones from top to bottom."""
LABEL_BREAK = {"wide": r" / ", "narrow": r" (?:/ )?"}
"""Where the labels of edges are broken into lines, as patterns."""


def draw(source: str, *_: Any, **__: Any) -> str:
    """Return a Mermaid block as SVG elements; raise ValueError for a line that is not an edge between two nodes."""
    head, *lines = [line for line in source.splitlines() if line.strip()]
    if head.strip() != "graph TD;" or not all(EDGE.match(line) for line in lines):
        raise ValueError(f"only plain edges can be drawn, not\n{source}")
    drawings = (f'<div class="{screen}">{_svg(source, screen)}</div>' for screen in SCREENS)
    return f'<div class="drawing">{"".join(drawings)}</div>'


def _svg(source: str, screen: str) -> str:
    graph = pygraphviz.AGraph(directed=True)
    graph.graph_attr.update(LOOK["graph"], **SCREENS[screen])
    graph.node_attr.update(LOOK["node"])
    graph.edge_attr.update(LOOK["edge"])
    for start, arrow, label, end in EDGE.findall(source):
        for name in (start, end):
            graph.add_node(name, label=LABELS.get(name, name), shape="plaintext" if name in LABELS else "box")
        style = "solid" if arrow == "-->" else "dashed"
        graph.add_edge(start, end, style=style, label=re.sub(LABEL_BREAK[screen], "\n", label))
    picture: str = graph.draw(format="svg", prog="dot").decode()
    picture = picture.replace('"black"', '"currentColor"')  # follows the page's light or dark theme
    return picture[picture.index("<svg") :]
