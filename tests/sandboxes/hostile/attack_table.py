"""Write the results of all attacks to docs/security.md: python -m tests.sandboxes.hostile.attack_table, as root.

Each attack runs in each local sandbox, as root and as an unprivileged user, which takes about ten minutes.
"""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.sandboxes.hostile.test_unprivileged_user import ROOT, as_unprivileged_user
from tests.support import available_sandboxes

PAGE = ROOT / "docs" / "security.md"
BEGIN, END = (
    "<!-- attacks: written by tests/sandboxes/hostile/attack_table.py -->\n",
    "<!-- end of attacks -->\n",
)
SUITE = (
    *(sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "--tb=no"),
    "tests/sandboxes/hostile",
)
OUTCOMES = {"PASSED": "passed", "FAILED": "**failed**", "ERROR": "**not run**"}
LINE = re.compile(
    r"(PASSED|FAILED|ERROR) tests/sandboxes/hostile/test_(\w+)\.py::test_(\w+)\[(\w+)-?([^\]]*)\]"
)
Row = tuple[str, str, str]
"""The area, the expected behaviour and the attack."""


def main() -> None:
    """Run all attacks and rewrite the table on the page."""
    if os.geteuid() != 0:
        sys.exit("run this as root: it also runs the attacks as an unprivileged user")
    runs = (subprocess.run(SUITE, cwd=ROOT, capture_output=True, text=True), as_unprivileged_user(*SUITE))
    table = "".join(f"{line}\n" for line in lines([outcomes(run.stdout) for run in runs]))
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}")


def outcomes(report: str) -> dict[Row, dict[str, str]]:
    """Return the result of each attack in each sandbox."""
    found: dict[Row, dict[str, str]] = {}
    for outcome, area, expected, sandbox, attack in LINE.findall(report):
        if sandbox in available_sandboxes.LOCAL:
            row = (area.replace("_", " "), expected.replace("_", " "), attack.replace("-", ", "))
            found.setdefault(row, {})[sandbox] = OUTCOMES[outcome]
    return found


def lines(users: list[dict[Row, dict[str, str]]]) -> Iterator[str]:
    """Yield the Markdown table, preceded by the date and the machine."""
    machine = f"Linux {platform.release()} on {platform.machine()}, Python {platform.python_version()}"
    yield f"{datetime.now(UTC):%d %B %Y}, {machine}."
    yield ""
    names = [f"{sandbox}, {user}" for user in ("root", "user") for sandbox in available_sandboxes.LOCAL]
    yield f"| expected behaviour | attack | {' | '.join(names)} |"
    yield f"|---|---|{'---|' * len(names)}"
    for row in sorted(users[0].keys() | users[1].keys()):
        cells = [
            user.get(row, {}).get(sandbox, "–") for user in users for sandbox in available_sandboxes.LOCAL
        ]
        area, expected, attack = row
        yield f"| {area}: {expected} | {attack} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
