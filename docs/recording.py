"""Record a command in a terminal as an animated SVG.

Run: python docs/recording.py FILE COMMAND …

``make recording`` records the README's first run. Waits are shortened; readers who prefer no motion see the end.
"""

import html
import os
import pty
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from select import select
from textwrap import wrap

import pyte
from pyte.screens import Char

COLUMNS, ROWS = 84, 70
SECONDS_BETWEEN_FRAMES, LONGEST_WAIT, LAST_FRAME = 0.4, 0.8, 6.0
WIDTH, HEIGHT, MARGIN = 8.4, 17, 14
"""Size of a character, and the margin, in pixels."""
BACKGROUND, FOREGROUND = "#1b1f27", "#d6dbe5"
COLOURS = {
    "black": "#4d5566",
    "red": "#f07178",
    "green": "#a5d68b",
    "brown": "#ffd580",
    "blue": "#82aaff",
    "magenta": "#d6a1f5",
    "cyan": "#89ddff",
    "white": "#d6dbe5",
}
Line = tuple[Char, ...]
Screen = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the terminal shows, and for how long."""

    screen: Screen
    seconds: float


def record(command: Sequence[str]) -> list[Frame]:
    """Run a command in a pseudo-terminal and return what it showed.

    Raises:
        subprocess.CalledProcessError: the command failed.
    """
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    shown: list[tuple[float, Screen]] = []
    for text in _output(command):
        stream.feed(text)
        now, picture = time.monotonic(), _picture(screen)
        if not shown or (now - shown[-1][0] > SECONDS_BETWEEN_FRAMES and picture != shown[-1][1]):
            shown.append((now, picture))
    shown.append((time.monotonic(), _picture(screen)))
    ends = [start for start, _ in shown[1:]]
    waits = [min(end - start, LONGEST_WAIT) for (start, _), end in zip(shown, ends, strict=False)]
    return [Frame(picture, wait) for (_, picture), wait in zip(shown, [*waits, LAST_FRAME], strict=True)]


def _output(command: Sequence[str]) -> Iterator[bytes]:
    """Yield a command's output while it runs, and nothing now and then, so that time passes."""
    parent, child = pty.openpty()
    size = {"COLUMNS": str(COLUMNS), "LINES": str(ROWS), "TERM": "xterm-256color"}
    process = subprocess.Popen(  # noqa: S603 the user's own command
        command, stdin=child, stdout=child, stderr=child, env=os.environ | size, close_fds=True
    )
    os.close(child)
    with os.fdopen(parent, "rb", buffering=0) as terminal:
        while True:
            ready, _, _ = select([terminal], [], [], SECONDS_BETWEEN_FRAMES)
            try:
                text = terminal.read(65536) if ready else b""
            except OSError:  # how Linux reports that the other end was closed
                break
            if ready and not text:
                break
            yield text
    if status := process.wait():
        raise subprocess.CalledProcessError(status, command)


def _picture(screen: pyte.Screen) -> Screen:
    """Return the lines of a screen up to the last one with text."""
    lines = [tuple(screen.buffer[row][column] for column in range(COLUMNS)) for row in range(ROWS)]
    used = [number for number, line in enumerate(lines) if _text(line)]
    return tuple(lines[: used[-1] + 1]) if used else ()


def _text(line: Line) -> str:
    return "".join(char.data for char in line).rstrip()


def draw(frames: Sequence[Frame], prompt: str) -> str:
    """Return an SVG in which the frames follow each other; each different line is in it once."""
    typed = wrap(f"$ {prompt}", COLUMNS)
    rows = max(len(frame.screen) for frame in frames) + len(typed) + 1
    width, height = COLUMNS * WIDTH + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN
    numbers: dict[Line, int] = {}
    for frame in frames:
        for line in frame.screen:
            numbers.setdefault(line, len(numbers))
    lines = "".join(f'<g id="l{number}">{_spans(line)}</g>' for line, number in numbers.items())
    body = MARGIN + (len(typed) + 2) * HEIGHT
    strip = "".join(_frame(frame, numbers, number * height + body) for number, frame in enumerate(frames))
    words = html.escape("\n".join([f"$ {prompt}", "", *map(_text, frames[-1].screen)]))
    command = "".join(
        f'<text x="{MARGIN}" y="{MARGIN + (row + 1) * HEIGHT}" fill="{COLOURS["green"]}">{html.escape(line)}</text>'
        for row, line in enumerate(typed)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" role="img"><title>{html.escape(prompt)}</title><desc>{words}</desc>'
        f"<style>{_style(frames, height)}</style><defs>{lines}</defs>"
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>'
        f'<g class="strip">{strip}</g>{command}</svg>\n'
    )


def _frame(frame: Frame, numbers: dict[Line, int], top: float) -> str:
    return "".join(
        f'<use href="#l{numbers[line]}" y="{top + row * HEIGHT:.0f}"/>'
        for row, line in enumerate(frame.screen)
        if _text(line)
    )


def _spans(line: Line) -> str:
    """Return a line's text, one element for each run of characters that look the same."""
    spans, column = [], 0
    for (colour, weight), chars in groupby(line, key=lambda char: (_colour(char), char.bold)):
        text = "".join(char.data for char in chars)
        start, column = column, column + len(text)
        if text.strip():
            bold = ' font-weight="bold"' if weight else ""
            length = f'textLength="{len(text) * WIDTH:.1f}"'
            spans.append(
                f'<text x="{MARGIN + start * WIDTH:.1f}" fill="{colour}" {length}{bold}>{html.escape(text)}</text>'
            )
    return "".join(spans)


def _colour(char: Char) -> str:
    if char.fg == "default":
        return FOREGROUND
    name = char.fg.removeprefix("bright")
    return COLOURS.get(name, f"#{char.fg}" if len(char.fg) == 6 else FOREGROUND)


def _style(frames: Sequence[Frame], height: float) -> str:
    total, passed, steps = sum(frame.seconds for frame in frames), 0.0, []
    for number, frame in enumerate(frames):
        steps.append(f"{100 * passed / total:.3f}%{{transform:translateY({-number * height:.0f}px)}}")
        passed += frame.seconds
    last = f"transform:translateY({-(len(frames) - 1) * height:.0f}px)"
    return (
        "text{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre}"
        f".strip{{{last}}}@keyframes play{{{''.join(steps)}}}"
        "@media (prefers-reduced-motion:no-preference){"
        f".strip{{animation:play {total:.1f}s step-end infinite}}}}"
    )


def main(arguments: Sequence[str]) -> None:
    """Record a command and write the SVG."""
    target, *command = arguments
    installed = Path(sys.executable).parent / command[0]
    frames = record([str(installed) if installed.exists() else command[0], *command[1:]])
    Path(target).write_text(draw(frames, shlex.join(command)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
