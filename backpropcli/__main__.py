"""`python -m backpropcli`, and the entry point of the command `backprop`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        from backpropcli.cli.interrupts import end_at_once

        end_at_once()  # an interrupt while Python imports may come where no exception can be caught
        from backpropcli.cli.main import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(run())


if __name__ == "__main__":
    main()
