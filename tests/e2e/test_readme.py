from __future__ import annotations

import re
import subprocess
from pathlib import Path

from infra.demo.service import Service

ROOT = Path(__file__).parents[2]


def first_session() -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```bash\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    return str(block)


def test_readme_first_session_runs_as_it_stands(service: Service) -> None:
    script = first_session().replace("http://localhost:5000", service.origin)
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
