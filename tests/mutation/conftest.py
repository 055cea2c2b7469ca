from __future__ import annotations

collect_ignore = ["equivalents.py", "mutants.py", "mutations.py", "witnesses.py"]  # the parts of a script
