"""Render Mermaid drawings of the graph as SVG with Graphviz while the site is built."""

import re
from typing import Any

import pygraphviz

EDGE = re.compile(r"^\s*(\w+) (-->|-\.(?: &nbsp;(.*?)&nbsp; \.)?->) (\w+);$", re.MULTILINE)
LABELS = {"__start__": "START", "__end__": "END"}
LOOK = {
    "graph": {"bgcolor": "transparent", "rankdir": "LR", "nodesep": "0.35", "ranksep": "0.35"},
    "node": {"style": "rounded", "fontname": "sans-serif", "fontsize": "12", "height": "0.4"},
    "edge": {"arrowsize": "0.7", "fontname": "sans-serif", "fontsize": "10"},
}


def draw(source: str, *_: Any, **__: Any) -> str:
    """Return a Mermaid block as an SVG element; raise ValueError for a line that is not an edge between two nodes."""
    head, *lines = [line for line in source.splitlines() if line.strip()]
    if head.strip() != "graph TD;" or not all(EDGE.match(line) for line in lines):
        raise ValueError(f"only plain edges can be drawn, not\n{source}")
    graph = pygraphviz.AGraph(directed=True)
    graph.graph_attr.update(LOOK["graph"])
    graph.node_attr.update(LOOK["node"])
    graph.edge_attr.update(LOOK["edge"])
    for start, arrow, label, end in EDGE.findall(source):
        for name in (start, end):
            graph.add_node(name, label=LABELS.get(name, name), shape="plaintext" if name in LABELS else "box")
        style = "solid" if arrow == "-->" else "dashed"
        graph.add_edge(start, end, style=style, label=label.replace(" / ", "\n"))
    picture = graph.draw(format="svg", prog="dot").decode()
    picture = picture.replace('"black"', '"currentColor"')  # follows the page's light or dark theme
    return f'<div class="drawing">{picture[picture.index("<svg") :]}</div>'
