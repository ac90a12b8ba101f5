"""The security policy of the HTML pages that we write: they load nothing and run only their own script."""

import base64
import hashlib
import re

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def content_policy(source: str) -> str:
    """Return the Content-Security-Policy of a page, so that no text in it can run or load anything.

    Args:
        source: HTML with the scripts that may run, before any text from models or users is filled in.
    """
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in SCRIPT.findall(source))
    scripts = " ".join(f"'sha256-{digest.decode()}'" for digest in hashes)
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {scripts}; base-uri 'none'"
    )
