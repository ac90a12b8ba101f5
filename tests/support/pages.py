"""The pages that users read: the README and everything below ``docs/``, block by block."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = {"symbench.intro.md"}
"""Files that become parts of a page."""
PAGES = {
    path.stem: path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    if path.name not in PARTS
}
"""The text of each page by its name."""
FENCE = re.compile(r"^(```+)(\w*)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)


def blocks(page: str, *languages: str) -> list[str]:
    """Return a page's fenced blocks in these languages, in their order."""
    return [text for _, language, text in FENCE.findall(PAGES[page]) if language in languages]


def prose(page: str) -> str:
    """Return a page without its fenced blocks."""
    return FENCE.sub("", PAGES[page])
