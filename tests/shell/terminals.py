"""A shell on a terminal of its own, into which a test types."""

from __future__ import annotations

import os
import pty
import re
import select
import sys
import termios
import time
from pathlib import Path
from typing import Self

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(_BACKPROP_COMPLETE=source_bash backprop)"'),
    "zsh": (
        ["zsh", "-f", "-i"],
        'autoload -U compinit; compinit -u -D; eval "$(_BACKPROP_COMPLETE=source_zsh backprop)"',
    ),
    "fish": (["fish", "--no-config", "-i"], "env _BACKPROP_COMPLETE=source_fish backprop | source"),
}
_PATIENCE = 60  # seconds
_QUIET = 3  # seconds without output, after which nothing more is expected; a completion starts Python
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()].|.)")


class Terminal:
    """An interactive shell, ready to complete `backprop`; it is used as a context and ends with it."""

    def __init__(self, shell: str, folder: Path) -> None:
        words, set_up = SHELLS[shell]
        self.child, self.main = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
            # What fish asks a terminal at its start is not answered here, and it would wait.
            environment = {"PATH": path, "HOME": str(folder.parent), "TERM": "dumb", "LANG": "C.UTF-8"}
            os.execvpe(words[0], words, environment)  # noqa: S606 - the shell is what is tested
        termios.tcsetwinsize(self.main, (40, 200))
        self.type(f"{set_up}; echo re''ady\r", until=b"ready")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.main)
        os.waitpid(self.child, 0)

    def type(self, text: str, until: bytes | None = None) -> str:
        """Type a text, and read what the terminal shows until it shows `until`, or for a while nothing more."""
        os.write(self.main, text.encode())
        shown, end = b"", time.monotonic() + _PATIENCE
        while time.monotonic() < end and (until is None or until not in shown):
            ready, _, _ = select.select([self.main], [], [], _PATIENCE if until else _QUIET)
            if not ready:
                break
            shown += os.read(self.main, 65536)
        return _ESCAPES.sub(b"", shown).replace(b"\a", b"").decode(errors="replace")
