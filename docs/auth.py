"""An example of authentication for a server of your own: a token for each user, and threads of one's own.

Copy it next to ``langgraph.json``, add ``"auth": {"path": "./auth.py:auth"}`` there, and start the server with
``CODESTEER_TOKENS='alice:s3cret,bob:hush'``. Clients send ``Authorization: Bearer s3cret``.
"""

import hmac
import os
from typing import Any

from langgraph_sdk import Auth

auth = Auth()
TOKENS = dict(entry.strip().split(":", 1) for entry in os.environ["CODESTEER_TOKENS"].split(","))


@auth.authenticate
async def authenticate(authorization: str | None) -> Auth.types.MinimalUserDict:
    """Return the user whose token a request carries; refuses the request with status 401 otherwise."""
    scheme, _, given = (authorization or "").partition(" ")
    for user, token in TOKENS.items():
        if scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode()):
            return {"identity": user}
    raise Auth.exceptions.HTTPException(status_code=401, detail="send 'Authorization: Bearer' and your token")


@auth.on
async def own(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> dict[str, str]:
    """Mark what a user makes as theirs, and let them see nothing else."""
    owner = {"owner": ctx.user.identity}
    metadata = value.setdefault("metadata", {})
    metadata.update(owner)
    return owner


@auth.on.assistants
async def share_assistants(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> bool:
    """Everybody may use the graph and its assistants, and nobody may change them."""
    return ctx.action in ("read", "search")
