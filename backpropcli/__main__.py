"""`python -m backpropcli`, and the entry point of the command `backprop`."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line and end the process with its exit code."""
    code: int | None = None

    def leave_the_rest() -> None:
        """End without freeing every object: the system takes the memory back at once."""
        if code is not None:
            for stream in (sys.stdout, sys.stderr):
                with suppress(AttributeError, OSError, ValueError):  # a closed one has nothing to write to
                    stream.flush()
            os._exit(code)

    atexit.register(leave_the_rest)  # the first that is registered is called last, after those of a user's code
    try:
        from backpropcli.cli.interrupts import end_at_once

        end_at_once()  # an interrupt while Python imports may come where no exception can be caught
        from backpropcli.cli.main import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    code = run()
    sys.exit(code)


if __name__ == "__main__":
    main()
