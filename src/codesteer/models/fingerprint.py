"""Detect changes of the environment that chat models were created with, without storing its secrets."""

import os
from hashlib import blake2b

_SALT = os.urandom(16)


def environment_fingerprint() -> str:
    """Hash this process's environment variables.

    Providers' packages read variables of their own for keys and addresses, so all variables count. The salt keeps the
    hash from confirming a guessed key.
    """
    digest = blake2b(key=_SALT, digest_size=16)
    for name, value in sorted(os.environ.items()):
        digest.update(f"{name}={value}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()
