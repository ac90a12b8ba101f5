"""The recording of a terminal: what was shown, each line once, the end without motion."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest
from docs.recording import LAST_FRAME, Frame, draw, record

SVG = "{http://www.w3.org/2000/svg}"
PROGRAM = "import time\nprint('one <b>', flush=True)\ntime.sleep(1)\nprint('\\x1b[31mtwo ä\\x1b[0m')"


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return record([sys.executable, "-c", PROGRAM])


def test_a_recording_has_what_the_terminal_showed(frames: list[Frame]) -> None:
    shown = [["".join(char.data for char in line).strip() for line in frame.screen] for frame in frames]
    assert shown[-1] == ["one <b>", "two ä"]
    assert ["one <b>"] in shown
    assert frames[-1].seconds == LAST_FRAME
    assert frames[-1].screen[1][0].fg == "red"


def test_the_picture_is_valid_and_has_each_line_once(frames: list[Frame]) -> None:
    picture = ElementTree.fromstring(draw(frames, "say 'a & b'"))
    assert picture.findtext(f"{SVG}title") == "say 'a & b'"
    assert (picture.findtext(f"{SVG}desc") or "").endswith("one <b>\ntwo ä")
    texts = [text.text for text in picture.iterfind(f"{SVG}defs//{SVG}text")]
    assert [text.strip() for text in texts if text] == ["one <b>", "two ä"]


def test_a_failed_command_is_no_recording() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        record([sys.executable, "-c", "raise SystemExit(3)"])
