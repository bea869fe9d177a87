"""Every gcloud command that a deploy can give, as words.

`tests/unit/infra/build/test_commands.py` has gcloud itself check each of them, without a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from infra.build.cloud import Project
from infra.build.services import Service
from shared.endpoint import Account

Words = list[str]

# The revision that is about to take over has an address of its own under this tag.
TAG: Final = "next"
_SMOKE: Final = "smoke"


def account_email(account: Account, project: str) -> str:
    """The service account that Terraform makes for `account`."""
    return f"insight-{account}@{project}.iam.gserviceaccount.com"


def deploy_service(project: Project, service: Service, image: str) -> Words:
    """A new revision of a service that is there, without traffic.

    What belongs to the service and not to its revision (ingress, who may invoke it) is not given:
    it would change at once, before anything was tried. Terraform sets it, and the deploy checks it.
    """
    affinity = "--session-affinity" if service.session_affinity else "--no-session-affinity"
    return _in_region(
        project,
        ["run", "deploy", service.name],
        f"--image={image}",
        "--no-traffic",
        f"--tag={TAG}",
        f"--service-account={account_email(service.account, project.id)}",
        f"--memory={service.memory_mib}Mi",
        f"--cpu={service.cpu:g}",
        f"--concurrency={service.concurrency}",
        f"--timeout={service.timeout_s}",
        f"--min-instances={service.least_instances}",
        f"--max-instances={service.most_instances}",
        "--cpu-boost",
        "--execution-environment=gen2",
        affinity,
        *_arguments(service.arguments),
        *_environment(service.environment),
    )


def list_services(project: Project) -> Words:
    """All services of the region."""
    return _in_region(project, ["run", "services", "list"])


def set_traffic(project: Project, service: str, shares: Mapping[str, int], *, end: bool) -> Words:
    """Which revision gets how much, in percent; `end` takes the tag away."""
    said = ",".join(f"{revision}={percent}" for revision, percent in sorted(shares.items()))
    more = [f"--remove-tags={TAG}"] if end else []
    words = ["run", "services", "update-traffic", service]
    return _in_region(project, words, f"--to-revisions={said}", *more)


def find_image(project: Project, image: str) -> Words:
    """What is behind a tag of an image."""
    return _in_project(project, ["artifacts", "docker", "images", "describe", image])


def give_smoke_image(project: Project, image: str) -> Words:
    """The smoke test is that of the image that it tests."""
    words = ["run", "jobs", "update", _SMOKE]
    return _in_region(project, words, f"--image={image}", "--command=python")


def run_smoke(project: Project, urls: Mapping[str, str]) -> Words:
    """Runs the smoke test to its end on these services."""
    said = ",".join(f"{name}={url}" for name, url in sorted(urls.items()))
    words = ["run", "jobs", "execute", _SMOKE]
    return _in_region(project, words, f"--args=-m,infra.build.smoke,{said}", "--wait")


def read_errors(project: Project, revisions: Sequence[str], since: str) -> Words:
    """Errors that nobody expected, answered by `revisions` since a time (RFC 3339)."""
    named = " OR ".join(f'"{revision}"' for revision in sorted(revisions))
    wanted = (
        'resource.type="cloud_run_revision" AND httpRequest.status=500 AND '
        f'resource.labels.revision_name=({named}) AND timestamp>="{since}"'
    )
    return _in_project(project, ["logging", "read", wanted], "--limit=1")


def describe_build(project: Project, build: str) -> Words:
    """A Cloud Build build."""
    return _in_region(project, ["builds", "describe", build])


def list_indexes(project: Project) -> Words:
    """Firestore's composite indexes."""
    words = ["firestore", "indexes", "composite", "list"]
    return _in_project(project, words, f"--database={project.database}")


def create_index(project: Project, index: Mapping[str, object]) -> Words:
    """Builds a composite index as `indexes.json` has it, and waits for it."""
    fields = index["fields"]
    assert isinstance(fields, list)  # noqa: S101
    return _in_project(
        project,
        ["firestore", "indexes", "composite", "create"],
        f"--database={project.database}",
        f"--collection-group={index['collectionGroup']}",
        f"--query-scope={str(index['queryScope']).lower().replace('_', '-')}",
        *(f"--field-config={_field(field)}" for field in fields),
    )


def read_object(project: Project, name: str) -> Words:
    """The content of an object of the journal."""
    return ["storage", "cat", _object(project, name), "--quiet", f"--project={project.id}"]


def list_objects(project: Project) -> Words:
    """The objects of the journal, with their generations."""
    words = ["storage", "objects", "list", f"gs://{project.journal}/**"]
    return _in_project(project, words)


def write_object(project: Project, name: str, generation: int) -> Words:
    """Writes standard input, if the object still has this generation; 0: if there is none."""
    words = ["storage", "cp", "-", _object(project, name)]
    return [*words, f"--if-generation-match={generation}", "--quiet", f"--project={project.id}"]


def move_object(project: Project, name: str, to: str) -> Words:
    """Gives an object another name."""
    places = [_object(project, name), _object(project, to)]
    return ["storage", "mv", *places, "--quiet", f"--project={project.id}"]


def remove_object(project: Project, name: str) -> Words:
    """Removes an object."""
    return ["storage", "rm", _object(project, name), "--quiet", f"--project={project.id}"]


def _object(project: Project, name: str) -> str:
    return f"gs://{project.journal}/{name}"


def _field(field: Mapping[str, str]) -> str:
    kind = {"order": field["order"].lower()} if "order" in field else {"array-config": "contains"}
    said = {"field-path": field["fieldPath"], **kind}
    return ",".join(f"{name}={value}" for name, value in said.items())


def _arguments(arguments: Sequence[str]) -> Words:
    if not arguments:
        return []
    return [f"--command={arguments[0]}", f"--args={','.join(arguments[1:])}"]


def _environment(variables: Mapping[str, str]) -> Words:
    if not variables:
        return []
    return ["--update-env-vars=" + ",".join(f"{n}={v}" for n, v in sorted(variables.items()))]


def _in_region(project: Project, words: Words, *flags: str) -> Words:
    return _in_project(project, words, *flags, f"--region={project.region}")


def _in_project(project: Project, words: Words, *flags: str) -> Words:
    return [*words, *flags, f"--project={project.id}", "--format=json", "--quiet"]
