"""Terraform's files hold by the provider's schema and our own rules; planted faults are found."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from infra.build import provider_schema, table
from infra.build.services import SERVICES
from shared.endpoint import Caller
from shared.endpoints import ENDPOINTS
from tests.unit.infra.terraform.configuration import mistakes, schema, texts, violations

ROOT = provider_schema.TERRAFORM
needs_terraform = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not installed"
)


def terraform(*words: str, folder: str = ".") -> subprocess.CompletedProcess[str]:
    command = ["terraform", f"-chdir={ROOT / folder}", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_table_for_terraform_is_that_of_the_code() -> None:
    assert table.PATH.read_text(encoding="utf-8") == table.render(), "python -m infra.build table"


def test_every_kind_in_use_is_in_the_schema() -> None:
    assert set(schema()) == set(provider_schema.kinds_in())


def test_provider_takes_every_resource() -> None:
    assert mistakes(texts()) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("services.tf", "max_instance_request_concurrency", "concurrency", "has no concurrency"),
        ("services.tf", "startup_cpu_boost = true", "cpu_boost = true", "has no cpu_boost"),
        ("messaging.tf", "retry_policy {", "retry {", "has no retry"),
        ("buckets.tf", "location                    = var.region", "", "needs location"),
        ("balancer.tf", "google_compute_ssl_policy.modern.id", "google_compute_ssl_policy.old.id",
         "google_compute_ssl_policy.old is referred to and not there"),
        ("outputs.tf", "google_compute_global_address.api.address",
         "google_compute_global_address.api.ip", "gives no ip"),
        ("build.tf", '"google_cloudbuild_trigger"', '"google_build_trigger"',
         "has no google_build_trigger"),
    ],
)  # fmt: skip
def test_what_the_provider_would_refuse_is_found(file: str, old: str, new: str, says: str) -> None:
    files = texts()
    assert old in files[file]
    files[file] = files[file].replace(old, new, 1)
    assert any(says in mistake for mistake in mistakes(files)), mistakes(files)


def test_rules_hold() -> None:
    assert violations(texts()) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("messaging.tf", "oidc_token {\n      service", "other {\n      service", "who pushes"),
        ("messaging.tf", 'dynamic "dead_letter_policy"', 'dynamic "other"', "dead_letter_policy"),
        ("messaging.tf", "  retry_policy {", "  other {", "has no retry_policy"),
        ("messaging.tf", "ack_deadline_seconds ", "other ", "no deadline"),
        ("services.tf", "each.value.skips_iam", "true", "does not skip IAM"),
        ("services.tf", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_ALL", "open to the"),
        ("services.tf", "      traffic,\n", "", "takes traffic"),
        ("services.tf", "containers[0].image", "containers[0].other", "takes image"),
        ("buckets.tf", "level_access = true", "level_access = false", "rights of its own"),
        ("buckets.tf", '"enforced"', '"inherited"', "made public"),
        ("database.tf", "DELETE_PROTECTION_ENABLED", "DELETE_PROTECTION_DISABLED", "by mistake"),
        ("database.tf", "RECOVERY_ENABLED", "RECOVERY_DISABLED", "as it was"),
        ("accounts.tf", "member  = local.members[each.value.account]", 'member  = "allUsers"',
         "lets anybody in"),
        ("accounts.tf", "  role    = each.value.role", '  role    = "roles/owner"',
         "role that is not in the table"),
        ("messaging.tf", "member = local.pubsub", 'member = "user:me@example.org"',
         "gives what is not in the table"),
        ("watching.tf", 'type         = "email"', 'auth_token = "0123456789abcdef"',
         "holds a secret"),
    ],
)  # fmt: skip
def test_broken_rule_is_found(file: str, old: str, new: str, says: str) -> None:
    files = texts()
    assert old in files[file]
    files[file] = files[file].replace(old, new, 1)
    assert any(says in violation for violation in violations(files)), violations(files)


def test_every_endpoint_has_one_service_and_every_public_one_a_route() -> None:
    told = json.loads(table.PATH.read_text(encoding="utf-8"))
    names = [service["name"] for service in told["services"]]
    assert len(names) == len(set(names)) == len(SERVICES) == len(ENDPOINTS) + 1
    public = {service["name"] for service in told["services"] if service["public"]}
    routed = [endpoint["service"] for endpoint in told["endpoints"]] + [told["relay"]["service"]]
    assert sorted(routed) == sorted(public)


def test_every_topic_has_one_subscription_that_gives_the_service_its_time() -> None:
    told = json.loads(table.PATH.read_text(encoding="utf-8"))
    timeouts = {service["name"]: service["timeout_s"] for service in told["services"]}
    topics = [subscription["topic"] for subscription in told["subscriptions"]]
    assert len(topics) == len(set(topics))
    assert "dead-letters" in topics
    for subscription in told["subscriptions"]:
        assert timeouts[subscription["service"]] < subscription["ack_deadline_s"] <= 600
        assert subscription["dead_letter"] or subscription["topic"] == "dead-letters"


def test_only_what_the_load_balancer_stands_before_skips_iam() -> None:
    told = json.loads(table.PATH.read_text(encoding="utf-8"))
    internal = {e.name.replace("_", "-") for e in ENDPOINTS if e.caller is Caller.PLATFORM}
    skipping = {service["name"] for service in told["services"] if service["skips_iam"]}
    assert skipping == {service["name"] for service in told["services"]} - internal


@needs_terraform
def test_files_are_formatted() -> None:
    done = terraform("fmt", "-check", "-recursive", "-no-color")
    assert done.returncode == 0, done.stdout


@needs_terraform
def test_routing_module_is_valid_and_passes_its_tests() -> None:
    for words in (("init", "-backend=false"), ("validate",), ("test",)):
        done = terraform(*words, "-no-color", folder="modules/routing")
        assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed, 0 failed" in done.stdout
