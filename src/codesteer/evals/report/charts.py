"""The report's charts as SVG: each method has a colour and a shape; text takes the page's colour."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from codesteer.evals.intervals import Interval, wilson
from codesteer.evals.summary import Summary

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c", "#b8a600")
"""Okabe and Ito's colour-blind-safe palette; black and yellow adapted to dark pages."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "stroke")
WIDTH = 620
PADDING = {"left": 30, "top": 5, "right": 30, "bottom": 5}
"""Room for glyphs that are wider in the reader's font than in the renderer's."""
INK = "currentColor"
Row = dict[str, Any]


def pareto(summaries: Sequence[Summary]) -> str:
    """Plot success against tokens per problem, with the Pareto front as a line."""
    alt = _altair()
    rows: list[Row] = [
        {
            "method": line.method,
            "tokens": line.cost.tokens,
            "rate": line.strict.value,
            "low": line.strict.low,
            "high": line.strict.high,
        }
        for line in summaries
    ]
    best = pareto_front([(row["tokens"], row["rate"]) for row in rows])
    x = alt.X("tokens:Q", title="tokens per problem", scale=alt.Scale(zero=True))
    base = alt.Chart(alt.Data(values=rows)).encode(x=x)
    bars = base.mark_rule(opacity=0.5, color=INK).encode(y=_percent("low", "solved"), y2="high:Q")
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        y=_percent("rate", "solved"), **_method([row["method"] for row in rows])
    )
    line = (
        alt.Chart(alt.Data(values=[{"tokens": x, "rate": y} for x, y in best]))
        .mark_line(color=INK, strokeDash=[4, 3], opacity=0.6)
        .encode(x="tokens:Q", y="rate:Q")
    )
    return _svg((line + bars + points).properties(width=WIDTH, height=280))


def pareto_front(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points (cost, gain) that no other point beats on both, by rising cost."""
    front: list[tuple[float, float]] = []
    for cost, gain in sorted(points, key=lambda point: (point[0], -point[1])):
        if not front or gain > front[-1][1]:
            front.append((cost, gain))
    return front


def difficulty(levels: Mapping[tuple[str, int], Sequence[bool]], methods: Sequence[str]) -> str:
    """Plot success against the level, one line per method."""
    alt = _altair()
    rows = [
        {
            "method": method,
            "level": level,
            "n": len(outcomes),
            **_bounds(wilson(sum(outcomes), len(outcomes))),
        }
        for (method, level), outcomes in sorted(levels.items())
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("level:O", title="level", axis=alt.Axis(labelAngle=0)),
        **_method(methods),
    )
    lines = base.mark_line(opacity=0.7).encode(y=_percent("value", "solved"))
    points = base.mark_point(filled=True, size=80, opacity=1).encode(y=_percent("value", "solved"))
    return _svg((lines + points).properties(width=WIDTH, height=260))


def tasks(rates: Mapping[str, Mapping[str, Interval]], methods: Sequence[str]) -> str:
    """Plot success by task, one mark per method."""
    alt = _altair()
    rows = [
        {"task": task, "method": method, "rate": interval.value}
        for task, by_method in rates.items()
        for method, interval in by_method.items()
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_point(filled=True, size=70, opacity=0.9)
        .encode(
            y=alt.Y("task:N", title=None, axis=alt.Axis(labelLimit=260, grid=True)),
            yOffset=alt.YOffset("method:N", sort=list(methods)),
            x=alt.X("rate:Q", title="solved", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            **_method(methods),
        )
    )
    return _svg(chart.properties(width=WIDTH - 180, height=alt.Step(max(4, 22 / max(1, len(methods))))))


def shares(code: Mapping[tuple[str, str], float], methods: Sequence[str]) -> str:
    """Plot the share of replies that were programs by task and method, from pale (text) to strong (code)."""
    alt = _altair()
    rows = [{"method": m, "task": t, "share": s, "text": f"{100 * s:.0f}"} for (m, t), s in code.items()]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("method:N", sort=list(methods), title=None, axis=alt.Axis(labelAngle=-30, labelLimit=200)),
        y=alt.Y("task:N", title=None, axis=alt.Axis(labelLimit=260)),
    )
    cells = base.mark_rect(color=PALETTE[0]).encode(opacity=alt.Opacity("share:Q", legend=None))
    figures = base.mark_text(color=INK, fontSize=10).encode(text="text:N")
    return _svg((cells + figures).properties(width=alt.Step(80), height=alt.Step(16)))


def _bounds(interval: Interval) -> dict[str, float]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}


def _percent(field: str, title: str) -> Any:
    alt = _altair()
    return alt.Y(f"{field}:Q", title=title, axis=alt.Axis(format="%"), scale=alt.Scale(domainMin=0))


def _method(methods: Sequence[str]) -> dict[str, Any]:
    """Encode the method as both colour and shape, so that either is enough."""
    alt = _altair()
    domain = list(dict.fromkeys(methods))
    colours = [PALETTE[i % len(PALETTE)] for i in range(len(domain))]
    shapes = [SHAPES[i % len(SHAPES)] for i in range(len(domain))]
    return {
        "color": alt.Color("method:N", scale=alt.Scale(domain=domain, range=colours), title="method"),
        "shape": alt.Shape("method:N", scale=alt.Scale(domain=domain, range=shapes), title="method"),
    }


def _svg(chart: Any) -> str:
    """Render without a browser, with strokes and text in the page's text colour."""
    axis = {"labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK, "gridColor": INK}
    themed = (
        chart.configure(background="transparent", font="system-ui, sans-serif", padding=PADDING)
        .configure_axis(**axis, gridOpacity=0.12)
        .configure_legend(labelColor=INK, titleColor=INK, labelLimit=260)
        .configure_view(stroke=None)
    )
    buffer = io.StringIO()
    themed.save(buffer, format="svg")
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def _altair() -> Any:
    import altair

    return altair
