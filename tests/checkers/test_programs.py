"""Programs as models write them, with the report each must get; ``programs/EXPECTED`` is the table."""

from pathlib import Path
from typing import NamedTuple

import pytest

from codesteer.checkers.code_analysis import analyze_code

PROGRAMS = Path(__file__).parent / "programs"


class Expected(NamedTuple):
    name: str
    origin: str
    findings: list[str]


def expectations() -> list[Expected]:
    rows = (line.split() for line in (PROGRAMS / "EXPECTED").read_text().splitlines())
    return [Expected(name, origin, findings) for name, origin, *findings in rows]


TABLE = expectations()


def test_every_program_is_in_the_table() -> None:
    assert {path.stem for path in PROGRAMS.glob("*.txt")} == {row.name for row in TABLE}
    assert len(TABLE) >= 60


@pytest.mark.parametrize("expected", TABLE, ids=lambda row: row.name)
def test_program(expected: Expected) -> None:
    report = analyze_code((PROGRAMS / f"{expected.name}.txt").read_text())
    assert report.answer_origin == expected.origin
    assert [f"{finding.kind}@{finding.line}" for finding in report.findings] == expected.findings


@pytest.mark.parametrize("expected", TABLE, ids=lambda row: row.name)
def test_findings_point_at_lines_of_the_program(expected: Expected) -> None:
    program = (PROGRAMS / f"{expected.name}.txt").read_text()
    report = analyze_code(program)
    lines = range(1, program.count("\n") + 1)
    assert all(finding.line in range(len(lines) + 1) and finding.message for finding in report.findings)


def test_search_ranks_above_a_product_above_a_guess() -> None:
    names = ("sudoku_backtracking", "game24_brute_force", "multiply", "game24_guess_checked", "game24_guess")
    scores = [analyze_code((PROGRAMS / f"{name}.txt").read_text()).complexity for name in names]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
