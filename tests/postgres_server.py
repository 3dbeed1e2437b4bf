"""A PostgreSQL server of the tests' own: on a Unix socket, in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

USER, PASSWORD = "clerk", "opensesame-731000419"
_LIKELY = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")


@dataclass(frozen=True)
class Server:
    """A running server."""

    address: str
    socket: str

    def execute(self, *statements: str) -> None:
        """Run statements as the owner of the database."""
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


def programs() -> Path | None:
    """Return the folder that holds both ``initdb`` and ``postgres``, if there is one."""
    folders = [Path(one) for one in _LIKELY]
    if pg_config := shutil.which("pg_config"):
        said = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        folders.insert(0, Path(said.stdout.strip() or "."))
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    complete = (one for one in folders if all((one / name).exists() for name in NEEDED))
    return next(complete, None)


NEEDED = ("initdb", "postgres")


@contextmanager
def server() -> Iterator[Server]:
    """Start a server and stop it; skip the test where there is none to start."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server on this machine; see tools/programs.sh")
    # The path of a socket is at most 107 characters long, which those of pytest's folders are not.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = _unprivileged(folder)
    try:
        with _running(found, folder, user) as one:
            yield one
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict[str, object]:
    """Give the folder to somebody else where we are root, as whom PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name: one for one in pwd.getpwall()}
    owner = names.get("postgres") or names["nobody"]
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


@contextmanager
def _running(found: Path, folder: Path, user: dict[str, object]) -> Iterator[Server]:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)}
    common = {"cwd": folder, "env": environment, **user}
    made = subprocess.run(
        [found / "initdb", "-D", folder / "data", "-U", USER, "--pwfile", secret,
         "--auth=scram-sha-256", "--no-sync", "--encoding=UTF8", "--locale=C"],
        capture_output=True, text=True, check=False, **common,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [found / "postgres", "-D", folder / "data", "-k", folder, "-F",
             "-c", "listen_addresses=", "-c", "shared_buffers=16MB", "-c", "max_connections=20"],
            stdout=log, stderr=log, **common,
        )  # fmt: skip
    try:
        address = f"postgresql://{USER}:{PASSWORD}@/postgres?host={folder}"
        _wait(address, process, folder / "log")
        yield Server(address, str(folder))
    finally:
        process.send_signal(signal.SIGINT)  # disconnects whoever is left
        process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    for _ in range(200):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())
