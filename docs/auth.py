"""Example of authentication for a self-hosted server: a token per user, private data, checked settings.

Copy it next to ``langgraph.json``, add ``"auth": {"path": "./auth.py:auth"}`` there, and start the server with
``CODESTEER_TOKENS='alice:s3cret,bob:hush'``. Clients send ``Authorization: Bearer s3cret``.

This file decides who may call; the server's policy (``CODESTEER_POLICY_*``, see ``deployment.md``) decides what callers
may choose. The graph checks every run against the policy. This file refuses forbidden settings earlier, with status
422, before the server stores them.
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
    """Return the user of the request's token; refuse requests without a valid token with status 401."""
    scheme, _, sent = (authorization or "").partition(" ")
    for user, token in TOKENS.items():
        if scheme.lower() == "bearer" and hmac.compare_digest(sent.encode(), token.encode()):
            return {"identity": user}
    raise Auth.exceptions.HTTPException(
        status_code=401, detail="send the header 'Authorization: Bearer TOKEN'"
    )


@auth.on
async def restrict_to_owner(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> dict[str, str]:
    """Store the owner of what a user creates, and show users only what they own."""
    owner = {"owner": ctx.user.identity}
    metadata = value.setdefault("metadata", {})
    metadata.update(owner)
    return owner


@auth.on.threads.create_run
async def check_settings(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> dict[str, str]:
    """Refuse runs with settings that the policy forbids, with status 422."""
    run = value.get("kwargs", {})
    for sent in (run.get("context"), run.get("config", {}).get("configurable")):
        settings = {name: setting for name, setting in (sent or {}).items() if name in Context.model_fields}
        try:
            await asyncio.to_thread(check_context, settings, POLICY)
        except ConfigurationError as error:
            raise Auth.exceptions.HTTPException(status_code=422, detail=str(error)) from error
    return await restrict_to_owner(ctx, value)


@auth.on.assistants
async def make_assistants_read_only(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> bool:
    """Let everyone use the graph and its assistants, and no one change them."""
    return ctx.action in ("read", "search")


@auth.on.store
async def close_store(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> bool:
    """Keep everyone away from the store: only the graph reads and writes the users' experience."""
    return False
