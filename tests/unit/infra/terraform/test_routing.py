"""The load balancer's URL map routes as the local gateway does, request by request."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft6Validator

from infra.build import provider_schema, table
from infra.local.gateway import Gateway
from infra.local.routing import Functions
from shared.endpoint import Caller
from shared.endpoints import ENDPOINTS, RELAY

pytestmark = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not installed"
)
_ROOT_MODULE = """
module "routing" {
  source    = "%s"
  endpoints = jsondecode(file("%s")).endpoints
  relay     = jsondecode(file("%s")).relay
  fallback  = jsondecode(file("%s")).fallback
}
output "rules" { value = module.routing.rules }
output "fallback" { value = module.routing.fallback }
"""
# Google's documentation of path templates: what one segment may be made of.
_SEGMENT = r"[A-Za-z0-9._~%!$&'()+,;:@-]+"


class UrlMap:
    """Rules as Google documents them: by priority, the first whose path and headers fit."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.rules = sorted(told["rules"]["value"], key=lambda rule: rule["priority"])
        self.fallback = told["fallback"]["value"]

    def service(self, method: str, path: str, headers: Mapping[str, str]) -> str:
        all_headers = {**headers, ":method": method}
        for rule in self.rules:
            if any(_fits(match, path, all_headers) for match in rule["matches"]):
                return str(rule["service"])
        return str(self.fallback)

    @cached_property
    def resource(self) -> dict[str, Any]:
        """The UrlMap of the Compute API."""
        services = "projects/p/global/backendServices"
        rules = [
            {
                "priority": rule["priority"],
                "service": f"{services}/{rule['service']}",
                "matchRules": [_match_rule(match) for match in rule["matches"]],
            }
            for rule in self.rules
        ]
        default = f"{services}/{self.fallback}"
        matcher = {"name": "api", "defaultService": default, "routeRules": rules}
        hosts = [{"hosts": ["api.example.org"], "pathMatcher": "api"}]
        return {
            "name": "insight",
            "defaultService": default,
            "hostRules": hosts,
            "pathMatchers": [matcher],
        }


def _match_rule(match: Mapping[str, Any]) -> dict[str, Any]:
    headers = [
        {"headerName": header["name"]}
        | ({"exactMatch": header["exact"]} if header["exact"] else {"presentMatch": True})
        for header in match["headers"]
    ]
    return {"pathTemplateMatch": match["path"], **({"headerMatches": headers} if headers else {})}


def _fits(match: Mapping[str, Any], path: str, headers: Mapping[str, str]) -> bool:
    literal = re.escape(match["path"]).replace(r"\{", "{").replace(r"\}", "}")
    pattern = re.sub(r"\{\w+=\\\*\}", lambda _: _SEGMENT, literal)
    return re.fullmatch(pattern, path) is not None and all(
        header["name"] in headers
        if header["present"]
        else headers.get(header["name"]) == header["exact"]
        for header in match["headers"]
    )


@pytest.fixture(scope="module")
def url_map(tmp_path_factory: pytest.TempPathFactory) -> UrlMap:
    folder = tmp_path_factory.mktemp("routing")
    module = provider_schema.TERRAFORM / "modules" / "routing"
    (folder / "main.tf").write_text(_ROOT_MODULE % (module, *[table.PATH] * 3), encoding="utf-8")

    def run(*words: str) -> str:
        command = ["terraform", f"-chdir={folder}", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("init", "-no-color")
    run("apply", "-auto-approve", "-no-color")
    return UrlMap(json.loads(run("output", "-json")))


class Named:
    """Stands for a function or a socket and says which it is."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, _environ: Any, _start: Callable[..., Any]) -> list[bytes]:
        return [self.name.encode()]


class NamedFunctions(Functions):
    """Says which function the gateway would call."""

    def _function(self, name: str) -> Any:
        return Named(name.replace("_", "-"))


@pytest.fixture(scope="module")
def gateway() -> Gateway:
    public = [endpoint for endpoint in ENDPOINTS if endpoint.caller is not Caller.PLATFORM]
    functions = NamedFunctions(sorted(public, key=lambda endpoint: endpoint.name != "get_health"))
    return Gateway(functions, Named("front"), Named(RELAY.name))


def asked(gateway: Gateway, method: str, path: str, headers: Mapping[str, str]) -> str:
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "5000",
        "wsgi.url_scheme": "http",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    (name,) = gateway(environ, lambda *_: lambda _: None)
    return name.decode()


PATHS = sorted({endpoint.path for endpoint in ENDPOINTS if endpoint.caller is not Caller.PLATFORM})
IDS = ("5b1d7c2e9f304a6b8c1d", "a-b_c", "x", "..", "a%2Fb", "0" * 64)
SPOILED = ("{}/", "{}/more", "/more{}", "{}x")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ELSEWHERE = ("/api/v1", "/api/v1/", "/api", "/api/v2/sessions", "/robots.txt", "/pipeline/sweep")


def corpus() -> list[tuple[str, str, dict[str, str]]]:
    filled = [re.sub(r"\{\w+\}", name, path) for path in PATHS for name in IDS]
    spoiled = [form.format(path) for path in filled[:: len(IDS)] for form in SPOILED]
    plain = [(m, p, {}) for m, p in product(METHODS, [*filled, *spoiled, *ELSEWHERE])]
    socket = {"upgrade": "websocket", "sec-websocket-version": "13"}
    sockets = re.sub(r"\{\w+\}", IDS[0], RELAY.path)
    return [*plain, ("GET", sockets, socket)]


def answers_alike(told: str, expected: str, method: str, path: str) -> bool:
    """The same service, or for what has no service of its own another that says the same."""
    if told == expected:
        return True
    # Any function of a path tells which methods the path has.
    paths = {e.name.replace("_", "-"): e.path for e in ENDPOINTS}
    by_method = {(e.path, e.method) for e in ENDPOINTS}
    wanted = "GET" if method == "HEAD" else method
    return paths.get(told) == paths.get(expected) and (paths[told], wanted) not in by_method


def test_load_balancer_and_gateway_agree(url_map: UrlMap, gateway: Gateway) -> None:
    apart = []
    for method, path, headers in corpus():
        told, expected = (
            url_map.service(method, path, headers),
            asked(gateway, method, path, headers),
        )
        if not answers_alike(told, expected, method, path):
            apart.append((method, path, told, expected))
    assert apart == []


def test_every_endpoint_is_reached_by_its_own_method(url_map: UrlMap) -> None:
    for endpoint in ENDPOINTS:
        if endpoint.caller is not Caller.PLATFORM:
            path = re.sub(r"\{\w+\}", IDS[0], endpoint.path)
            assert url_map.service(endpoint.method, path, {}) == endpoint.name.replace("_", "-")


def test_pipeline_is_not_reached_through_the_load_balancer(url_map: UrlMap) -> None:
    for endpoint in ENDPOINTS:
        if endpoint.caller is Caller.PLATFORM:
            assert url_map.service("POST", endpoint.path, {}) == url_map.fallback


def test_sockets_over_http_1_and_2_reach_the_relay(url_map: UrlMap) -> None:
    path = re.sub(r"\{\w+\}", IDS[0], RELAY.path)
    for method in ("GET", "CONNECT"):
        assert url_map.service(method, path, {"sec-websocket-version": "13"}) == RELAY.name
    assert url_map.service("GET", path, {}) == "list-events"


def test_misplaced_rule_is_noticed(url_map: UrlMap, gateway: Gateway) -> None:
    told = {"rules": {"value": url_map.rules[::-1]}, "fallback": {"value": url_map.fallback}}
    turned = UrlMap(told)
    turned.rules = turned.rules[::-1]
    assert any(
        not answers_alike(turned.service(m, p, h), asked(gateway, m, p, h), m, p)
        for m, p, h in corpus()
    )


def schema_of_gcloud() -> Path | None:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    folder = Path(gcloud).resolve().parents[1] / "lib" / "googlecloudsdk" / "schemas"
    found = folder / "compute" / "v1" / "UrlMap.yaml"
    return found if found.is_file() else None


@pytest.mark.skipif(schema_of_gcloud() is None, reason="gcloud is not installed")
def test_url_map_is_one_by_the_schema_of_gcloud(url_map: UrlMap) -> None:
    path = schema_of_gcloud()
    assert path is not None
    validator = Draft6Validator(_resolved(path))
    assert [error.message for error in validator.iter_errors(url_map.resource)] == []
    broken = json.loads(json.dumps(url_map.resource))
    broken["pathMatchers"][0]["routeRules"][0]["matchRules"][0]["pathTemplate"] = "/x"
    assert list(validator.iter_errors(broken))


def _resolved(path: Path) -> Any:
    """The schema with what it refers to in other files put in place."""

    def resolve(value: Any, folder: Path, above: tuple[Path, ...]) -> Any:
        if isinstance(value, dict) and set(value) == {"$ref"}:
            other = folder / value["$ref"]
            if other in above:
                return {}
            return resolve(yaml.safe_load(other.read_text()), other.parent, (*above, other))
        if isinstance(value, dict):
            return {key: resolve(member, folder, above) for key, member in value.items()}
        if isinstance(value, list):
            return [resolve(member, folder, above) for member in value]
        return value

    return resolve(yaml.safe_load(path.read_text()), path.parent, (path,))
