"""A headless Chromium that shows one page and gives back what its scripts have made of it."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from html import unescape
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--allow-file-access-from-files"),
    "--virtual-time-budget=20000",
)


def answer(body: str, script: str, folder: Path) -> Any:
    """What an async function of this body returns on a page, as JSON."""
    page = folder / "page.html"
    told = f"""
    <!DOCTYPE html><meta charset="utf-8"><body>{body}<pre id="answer"></pre>
    <script type="module">
    const tell = value => document.getElementById("answer").textContent = JSON.stringify(value);
    try {{ tell({{value: await (async () => {{ {script} }})()}}); }}
    catch (error) {{ tell({{error: String(error)}}); }}
    </script>"""
    page.write_text(told, encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            ["chromium", *OPTIONS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()],
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=True,
        )
    found = re.search(r'<pre id="answer">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found is not None, done.stdout[-2000:] + done.stderr[-2000:]
    shown = json.loads(unescape(found[1]) or "null")
    assert shown is not None
    assert "error" not in shown, shown["error"]
    return shown["value"]
