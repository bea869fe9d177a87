from __future__ import annotations

import re
import subprocess
from pathlib import Path

from infra.demo.service import Service

ROOT = Path(__file__).parents[2]


def commands() -> str:
    """The first session, and what goes on from it."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^```bash\n(.*?)^```", readme, re.MULTILINE | re.DOTALL))


def test_readme_commands_run_as_they_stand(service: Service) -> None:
    script = commands().replace("http://localhost:5000", service.origin)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"status": "success"' in done.stdout
    assert "WEBVTT" in done.stdout
    assert "HTTP/1.1 308" in done.stdout
    assert '"kind": "storage#object"' in done.stdout
