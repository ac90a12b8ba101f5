"""A page in Chromium, where it is installed: how its own script changes it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


def shown(page: str, folder: Path, act: str = "") -> str:
    """Return the page as it is after its scripts.

    Args:
        page: HTML.
        folder: an empty folder for files of the browser.
        act: a script that acts as a reader would; the page's policy is removed for it.
    """
    file = folder / "page.html"
    acted = POLICY.sub("", page).replace("</body>", f"<script>{act}</script></body>")
    file.write_text(acted if act else page, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    options.append(f"--user-data-dir={folder / 'profile'}")
    arguments = [str(CHROMIUM), *options, "--virtual-time-budget=5000", "--dump-dom", file.as_uri()]
    done = subprocess.run(arguments, capture_output=True, timeout=100, check=True)
    return done.stdout.decode()
