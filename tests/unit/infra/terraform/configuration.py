"""Terraform's files, read without Terraform, and what is wrong with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

from infra.build import provider_schema

_META = {"for_each", "count", "depends_on", "provider", "lifecycle"}
_REFERENCE = re.compile(r"(?<![\w.])((?:data\.)?google_\w+)\.(\w+)(?:\[[^\]]*\])?\.(\w+)")
_NAMED = re.compile(r"(?<![\w.])((?:data\.)?google_\w+)\.(\w+)")

Resource = tuple[str, str, Mapping[str, Any]]


def texts(folder: Path = provider_schema.TERRAFORM) -> dict[str, str]:
    """The root module's files by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf"))}


@cache
def schema() -> Mapping[str, Any]:
    known: Mapping[str, Any] = json.loads(provider_schema.PATH.read_text(encoding="utf-8"))["kinds"]
    return known


def resources(files: Mapping[str, str]) -> list[Resource]:
    """(kind, name, body) of every resource and data source."""
    found: list[Resource] = []
    for text in files.values():
        parsed = _unquoted(hcl2.loads(text))
        for block, prefix in (("resource", ""), ("data", "data.")):
            for one in parsed.get(block, []):
                for kind, named in one.items():
                    found += [(prefix + kind, name, body) for name, body in named.items()]
    return found


def _unquoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.strip('"'): _unquoted(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_unquoted(member) for member in value]
    quoted = isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if quoted else value


def mistakes(files: Mapping[str, str]) -> list[str]:
    """What the provider would refuse: unknown kinds, attributes, blocks and references."""
    found = resources(files)
    wrong = [w for kind, name, body in found for w in _of_resource(f"{kind}.{name}", kind, body)]
    return wrong + list(_references(files, {(kind, name) for kind, name, _ in found}))


def _of_resource(place: str, kind: str, body: Mapping[str, Any]) -> Iterator[str]:
    if kind not in schema():
        yield f"{place}: the provider's schema has no {kind}."
        return
    own = {key: value for key, value in body.items() if key not in _META}
    yield from _of_block(place, schema()[kind], own)


def _of_block(place: str, known: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[str]:
    given = {key: value for key, value in body.items() if not key.startswith("__")}
    blocks = _blocks(given)
    names = (set(given) | set(blocks)) - {"dynamic"}
    yield from (f"{place} has no {name}." for name in sorted(names - _known(known)))
    yield from (f"{place} needs {name}." for name in sorted(_needed(known) - names))
    for name in sorted(set(blocks) & set(known["blocks"])):
        for inner in blocks[name]:
            yield from _of_block(f"{place}.{name}", known["blocks"][name], inner)


def _known(block: Mapping[str, Any]) -> set[str]:
    return {*block["attributes"], *block["blocks"]}


def _needed(block: Mapping[str, Any]) -> set[str]:
    attributes = {name for name, how in block["attributes"].items() if how == "needed"}
    return attributes | {name for name, inner in block["blocks"].items() if inner["needed"]}


def _blocks(body: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Blocks by name, those that are made by `dynamic` included."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for name, value in body.items():
        if name == "dynamic":
            for one in value:
                for made, how in one.items():
                    found.setdefault(made, []).extend(how["content"])
        elif isinstance(value, list) and value and all(_is_block(each) for each in value):
            found.setdefault(name, []).extend(value)
    return found


def _is_block(value: Any) -> bool:
    return isinstance(value, dict) and "__is_block__" in value


def _references(files: Mapping[str, str], there: set[tuple[str, str]]) -> Iterator[str]:
    text = "\n".join(re.sub(r"#.*", "", each) for each in files.values())
    for kind, name in sorted(set(_NAMED.findall(text))):
        if (kind, name) not in there:
            yield f"{kind}.{name} is referred to and not there."
    for kind, name, gives in sorted(set(_REFERENCE.findall(text))):
        if kind in schema() and gives not in schema()[kind]["gives"]:
            yield f"{kind}.{name} gives no {gives}."


def violations(files: Mapping[str, str]) -> list[str]:
    """What must hold of the whole, whatever the provider thinks."""
    found = resources(files)
    by_kind: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for kind, name, body in found:
        by_kind.setdefault(kind, []).append((name, body))
    return [
        *_subscriptions(by_kind.get("google_pubsub_subscription", [])),
        *_services(by_kind.get("google_cloud_run_v2_service", [])),
        *_buckets(by_kind.get("google_storage_bucket", [])),
        *_database(by_kind.get("google_firestore_database", [])),
        *_members(found),
        *_secrets(files),
    ]


def _subscriptions(found: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    for name, body in found:
        blocks = _blocks(body)
        pushes = blocks.get("push_config", [])
        if not pushes or not all("oidc_token" in _blocks(push) for push in pushes):
            yield f"{name} pushes without saying who pushes."
        for needed in ("retry_policy", "dead_letter_policy"):
            if needed not in blocks:
                yield f"{name} has no {needed}."
        if "ack_deadline_seconds" not in body:
            yield f"{name} has no deadline of its own."


def _services(found: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    for name, body in found:
        if body.get("invoker_iam_disabled") != "${each.value.skips_iam}":
            yield f"{name} does not skip IAM as the table says."
        if "INGRESS_TRAFFIC_ALL" in str(body.get("ingress", "INGRESS_TRAFFIC_ALL")):
            yield f"{name} is open to the world."
        ignored = str(body.get("lifecycle"))
        for owned in ("traffic", "revision", "image", "client_version"):
            if owned not in ignored:
                yield f"{name} takes {owned} from Cloud Build."


def _buckets(found: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    for name, body in found:
        if body.get("uniform_bucket_level_access") is not True:
            yield f"{name} has rights of its own on objects."
        if body.get("public_access_prevention") != "enforced":
            yield f"{name} may be made public."


def _database(found: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    for name, body in found:
        if body.get("delete_protection_state") != "DELETE_PROTECTION_ENABLED":
            yield f"{name} can be deleted by mistake."
        if body.get("point_in_time_recovery_enablement") != "POINT_IN_TIME_RECOVERY_ENABLED":
            yield f"{name} cannot be read as it was."


def _members(found: Sequence[Resource]) -> Iterator[str]:
    """Rights come from the table, but for what Google's own agents need; nobody is anybody."""
    for kind, name, body in found:
        if not kind.endswith(("_iam_member", "_iam_binding", "_iam_policy")):
            continue
        member = str(body.get("member", body.get("members", "")))
        if "allUsers" in member or "allAuthenticatedUsers" in member:
            yield f"{kind}.{name} lets anybody in."
        from_table = member.startswith("${local.members[")
        agent = member == "${local.pubsub}" or "google_storage_project_service_account" in member
        if not kind.endswith("_iam_member") or not (from_table or agent):
            yield f"{kind}.{name} gives what is not in the table of rights."
        if from_table and "each.value" not in str(body.get("role")):
            yield f"{kind}.{name} gives a role that is not in the table of rights."


_SECRET = re.compile(
    r'(?i)(-----BEGIN|AIza[\w-]{20}|(password|secret|token|api_key)\w*\s*=\s*"[^"$]{8,}")'
)


def _secrets(files: Mapping[str, str]) -> Iterator[str]:
    for name, text in files.items():
        if _SECRET.search(text):
            yield f"{name} holds a secret."
