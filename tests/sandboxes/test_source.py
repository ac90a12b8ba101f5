"""A program is the same text in every sandbox, whatever its first lines say about its encoding."""

import subprocess
import sys
from pathlib import Path

import pytest

from codesteer.sandboxes.source import source_of


@pytest.mark.parametrize(
    "first_lines",
    [
        "# coding: latin-1\n",
        "#coding=latin-1\r\n",
        "# -*- coding: utf-16 -*-\r",
        "\t\f # vim: set fileencoding=ascii :\n",
        "# coding: nonsense",
        "\ufeff# coding: latin-1\n",
        "#!/usr/bin/python\n# encoding: cp1252\n",
        "\n# coding: ascii\n",
        "\f\n#coding:ascii\n",
        "# encoding, coding:\t cp1252 coding: ascii\n",
        "# coding: utf-8\n# coding: latin-1\n",
        "",
        "\ufeff",
    ],
)
def test_the_text_is_read_as_it_is(first_lines: str, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_bytes(source_of(first_lines + "\nimport sys\nsys.stdout.buffer.write('größer → 大'.encode())"))
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, encoding="utf-8")
    assert (done.stdout, done.stderr) == ("größer → 大", "")


@pytest.mark.parametrize(
    "program",
    [
        "print(1)",
        "",
        "x = 1  # coding: latin-1\n",
        "s = '''\n# coding: latin-1\n'''",
        "\n\n# coding: latin-1",
        "# coding\n# coding: \n",
        "# decoding takes long\n",
        "print('\ufeff')",
        "a\x0b# coding: latin-1",
        "x = '\ud800'",
    ],
)
def test_other_programs_stay_as_they_are(program: str) -> None:
    assert source_of(program) == program.encode(errors="surrogatepass")


def test_only_the_name_of_the_encoding_changes() -> None:
    assert source_of("#!x\r\n# -*- coding: cp1252 -*-\r\n") == b"#!x\r\n# -*- coding: utf-8 -*-\r\n"
