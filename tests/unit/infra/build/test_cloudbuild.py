from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.build.__main__ import main
from infra.build.base_image import NAME
from infra.build.rights import BUILD
from infra.local.place import ROOT

FILE = ROOT / "cloudbuild.yaml"
TEXT = FILE.read_text(encoding="utf-8")
LOAD = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/third_party"]
from googlecloudsdk.api_lib.cloudbuild import cloudbuild_util, config
messages = cloudbuild_util.GetMessagesModule()
print(len(config.LoadCloudbuildConfigFromPath(sys.argv[2], messages, params={}).steps))
"""
Check = Callable[[Path], str]


def by_schema(file: Path) -> str:
    """What the schema, which check-jsonschema carries, has against a file; empty for nothing."""
    words = ["-m", "check_jsonschema", "--builtin-schema", "vendor.cloudbuild", str(file)]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def by_gcloud(file: Path) -> str:
    """What gcloud's own loader has against a file; empty for nothing."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        pytest.skip("gcloud, which loads cloudbuild.yaml as it will be loaded, is not installed")
    root = Path(gcloud).resolve().parents[1]
    bundled = root / "platform" / "bundledpythonunix" / "bin" / "python3"
    python = str(bundled) if bundled.exists() else sys.executable
    done = subprocess.run(
        [python, "-c", LOAD, str(root / "lib"), str(file)],
        env={"CLOUDSDK_CONFIG": str(file.parent), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    return "" if done.returncode == 0 else done.stderr


CHECKS = pytest.mark.parametrize("check", [by_schema, by_gcloud])


@CHECKS
def test_cloud_build_takes_the_file(check: Check, tmp_path: Path) -> None:
    file = tmp_path / "cloudbuild.yaml"
    file.write_text(TEXT)
    assert check(file) == ""


@CHECKS
@pytest.mark.parametrize(
    ("before", "after"), [("args: [check]", "arg: [check]"), ("logging: CLOUD", "logging: X_")]
)
def test_cloud_build_refuses_what_is_planted(
    check: Check, before: str, after: str, tmp_path: Path
) -> None:
    file = tmp_path / "cloudbuild.yaml"
    assert before in TEXT
    file.write_text(TEXT.replace(before, after))
    assert check(file) != ""


def faults(text: str) -> list[str]:
    """Which of its own rules the build breaks."""
    build: dict[str, Any] = yaml.safe_load(text)
    steps = {step["id"]: step for step in build["steps"]}
    account = "insight-build@${PROJECT_ID}.iam.gserviceaccount.com"
    deploy = " ".join(steps.get("deploy", {}).get("args", []))
    rules = {
        "steps": list(steps) != ["base-image", "check", "build", "push", "deploy"],
        "order": any("waitFor" in step for step in steps.values()),
        "ignored": any("allowFailure" in s or "allowExitCodes" in s for s in steps.values()),
        "logs": build["options"].get("logging") != "CLOUD_LOGGING_ONLY",
        "account": not build["serviceAccount"].endswith(account),
        "secrets": "availableSecrets" in build or "secretEnv" in text,
        "program": "-m infra.build deploy --project=${PROJECT_ID}" not in deploy,
        "shell": any("gcloud " in " ".join(step["args"]) for step in steps.values()),
    }
    return [rule for rule, broken in rules.items() if broken]


def test_build_keeps_its_rules() -> None:
    assert faults(TEXT) == []


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("steps", "id: check", "id: tests"),
        ("order", "id: push\n", "id: push\n    waitFor: ['-']\n"),
        ("ignored", "id: check\n", "id: check\n    allowFailure: true\n"),
        ("logs", "CLOUD_LOGGING_ONLY", "GCS_ONLY"),
        ("account", "insight-build@", "owner@"),
        ("secrets", "env: [CI=true]", "secretEnv: [KEY]"),
        ("program", "- infra.build\n", "- infra.other\n"),
        ("shell", "args: [push,", "args: [gcloud run deploy,"),
    ],
)
def test_planted_fault_of_the_build_is_found(rule: str, before: str, after: str) -> None:
    assert before in TEXT
    assert rule in faults(TEXT.replace(before, after))


def test_program_understands_what_the_build_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    step = yaml.safe_load(TEXT)["steps"][-1]
    assert step["args"][:3] == ["-m", "infra.build", "deploy"]
    assert main(["plan", *step["args"][3:]]) == 0
    told = capsys.readouterr().out.splitlines()
    assert all(line.startswith("gcloud run deploy ") for line in told)


def test_what_is_checked_is_what_runs() -> None:
    """The same Python: a package may have a wheel for one version and none for another."""
    checked = next(s["name"] for s in yaml.safe_load(TEXT)["steps"] if s["id"] == "check")
    assert NAME.split("-")[0] == checked.split("-")[0]


def test_build_account_cannot_give_itself_more() -> None:
    project = {grant.role for grant in BUILD if grant.on == "project"}
    assert not [
        role for role in project if role.endswith(("owner", "editor", "serviceAccountUser"))
    ]
    assert not [role for role in project if "iam" in role or "resourcemanager" in role]
    # It reads no session: neither documents nor what people sent.
    assert not [role for role in project if role.startswith(("roles/datastore.u", "roles/storage"))]
