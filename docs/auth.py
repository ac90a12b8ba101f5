"""An example of authentication for a server of your own: a token for each user, threads of one's own, choices checked.

Copy it next to ``langgraph.json``, add ``"auth": {"path": "./auth.py:auth"}`` there, and start the server with
``CODESTEER_TOKENS='alice:s3cret,bob:hush'``. Clients send ``Authorization: Bearer s3cret``.

Who calls is decided here; what callers may choose is decided by the server's policy (``CODESTEER_POLICY_*``, see
``deployment.md``). The graph holds every run against it by itself. Here a forbidden choice is refused with status 422
before the server stores anything of it.
"""

import asyncio
import hmac
import os
from typing import Any

from langgraph_sdk import Auth

from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.graph.server import POLICY, check_context

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


@auth.on.threads.create_run
async def choose(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> dict[str, str]:
    """Refuse a run whose settings the policy forbids with status 422."""
    run = value.get("kwargs", {})
    for given in (run.get("context"), run.get("config", {}).get("configurable")):
        settings = {name: setting for name, setting in (given or {}).items() if name in Context.model_fields}
        try:
            await asyncio.to_thread(check_context, settings, POLICY)
        except ConfigurationError as error:
            raise Auth.exceptions.HTTPException(status_code=422, detail=str(error)) from error
    return await own(ctx, value)


@auth.on.assistants
async def share_assistants(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> bool:
    """Everybody may use the graph and its assistants, and nobody may change them."""
    return ctx.action in ("read", "search")
