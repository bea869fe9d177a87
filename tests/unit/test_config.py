from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from shared.config import Config, ConfigurationError

README = Path(__file__).parents[2] / "README.md"
IN_CLOUD_RUN = {
    "K_SERVICE": "get-session",
    "INSIGHT_PUSH_AUDIENCE": "https://example.org/pipeline",
    "INSIGHT_PUSH_SERVICE_ACCOUNT": "push@example.org",
}
EXAMPLES = {
    "INSIGHT_PLATFORM": ("platform", "google", "google"),
    "INSIGHT_DATA_DIR": ("data_dir", "/srv/insight", Path("/srv/insight")),
    "GOOGLE_CLOUD_PROJECT": ("project", "therapy", "therapy"),
    "INSIGHT_FIRESTORE_DATABASE": ("firestore_database", "eu", "eu"),
    "INSIGHT_UPLOADS_BUCKET": ("uploads_bucket", "up", "up"),
    "INSIGHT_TRANSCRIPTS_BUCKET": ("transcripts_bucket", "texts", "texts"),
    "INSIGHT_PUSH_AUDIENCE": ("push_audience", "https://example.org", "https://example.org"),
    "INSIGHT_PUSH_SERVICE_ACCOUNT": ("push_service_account", "a@b.example", "a@b.example"),
    "INSIGHT_CORS_ORIGINS": ("cors_origins", "https://a.example, https://b.example,", None),
    "INSIGHT_ANALYZER": ("analyzer", "noop", "noop"),
    "INSIGHT_GEMINI_MODEL": ("gemini_model", "gemini-3.5-flash-lite", "gemini-3.5-flash-lite"),
    "INSIGHT_GEMINI_LOCATION": ("gemini_location", "europe-west4", "europe-west4"),
    "INSIGHT_GEMINI_TOKENS_PER_TRANSCRIPT": ("gemini_tokens_per_transcript", "80000", 80_000),
    "INSIGHT_STALLED_AFTER_S": ("stalled_after_s", "2.5", 2.5),
    "INSIGHT_LOG_LEVEL": ("log_level", "debug", "DEBUG"),
    "PUSH_KEYS_EMULATOR_HOST": ("push_keys_host", "127.0.0.1:1", "127.0.0.1:1"),
    "HOST": ("host", "127.0.0.1", "127.0.0.1"),
    "PORT": ("port", "8081", 8081),
}

# Those whose values are files.
FILES = {"INSIGHT_TAXONOMY": "taxonomy"}


class Recording(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


def readme_table() -> dict[str, str]:
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", README.read_text("utf-8"), re.MULTILINE)
    return {name: default.strip().strip("`") for name, default in rows}


def test_config_reads_exactly_what_readme_lists() -> None:
    environment = Recording()
    Config.from_environment(environment)
    assert environment.asked == set(readme_table())


def test_config_defaults_are_those_of_readme() -> None:
    table = readme_table()
    attributes = {name: attribute for name, (attribute, _, _) in EXAMPLES.items()} | FILES
    for name, attribute in attributes.items():
        default = getattr(Config.from_environment({}), attribute)
        assert table[name] == ("none" if default in (None, ()) else f"{default}"), name


def test_config_without_environment_is_all_defaults() -> None:
    assert Config.from_environment({}) == Config()


@pytest.mark.parametrize("name", EXAMPLES)
def test_config_takes_value_from_environment(name: str) -> None:
    attribute, value, expected = EXAMPLES[name]
    expected = expected or ("https://a.example", "https://b.example")
    assert getattr(Config.from_environment({name: value}), attribute) == expected


@pytest.mark.parametrize(
    "origin", ["http://localhost:5173", "http://[::1]:80", "capacitor://localhost"]
)
def test_config_takes_every_origin_that_a_browser_sends(origin: str) -> None:
    assert Config.from_environment({"INSIGHT_CORS_ORIGINS": origin}).cors_origins == (origin,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INSIGHT_PLATFORM", "azure"),
        ("INSIGHT_PLATFORM", ""),
        ("INSIGHT_ANALYZER", "oracle"),
        ("INSIGHT_CORS_ORIGINS", "*"),
        ("INSIGHT_CORS_ORIGINS", "null"),
        ("INSIGHT_CORS_ORIGINS", "app.example"),
        ("INSIGHT_CORS_ORIGINS", "https://App.example"),
        ("INSIGHT_CORS_ORIGINS", "https://a.example, https://app.example/"),
        ("INSIGHT_GEMINI_TOKENS_PER_TRANSCRIPT", "0"),
        ("INSIGHT_GEMINI_TOKENS_PER_TRANSCRIPT", "1e6"),
        ("INSIGHT_STALLED_AFTER_S", "soon"),
        ("INSIGHT_STALLED_AFTER_S", "0"),
        ("INSIGHT_STALLED_AFTER_S", "-1"),
        ("INSIGHT_STALLED_AFTER_S", "nan"),
    ],
)
def test_config_names_variable_with_value_that_is_not_allowed(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        Config.from_environment({name: value})


@pytest.mark.parametrize(
    "variable",
    [
        "FIRESTORE_EMULATOR_HOST",
        "FIREBASE_AUTH_EMULATOR_HOST",
        "STORAGE_EMULATOR_HOST",
        "PUSH_KEYS_EMULATOR_HOST",
    ],
)
def test_config_refuses_emulators_in_cloud_run(variable: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        Config.from_environment({**IN_CLOUD_RUN, variable: "localhost:8080"})


def test_config_allows_emulators_outside_cloud_run() -> None:
    assert Config.from_environment({"FIRESTORE_EMULATOR_HOST": "localhost:8080"}) == Config()


@pytest.mark.parametrize("missing", ["INSIGHT_PUSH_AUDIENCE", "INSIGHT_PUSH_SERVICE_ACCOUNT"])
def test_config_requires_push_identity_in_cloud_run(missing: str) -> None:
    environment = {name: value for name, value in IN_CLOUD_RUN.items() if name != missing}
    with pytest.raises(ConfigurationError, match=missing):
        Config.from_environment(environment)


def test_config_wants_to_be_told_where_gemini_may_read() -> None:
    with pytest.raises(ConfigurationError, match="INSIGHT_GEMINI_LOCATION"):
        Config.from_environment({"INSIGHT_ANALYZER": "gemini"})
    chosen = {"INSIGHT_ANALYZER": "gemini", "INSIGHT_GEMINI_LOCATION": "europe-west4"}
    assert Config.from_environment(chosen).analyzer == "gemini"


def test_config_in_cloud_run_knows_its_service() -> None:
    assert Config.from_environment(IN_CLOUD_RUN).service == "get-session"


TOPICS = b"""{"version": "1", "topics": [{"id": "faith", "name": "Faith", "topics": [
{"id": "faith.doubt", "name": "Doubt", "description": "Losing faith.", "examples": []}]}]}"""


def test_config_takes_a_taxonomy_that_is_one(tmp_path: Path) -> None:
    path = tmp_path / "topics.json"
    path.write_bytes(TOPICS)
    assert Config.from_environment({"INSIGHT_TAXONOMY": str(path)}).taxonomy == path
    assert Config.from_environment({"INSIGHT_TAXONOMY": ""}).taxonomy is None


def test_config_refuses_a_taxonomy_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "topics.json"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Config.from_environment({"INSIGHT_TAXONOMY": str(path)})
    path.write_bytes(TOPICS.replace(b"faith.doubt", b"hope.doubt"))
    with pytest.raises(ConfigurationError, match="does not belong to faith"):
        Config.from_environment({"INSIGHT_TAXONOMY": str(path)})
