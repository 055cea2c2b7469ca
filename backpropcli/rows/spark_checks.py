"""What Spark needs, looked at before it is started: it would take a minute to say that something is missing."""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import suppress
from pathlib import Path

from backpropcli.errors import OutputError, Problem

_PATIENCE = 5  # seconds


def check_java() -> None:
    """Raise OutputError if there is no Java."""
    home = os.environ.get("JAVA_HOME")
    if not (home and Path(home, "bin", "java").exists()) and shutil.which("java") is None:
        raise OutputError(Problem("Spark needs Java 17, and there is none", hint="install it, or set JAVA_HOME"))


def check_master(master: str) -> None:
    """Raise OutputError if none of the masters of a standalone cluster answers; Spark would try for a minute."""
    if not master.startswith("spark://"):
        return
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        with suppress(OSError, ValueError), socket.create_connection((host, int(port)), _PATIENCE):
            return
    raise OutputError(Problem(f"no Spark master answers at {master}", hint="--master spark://HOST:7077"))
