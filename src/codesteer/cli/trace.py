"""``--trace``: write a self-contained HTML page that shows a run turn by turn."""

import html
import re
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from codesteer.cli.prompts_sent import SentMessage
from codesteer.cli.result import REMEMBERED, experience_summary, summary, tokens
from codesteer.cli.trace_strip import mode, strip, turn_tokens
from codesteer.experience.recall import RecalledSkill
from codesteer.files import write_text_atomically
from codesteer.guides.truncation import truncate_middle
from codesteer.pages import content_policy

MAX_CHARACTERS = 20_000
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Formats that a page may show: they cannot contain scripts."""
BASE64 = re.compile(r"[A-Za-z0-9+/=]*")
LINE_NUMBER = '<span class="linenos"'
"""The start of a line's number; a program's own text is escaped and cannot contain it."""
Json = dict[str, Any]


def write_trace(path: Path, result: Json, prompts: Sequence[Sequence[SentMessage]]) -> None:
    """Write the page atomically.

    Args:
        path: the HTML file.
        result: the output of ``codesteer solve --json``.
        prompts: what the task model was sent before each turn.

    Raises:
        OSError: the file cannot be written.
    """
    write_text_atomically(path, page(result, prompts, datetime.now().astimezone()))


def page(result: Json, prompts: Sequence[Sequence[SentMessage]], date: datetime) -> str:
    """Return the page's HTML, with all text from models and users escaped."""
    template = Template(files("codesteer.cli").joinpath("trace.html").read_text(encoding="utf-8"))
    learnt = bool(result["experience"].get("learnt"))
    models = " · ".join(f"{role}: {name}" for role, name in result["models"].items())
    return template.substitute(
        question=_text(result["question"]),
        answer=_text(result["answer"] or "no answer found"),
        facts=_facts(result),
        models=_text(models),
        date=f"{date:%Y-%m-%d %H:%M %Z}",
        policy=html.escape(content_policy(template.template)),
        strip=strip(result["turns"], result["decision"], result["outcome"], learnt=learnt),
        turns="\n".join(map(_turn, result["turns"], prompts)),
        ending=_ending(result["decision"]),
        version=_text(result["codesteer"]["version"]),
        prompts=_text(result["codesteer"]["prompts"]),
        highlight=_highlight_styles(),
    )


def _facts(result: Json) -> str:
    known = experience_summary(result)
    experience = f" · experience: {_text(known)}" if known else ""
    return f"{result['outcome'].replace('_', ' ')} · {summary(result)}{experience}"


def _turn(turn: Json, prompt: Sequence[SentMessage]) -> str:
    name = f"turn-{turn['number']}"
    costs = f"{tokens(turn_tokens(turn))} · {turn['seconds']:.1f} s"
    parts = [
        f"<h2 id='{name}-title'>Turn {turn['number']} <span class='tag'>{mode(turn)}</span>{_candidate(turn)}"
        f"<span class='cost'>{costs}</span></h2>",
        *([_remembered(turn)] if turn["recalled"] else _asked(turn, prompt)),
        _execution(turn["execution"], "Program output"),
        _code_report(turn["code_report"]),
        _answer_report(turn["answer_report"], "Answer"),
        *(_answer_report(report, checker.capitalize()) for checker, report in turn["reports"].items()),
    ]
    return f"<section class='turn' id='{name}' aria-labelledby='{name}-title'>{''.join(parts)}</section>"


def _asked(turn: Json, prompt: Sequence[SentMessage]) -> list[str]:
    """Return what the guide decided, what the task model was sent, and what it replied."""
    return [_decision(turn["decision"]), _prompt(prompt), _reply(turn)]


def _remembered(turn: Json) -> str:
    skill = RecalledSkill(**turn["recalled"])
    origin = f"<p><b>{REMEMBERED.capitalize()}</b>, {skill.description}. No model was asked.</p>"
    return f"{origin}<h3>Program</h3>{_highlighted(turn['program'], 'program')}"


def _prompt(prompt: Sequence[SentMessage]) -> str:
    messages = "".join(
        f"<p>{_text(one.role)}</p>{_copyable('prompt', f'<pre>{_text(one.text)}</pre>')}" for one in prompt
    )
    return f"<details><summary>What the task model was sent</summary>{messages}</details>"


def _candidate(turn: Json) -> str:
    wanted = turn["decision"]["candidates"]
    return f"<span class='tag'>candidate {turn['candidate'] + 1} of {wanted}</span>" if wanted > 1 else ""


def _decision(decision: Json) -> str:
    guidance = f"<blockquote>{_text(decision['guidance'])}</blockquote>" if decision["guidance"] else ""
    reason = _text(" — ".join(part for part in (decision["fallback"], decision["reason"]) if part))
    head = f"<b>Guide</b> ({_text(decision['guide'])}) decided <b>{decision['action']}</b>: {reason}"
    return f"<p>{head}</p>{guidance}"


def _ending(decision: Json | None) -> str:
    if decision is None or decision["action"] not in ("return", "terminate"):
        return ""
    return f"<section class='turn'>{_decision(decision)}</section>"


def _reply(turn: Json) -> str:
    text = _copyable("reply", f"<pre>{_text(turn['reply'])}</pre>")
    if turn["program"] is None:
        return f"<h3>Answer in text</h3>{text}"
    reply = f"<details><summary>The whole reply</summary>{text}</details>"
    return f"<h3>Program</h3>{_highlighted(turn['program'], 'program')}{reply}"


def _execution(execution: Json | None, title: str) -> str:
    if execution is None:
        return ""
    state = f"<span class='tag {execution['status']}'>{execution['status']}</span>"
    facts = f"{execution['wall_seconds']:.2f} s"
    if execution["peak_memory_bytes"] >= 2**20:
        facts += f", {execution['peak_memory_bytes'] / 2**20:.0f} MiB"
    texts = [execution[name] for name in ("stdout", "stderr") if execution[name].strip()]
    output = "".join(f"<pre>{_text(text)}</pre>" for text in texts) or "<p>no output</p>"
    files = "".join(map(_artifact, execution["artifacts"]))
    return f"<h3>{title} {state} <span class='cost'>{facts}</span></h3>{output}{files}"


def _artifact(file: Json) -> str:
    """Return a picture, or a link that saves the file; its content is part of the page."""
    label = f"{_text(file['name'])}, {file['size']:,} bytes"
    content = file["base64"]
    if content is None or not BASE64.fullmatch(content):
        return f"<p>{label}: too large to keep</p>"
    if file["mime_type"] in PICTURES:
        source = f"data:{file['mime_type']};base64,{content}"
        return f"<figure><img alt='{_text(file['name'])}' src='{source}'><figcaption>{label}</figcaption></figure>"
    source = f"data:application/octet-stream;base64,{content}"
    return f"<p><a download='{_text(file['name'])}' href='{source}'>{label}</a></p>"


def _code_report(report: Json | None) -> str:
    if report is None:
        return ""
    counts = ", ".join(f"{number} {name}" for name, number in report["counts"].items())
    findings = [
        f"<li class='finding'>line {item['line']}: {_text(item['message'])}</li>"
        for item in report["findings"]
    ]
    head = f"answer {report['answer_origin']}, complexity {report['complexity']:.1f}"
    return f"<h3>Symbolic checker: {head}</h3><ul><li>{counts}</li>{''.join(findings)}</ul>"


def _answer_report(report: Json | None, checker: str) -> str:
    if report is None:
        return ""
    verdict = f"<span class='tag {report['verdict']}'>{report['verdict']}</span>"
    program = ""
    if report["program"]:
        content = _highlighted(report["program"], "checking program") + _execution(
            report["execution"], "Checking program output"
        )
        program = f"<details><summary>Checking program</summary>{content}</details>"
    return f"<h3>{checker} checker {verdict}</h3><p>{_text(report['reason'])}</p>{program}"


def _highlighted(program: str, what: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    lines = HtmlFormatter(cssclass="code", linenos="inline")  # the checkers' findings name lines
    shown = highlight(truncate_middle(program, MAX_CHARACTERS), PythonLexer(stripnl=False), lines)
    named = shown.replace("<pre>", f"<pre tabindex='0' role='region' aria-label='{what}'>")
    return _copyable(what, named.replace(LINE_NUMBER, f"{LINE_NUMBER} aria-hidden='true'"))


def _highlight_styles() -> str:
    from pygments.formatters import HtmlFormatter

    light, dark = (
        str(HtmlFormatter(style=style).get_style_defs(".code"))  # type: ignore[no-untyped-call]
        for style in ("friendly", "github-dark")
    )
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _copyable(what: str, content: str) -> str:
    """Return content that the page's script gives a button to copy it."""
    return f"<div class='copyable' data-copy='{_text(what)}'>{content}</div>"


def _text(text: str) -> str:
    return html.escape(truncate_middle(text, MAX_CHARACTERS))
