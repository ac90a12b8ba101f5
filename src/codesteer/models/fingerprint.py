"""Whether anything changed that a model was set up with, without keeping the secrets among it."""

import os
from hashlib import blake2b

_SALT = os.urandom(16)


def environment_fingerprint() -> str:
    """Hash this process's environment.

    Each provider's package reads variables of its own for keys and addresses, so all of them count. The hash is salted:
    it tells nothing about a key, not even to somebody who can guess it.
    """
    digest = blake2b(key=_SALT, digest_size=16)
    for name, value in sorted(os.environ.items()):
        digest.update(f"{name}={value}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()
