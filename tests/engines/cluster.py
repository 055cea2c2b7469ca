"""A standalone cluster of Spark on loopback: a master and two workers, each a process group of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HOST = "127.0.0.1"
PATIENCE = 90  # seconds


class Cluster:
    """A master that answers, and its workers."""

    def __init__(self, python: Path, folder: Path) -> None:
        (home,) = python.parents[1].glob("lib/python3*/site-packages/pyspark")
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": HOST,
            "SPARK_NO_DAEMONIZE": "1",
            "SPARK_DAEMON_MEMORY": "256m",
            "PYSPARK_PYTHON": str(python),
        }
        self.command = str(home / "bin" / "spark-class")
        self.folder = folder
        self.port = free_port()
        self.master = f"spark://{HOST}:{self.port}"
        where = ["--host", HOST, "--port", str(self.port), "--webui-port", str(free_port())]
        self.processes = [self._started("master", "master.Master", *where)]
        self._wait_for("master", "I have been elected leader")
        self.workers = [self._worker(number) for number in range(2)]
        self.processes += self.workers
        self._wait_for("master", "Registering worker", count=2)

    def _worker(self, number: int) -> subprocess.Popen[bytes]:
        limits = ["--cores", "1", "--memory", "1500m", "--work-dir", str(self.folder / f"work{number}")]
        where = ["--host", HOST, "--webui-port", str(free_port())]
        return self._started(f"worker{number}", "worker.Worker", *where, *limits, self.master)

    def _started(self, name: str, role: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [self.command, f"org.apache.spark.deploy.{role}", *words],
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_for(self, name: str, sign: str, count: int = 1) -> None:
        log = self.folder / f"{name}.log"
        for _ in range(10 * PATIENCE):
            if log.read_text(errors="replace").count(sign) >= count:
                return
            time.sleep(0.1)
        raise TimeoutError(f"{name}: {log.read_text(errors='replace')[-2000:]}")

    def kill_a_worker(self) -> None:
        """End a worker, and the executor on it, without a word."""
        os.killpg(self.workers[0].pid, signal.SIGKILL)

    def end(self) -> None:
        """End all processes."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def cluster(python: Path, folder: Path) -> Iterator[Cluster]:
    """A cluster that is gone at the end."""
    found = Cluster(python, folder)
    try:
        yield found
    finally:
        found.end()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])
