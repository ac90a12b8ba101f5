"""The report's charts as SVG: each method has a colour and a shape; text takes the page's colour."""

import io
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Literal, get_args

from codesteer.evals.intervals import Interval, wilson
from codesteer.evals.learning_curve import CurvePoint
from codesteer.evals.report.formatting import interval, percent, short
from codesteer.evals.summary import Summary

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c", "#b8a600")
"""Okabe and Ito's colour-blind-safe palette; black and yellow adapted to dark pages."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
"""Shapes that can be filled; one fewer than the colours, so that pairs repeat late."""
WIDTH = 1080
"""Of a whole chart, axes and legend included: that of the page's text column."""
PADDING = {"left": 25, "top": 5, "right": 35, "bottom": 5}
"""Room for glyphs that are wider in the reader's font than in the renderer's."""
MARK_SHARE = 0.015
"""Size of a mark as a share of an axis."""
INK = "currentColor"
AXIS_OFFSET = 10
"""Distance of axes from the plot, so that points at 0 do not touch the labels."""
MARK = re.compile(
    r'<(\w+)( aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="(?:point|rect mark)"[^>]*)/>'
)
"""A point or a cell in Vega's SVG; the label is escaped for an attribute, which is enough for a text."""
TASK_MARK_SIZE, TASK_STEP = 50, 9
"""Area of a method's mark at a task, and the least distance to the next method's, which it does not reach."""
OFFSET_PADDING = 2.5
"""Room at both sides of a level's methods, so that neighbouring levels stay apart."""
Row = dict[str, Any]
CurveValue = Literal["solved", "tokens"]
CURVES: tuple[CurveValue, ...] = get_args(CurveValue)
"""What the learning curves show, in one chart each."""


def pareto(summaries: Sequence[Summary]) -> str:
    """Plot success (filled) and pass@k (hollow) against tokens per problem, with success's Pareto front as a line."""
    alt = _altair()
    rows = [_pareto_row(line) for line in summaries]
    best = pareto_front([(row["tokens"], row["rate"]) for row in rows])
    for row, tokens in zip(rows, side_by_side([(row["tokens"], row["rate"]) for row in rows]), strict=True):
        row["tokens"] = tokens
    axis = alt.Axis(tickCount=10, labelOverlap=True)
    x = alt.X("tokens:Q", title="tokens per problem", axis=axis, scale=alt.Scale(zero=True))
    title = "solved (filled), pass@k (hollow)"
    method = _method([row["method"] for row in rows])
    rules = alt.Chart(alt.Data(values=rows)).encode(x=x, color=method["color"])
    base = rules.encode(shape=method["shape"])
    intervals = rules.mark_rule(opacity=0.2, size=7, aria=False).encode(y=_percent("low", title), y2="high:Q")
    losses = rules.mark_rule(aria=False).encode(y=_percent("rate", title), y2="any:Q")
    hollow = base.mark_point(filled=False, size=110, opacity=1, strokeWidth=2)
    anys = hollow.transform_filter("datum.attempts").encode(
        y=_percent("any", title), description="attempts:N"
    )
    filled = base.mark_point(filled=True, size=110, opacity=1)
    points = filled.encode(y=_percent("rate", title), description="text:N")
    line = (
        alt.Chart(alt.Data(values=[{"tokens": x, "rate": y} for x, y in best]))
        .mark_line(color=INK, strokeDash=[4, 3], opacity=0.6, aria=False)
        .encode(x="tokens:Q", y="rate:Q")
    )
    chart = (line + intervals + losses + anys + points).properties(width=WIDTH, height=380)
    return _svg(chart, "Problems solved and tokens per problem")


def _pareto_row(line: Summary) -> Row:
    """Return a method's points and their texts; a method with one attempt has no hollow point."""
    tokens = f"{short(line.cost.tokens)} tokens per problem"
    solved = f"{line.method}: solved {interval(line.strict)} of {line.problems} problems, {tokens}"
    attempts = f"{line.method}: pass@k {interval(line.pass_at_k)}, {tokens}" if line.pass_at_k else ""
    return {
        "method": line.method,
        "tokens": line.cost.tokens,
        "rate": line.strict.value,
        "low": line.strict.low,
        "high": line.strict.high,
        "any": (line.pass_at_k or line.strict).value,
        "text": solved,
        "attempts": attempts,
    }


def side_by_side(points: Sequence[tuple[float, float]]) -> list[float]:
    """Return the points' x, moved apart where their marks would cover each other."""
    width = max((x for x, _ in points), default=0.0) * MARK_SHARE
    moved: list[float] = []
    for x, y in points:
        while any(
            abs(x - other) < width and abs(y - points[place][1]) < MARK_SHARE
            for place, other in enumerate(moved)
        ):
            x += width
        moved.append(x)
    return moved


def pareto_front(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points (cost, gain) that no other point beats on both, by rising cost."""
    front: list[tuple[float, float]] = []
    for cost, gain in sorted(points, key=lambda point: (point[0], -point[1])):
        if not front or gain > front[-1][1]:
            front.append((cost, gain))
    return front


def difficulty(levels: Mapping[tuple[str, int], Sequence[bool]], methods: Sequence[str]) -> str:
    """Plot success against the level, one line per method, side by side within a level."""
    alt = _altair()
    rows = [_level_row(method, level, outcomes) for (method, level), outcomes in sorted(levels.items())]
    offset = alt.XOffset("method:N", sort=list(methods), scale=alt.Scale(padding=OFFSET_PADDING))
    method = _method(methods)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("level:O", title="level", axis=alt.Axis(labelAngle=0, offset=AXIS_OFFSET)),
        xOffset=offset,
        y=_percent("value", "solved"),
        color=method["color"],
    )
    lines = base.mark_line(opacity=0.7, aria=False)
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        shape=method["shape"], description="text:N"
    )
    return _svg((lines + points).properties(width=WIDTH, height=320), "Problems solved by level")


def _level_row(method: str, level: int, outcomes: Sequence[bool]) -> Row:
    rate = wilson(sum(outcomes), len(outcomes))
    text = f"{method}, level {level}: solved {sum(outcomes)} of {len(outcomes)}, {interval(rate)}"
    return {"method": method, "level": level, "value": rate.value, "text": text}


def learning(curves: Sequence[CurvePoint], methods: Sequence[str], what: CurveValue) -> str:
    """Plot solved problems or tokens against the questions seen, one line per method."""
    alt = _altair()
    rows = [_curve_row(point, what) for point in curves]
    tokens = alt.Y("value:Q", title="tokens per problem", scale=alt.Scale(domainMin=0))
    method = _method(methods)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("questions:Q", title="questions seen", scale=alt.Scale(zero=True)),
        y=_percent("value", "solved") if what == "solved" else tokens,
        color=method["color"],
    )
    lines = base.mark_line(opacity=0.7, aria=False)
    points = base.mark_point(filled=True, size=TASK_MARK_SIZE, opacity=1).encode(
        shape=method["shape"], description="text:N"
    )
    title = {"solved": "Problems solved", "tokens": "Tokens per problem"}[what]
    return _svg((lines + points).properties(width=WIDTH, height=280), f"{title} against questions seen")


def _curve_row(point: CurvePoint, what: CurveValue) -> Row:
    text = (
        f"{point.method}, {point.questions} questions seen: solved {percent(point.solved)}, "
        f"{short(point.tokens)} tokens per problem"
    )
    value = point.solved if what == "solved" else point.tokens
    return {"method": point.method, "questions": point.questions, "value": value, "text": text}


def tasks(rates: Mapping[str, Mapping[str, Interval]], methods: Sequence[str]) -> str:
    """Plot success by task, one mark per method."""
    alt = _altair()
    rows = [
        {
            "task": task,
            "method": method,
            "rate": rate.value,
            "text": f"{task}, {method}: solved {interval(rate)}",
        }
        for task, by_method in rates.items()
        for method, rate in by_method.items()
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_point(filled=True, size=TASK_MARK_SIZE, opacity=0.9)
        .encode(
            y=alt.Y("task:N", title=None, axis=alt.Axis(labelLimit=260, grid=True, offset=AXIS_OFFSET)),
            yOffset=alt.YOffset("method:N", sort=list(methods)),
            x=alt.X(
                "rate:Q",
                title="solved",
                axis=alt.Axis(format="%", tickCount=10),
                scale=alt.Scale(domain=[0, 1]),
            ),
            description="text:N",
            **_method(methods),
        )
    )
    step = alt.Step(max(TASK_STEP, 22 / max(1, len(methods))))
    return _svg(chart.properties(width=WIDTH, height=step), "Problems solved by task")


def shares(code: Mapping[tuple[str, str], float], methods: Sequence[str]) -> str:
    """Plot the share of replies that were programs by task and method, from pale (text) to strong (code)."""
    alt = _altair()
    rows = [_share_row(task, method, share) for (method, task), share in code.items()]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("method:N", sort=list(methods), title=None, axis=alt.Axis(labelAngle=-30, labelLimit=200)),
        y=alt.Y("task:N", title=None, axis=alt.Axis(labelLimit=260)),
    )
    opacity = alt.Opacity("share:Q", legend=None)
    cells = base.mark_rect(color=PALETTE[0]).encode(opacity=opacity, description="text:N")
    figures = base.mark_text(color=INK, fontSize=10, aria=False).encode(text="figure:N")
    chart = (cells + figures).properties(width=WIDTH, height=alt.Step(16))
    return _svg(chart, "Replies that are programs, by task and method")


def _share_row(task: str, method: str, share: float) -> Row:
    text = f"{task}, {method}: {percent(share)} of the replies are programs"
    return {"method": method, "task": task, "share": share, "figure": f"{100 * share:.0f}", "text": text}


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


def _svg(chart: Any, title: str) -> str:
    """Render without a browser, with strokes and text in the page's text colour; each mark says its values."""
    axis = {"labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK, "gridColor": INK}
    themed = (
        chart.configure(
            background="transparent",
            font="system-ui, sans-serif",
            padding=PADDING,
            autosize={"type": "fit-x", "contains": "padding"},
        )
        .configure_axis(**axis, gridOpacity=0.12, titlePadding=14)
        .configure_axisQuantitative(offset=AXIS_OFFSET)
        .configure_legend(labelColor=INK, titleColor=INK, labelLimit=260, symbolOpacity=1)
        .configure_view(stroke=None)
    )
    buffer = io.StringIO()
    themed.save(buffer, format="svg")
    text = buffer.getvalue()
    svg = text[text.index("<svg") :].replace("<svg", f'<svg role="group" aria-label="{escape(title)}"', 1)
    return MARK.sub(r"<\1\2><title>\3</title></\1>", svg)


def _altair() -> Any:
    import altair

    return altair
