"""Writes into docs/security.md what became of every attack: python -m tests.sandboxes.hostile.table, as root.

Each attack runs in each local sandbox, as root and as an ordinary user; that takes about ten minutes.
"""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.sandboxes.hostile.test_as_ordinary_user import ROOT, as_ordinary_user
from tests.support import backends

PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- attacks: written by tests/sandboxes/hostile/table.py -->\n", "<!-- end of attacks -->\n"
SUITE = (
    *(sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "--tb=no"),
    "tests/sandboxes/hostile",
)
OUTCOMES = {"PASSED": "held", "FAILED": "**got through**", "ERROR": "**not tried**"}
LINE = re.compile(
    r"(PASSED|FAILED|ERROR) tests/sandboxes/hostile/test_(\w+)\.py::test_(\w+)\[(\w+)-?([^\]]*)\]"
)
Row = tuple[str, str, str]
"""The area, what shall hold, and the attack."""


def main() -> None:
    """Run everything and rewrite the page's table."""
    if os.geteuid() != 0:
        sys.exit("this takes root, who can become an ordinary user; the reverse is not possible")
    runs = (subprocess.run(SUITE, cwd=ROOT, capture_output=True, text=True), as_ordinary_user(*SUITE))
    table = "".join(f"{line}\n" for line in lines([outcomes(run.stdout) for run in runs]))
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}")


def outcomes(report: str) -> dict[Row, dict[str, str]]:
    """Return for each attack what became of it in each sandbox."""
    found: dict[Row, dict[str, str]] = {}
    for outcome, area, promise, sandbox, attack in LINE.findall(report):
        if sandbox in backends.LOCAL:
            row = (area.replace("_", " "), promise.replace("_", " "), attack.replace("-", ", "))
            found.setdefault(row, {})[sandbox] = OUTCOMES[outcome]
    return found


def lines(users: list[dict[Row, dict[str, str]]]) -> Iterator[str]:
    """Yield the table in Markdown, with a line above it on when and where."""
    machine = f"Linux {platform.release()} on {platform.machine()}, Python {platform.python_version()}"
    yield f"{datetime.now(UTC):%d %B %Y}, {machine}."
    yield ""
    names = [f"{sandbox}, {user}" for user in ("root", "user") for sandbox in backends.LOCAL]
    yield f"| what shall hold | attack | {' | '.join(names)} |"
    yield f"|---|---|{'---|' * len(names)}"
    for row in sorted(users[0].keys() | users[1].keys()):
        cells = [user.get(row, {}).get(sandbox, "–") for user in users for sandbox in backends.LOCAL]
        area, promise, attack = row
        yield f"| {area}: {promise} | {attack} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
