"""gcloud itself checks every command that a deploy can give, offline."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from infra.build import commands, firestore
from infra.build.cloud import Project
from infra.build.services import SERVICES
from infra.local.place import ROOT

PROJECT = Project("therapy", "europe-west4", "therapy-deploys", "b1", database="eu")
IMAGE = "europe-docker.pkg.dev/therapy/insight/service@sha256:" + "0" * 64


def emitted() -> Iterator[commands.Words]:
    """Every kind of command, and the deploy of every service."""
    for service in SERVICES:
        yield commands.deploy_service(PROJECT, service, IMAGE)
    for index in json.loads(firestore.INDEXES.read_text())["indexes"]:
        yield commands.create_index(PROJECT, index)
    shares = {"sweep-00001-abc": 90, "sweep-00002-def": 10}
    yield commands.set_traffic(PROJECT, "sweep", shares, end=False)
    yield commands.set_traffic(PROJECT, "sweep", shares, end=True)
    yield commands.list_services(PROJECT)
    yield commands.find_image(PROJECT, "europe-docker.pkg.dev/therapy/insight/service:1")
    yield commands.give_smoke_image(PROJECT, IMAGE)
    yield commands.run_smoke(PROJECT, {"sweep": "https://next---sweep-x.a.run.app"})
    yield commands.read_errors(PROJECT, ["sweep-00002-def"], "2026-01-01T00:00:00+00:00")
    yield commands.describe_build(PROJECT, "b1")
    yield commands.list_indexes(PROJECT)
    yield commands.list_objects(PROJECT)
    yield commands.read_object(PROJECT, "current.json")
    yield commands.write_object(PROJECT, "current.json", 7)
    yield commands.move_object(PROJECT, "current.json", "previous.json")
    yield commands.remove_object(PROJECT, "current.json")
    yield ["auth", "print-access-token", "--quiet"]


def linted(folder: Path, all_words: Sequence[commands.Words]) -> dict[str, str]:
    """Each command that gcloud refuses, with what it says."""
    if shutil.which("gcloud") is None:
        pytest.skip("gcloud, which checks the deploy's commands, is not installed")
    file = folder / "commands.json"
    told = [{"command_string": shlex.join(["gcloud", *words])} for words in all_words]
    file.write_text(json.dumps(told))
    done = subprocess.run(
        ["gcloud", "meta", "lint-gcloud-commands", f"--commands-file={file}"],
        env={**os.environ, "CLOUDSDK_CONFIG": str(folder), "CLOUDSDK_CORE_DISABLE_PROMPTS": "1"},
        capture_output=True,
        text=True,
        timeout=250,
    )
    results = json.loads(done.stdout)
    assert len(results) == len(all_words), done.stderr
    return {r["command_string"]: r["error_message"] for r in results if not r["success"]}


def unlike(words: commands.Words) -> tuple[str, ...]:
    """What makes a command another than those of the same kind: its flags, not their values."""
    return tuple(word.partition("=")[0] for word in words if word not in SERVICE_NAMES)


SERVICE_NAMES = {service.name for service in SERVICES}


def told() -> list[commands.Words]:
    """The gcloud commands of the runbook, with something in the place of what one fills in."""
    text = (ROOT / "infra" / "README.md").read_text().replace("\\\n", " ")
    found = re.findall(r"^gcloud (.+)$|`gcloud ([^`]+)`", text, re.MULTILINE)
    return [shlex.split(re.sub(r"\$[A-Z]+|BACKUP", "filled-in", a or b)) for a, b in found]


def test_gcloud_knows_every_command_of_a_deploy_and_of_the_runbook(tmp_path: Path) -> None:
    kinds = {unlike(words): words for words in emitted()}
    assert len(told()) > 5
    planted = [
        [*commands.list_services(PROJECT), "--imagge=x"],
        ["run", "services", "update-trafic", "sweep"],
        ["run", "services", "update-traffic", "sweep", "--to-revisions=a=many"],
    ]
    faults = linted(tmp_path, [*kinds.values(), *told(), *planted])
    assert list(faults) == [shlex.join(["gcloud", *words]) for words in planted]


def test_every_command_is_one_of_those_that_are_checked() -> None:
    made = {
        name
        for name, function in vars(commands).items()
        if callable(function) and getattr(function, "__module__", "") == commands.__name__
        if not name.startswith("_") and name != "account_email"
    }
    source = Path(__file__).read_text()
    assert [name for name in made if f"commands.{name}(" not in source] == []


def test_values_of_every_service_are_ones_that_cloud_run_takes() -> None:
    for words in (commands.deploy_service(PROJECT, service, IMAGE) for service in SERVICES):
        flags = dict(word.partition("=")[::2] for word in words if "=" in word)
        assert flags["--service-account"].endswith("@therapy.iam.gserviceaccount.com")
        assert 6 <= len(flags["--service-account"].split("@")[0]) <= 30
        assert "--no-traffic" in words
        assert not [word for word in words if word.startswith(("--ingress", "--allow", "--no-inv"))]
