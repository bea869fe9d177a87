"""Every error of the tree has its place in the table."""

from __future__ import annotations

from collections.abc import Iterator

from shared.domain import errors
from shared.edge.problems import STATUSES, FieldErrors, problem, status_of


def tree(root: type[errors.InsightError]) -> Iterator[type[errors.InsightError]]:
    yield root
    for kind in root.__subclasses__():
        yield from tree(kind)


def test_every_code_has_a_status() -> None:
    for kind in tree(errors.InsightError):
        assert kind.code in STATUSES, kind


def test_transient_errors_are_worth_another_try() -> None:
    for kind in tree(errors.InsightError):
        if kind.transient:
            assert STATUSES[kind.code][0] in (409, 429, 503), kind


def test_an_unexpected_error_says_nothing_of_itself() -> None:
    body = problem(ValueError("what a client said"), "r1")
    assert status_of(ValueError()) == 500
    assert "what a client said" not in str(body)
    assert (body["code"], body["http_status"], body["instance"]) == ("internal", 500, "r1")


def test_several_wrong_fields_are_listed() -> None:
    body = problem(FieldErrors("Two.", [("a", "is wrong"), (None, "too")]), "r1")
    assert body["field"] == "a"
    assert body["errors"] == [
        {"field": "a", "message": "is wrong"},
        {"field": None, "message": "too"},
    ]
