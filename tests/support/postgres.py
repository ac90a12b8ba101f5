"""A PostgreSQL server of the tests' own, from the machine's packages, reached by a Unix socket only."""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCOUNT = "postgres"
"""Debian's account: the server refuses to run as root."""
START_SECONDS = 30


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where there are none."""
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("initdb"):
        places.insert(0, Path(found).resolve().parent)
    return next((place for place in places if (place / "initdb").exists()), None)


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """Start a server with an empty database and yield its connection string."""
    root = os.geteuid() == 0
    account = ACCOUNT if root else getpass.getuser()
    folder = Path(tempfile.mkdtemp(prefix="codesteer-postgres-"))
    if root:
        os.chown(folder, pwd.getpwnam(account).pw_uid, -1)
    user = {"user": account} if root else {}
    make = [programs / "initdb", "--auth=trust", "--no-sync", f"--username={account}", "-D", folder / "data"]
    serve = [programs / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", "-F"]
    try:
        subprocess.run(make, check=True, capture_output=True, cwd="/", **user)  # type: ignore[call-overload]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(serve, stdout=log, stderr=log, cwd="/", **user)  # type: ignore[call-overload]
        try:
            _wait(folder, server)
            yield f"postgresql://{account}@/postgres?host={folder}"
        finally:
            server.terminate()
            server.wait()
    finally:
        shutil.rmtree(folder)


def _wait(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(
                host=str(folder), dbname="postgres", user=ACCOUNT if os.geteuid() == 0 else None
            ).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
