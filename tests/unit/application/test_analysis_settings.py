"""What a session's settings choose takes effect in one whole analysis, and the session says so."""

from __future__ import annotations

from shared.application.analysis_status import read_analysis
from shared.application.create_session import NewSession, create_session
from shared.application.read_session import read_session
from shared.application.read_summary import read_summary
from shared.application.request_analysis import request_analysis
from shared.application.unread_languages import warnings_of
from shared.application.update_session import SessionChanges, update_session
from shared.domain.events import EventType
from shared.domain.session import AnalysisStatus
from tests.unit.application.story import OWNER, elements_of, events_of, long_text

GERMAN = (
    "C: Ich weiß nicht, ich bin sad und habe das Gefühl, dass ich das alles nicht mehr kann, "
    "und das ist für mich auch nicht gut, weil ich dann immer so müde bin.\n"
)
MADE_UP = "C: " + "blorp snarf quux wibble sad zork " * 8 + "\n"


def begin(world, text, **chosen):
    draft = NewSession(title="One", text=text, settings={"colour": "red", "analysis": chosen})
    create_session(world, OWNER, draft, "s1")


def analysis(world):
    return read_analysis(world, OWNER, "s1").analysis


def warnings(world):
    return warnings_of(read_analysis(world, OWNER, "s1"))


def test_only_wanted_kinds_are_kept_and_told(world):
    begin(world, long_text(), elements=["topics"])
    world.drain()
    assert {kind for kind, found in elements_of(world).items() if found} == {"topics"}
    types = {event.type for event in events_of(world)}
    assert EventType.NEW_TOPIC in types
    assert EventType.NEW_EMOTION not in types
    assert read_summary(world, OWNER, "s1", 5).arc == []


def test_what_is_less_sure_than_wanted_is_left_out(world):
    begin(world, long_text(), min_confidence={"emotions": 0.9, "topics": 0.1})
    world.drain()
    found = elements_of(world)
    # The emotions are sure to 0.9; the topics have no calibrated confidence at all.
    assert found["emotions"]
    assert found["topics"] == []
    assert found["action_items"]


def test_change_takes_effect_with_the_next_analysis_and_not_in_the_middle_of_one(world):
    begin(world, long_text())
    for _ in range(2):
        world.deliver(world.queue.pop(0))
    settings = {"analysis": {"elements": ["topics"]}}
    update_session(world, OWNER, "s1", SessionChanges(settings=settings))
    world.drain()
    before = elements_of(world)
    assert before["emotions"]
    assert analysis(world).settings == {}
    request_analysis(world, OWNER, "s1")
    assert elements_of(world) == before
    world.drain()
    assert elements_of(world)["emotions"] == []
    assert elements_of(world)["topics"] == before["topics"]
    assert analysis(world).settings == settings["analysis"]


def test_change_together_with_a_new_analysis_takes_effect_at_once(world):
    begin(world, long_text())
    world.drain()
    changes = SessionChanges(
        settings={"analysis": {"elements": ["topics"]}}, analysis_status=AnalysisStatus.PENDING
    )
    update_session(world, OWNER, "s1", changes)
    world.drain()
    assert elements_of(world)["emotions"] == []


def test_transcript_in_another_language_is_said_to_be_and_not_analysed(world):
    begin(world, GERMAN * 3)
    world.drain()
    assert world.analyzer.calls == 0
    report = read_session(world, OWNER, "s1")
    assert report.session.analysis.status is AnalysisStatus.SUCCESS
    assert not any(report.elements.values())
    assert read_summary(world, OWNER, "s1", 5).sentences == []
    (warning,) = warnings(world)
    assert (warning["code"], warning["language"]) == ("language_unsupported", "de")
    assert (warning["windows"], warning["windows_total"]) == (1, 1)
    assert warning["message"].startswith("The transcript is in German, which the analyser")
    assert events_of(world)[-1].data["warnings"] == [warning]


def test_session_in_two_languages_is_analysed_where_it_can_be(world):
    begin(world, GERMAN * 5 + long_text(40))
    world.drain()
    assert elements_of(world)["emotions"]
    (warning,) = warnings(world)
    assert (warning["windows"], warning["language"]) == (1, "de")
    assert warning["windows_total"] > 1
    assert f"1 of {warning['windows_total']} parts of the transcript is in" in warning["message"]


def test_language_that_cannot_be_told_is_said_so_until_the_client_names_it(world):
    begin(world, MADE_UP)
    world.drain()
    (warning,) = warnings(world)
    assert (warning["code"], warning["language"]) == ("language_unknown", "und")
    settings = {"analysis": {"language": "en-GB"}}
    update_session(world, OWNER, "s1", SessionChanges(settings=settings))
    request_analysis(world, OWNER, "s1")
    world.drain()
    assert warnings(world) == []
    assert elements_of(world)["emotions"]


def test_language_that_the_client_names_is_believed(world):
    begin(world, long_text(), language="de-AT")
    world.drain()
    assert world.analyzer.calls == 0
    assert {warning["language"] for warning in warnings(world)} == {"de-AT"}


def test_analyser_of_all_languages_is_given_them_all(world):
    world.analyzer.languages = None
    begin(world, GERMAN * 3, language="de")
    world.drain()
    assert elements_of(world)["emotions"]
    assert warnings(world) == []


def test_redelivered_window_is_counted_once_among_the_unread(world):
    begin(world, GERMAN * 3)
    delivered = world.drain()
    for message in delivered:
        world.deliver(message)
    assert [warning["windows"] for warning in warnings(world)] == [1]


def test_settings_from_before_they_meant_anything_are_read_leniently(world):
    draft = NewSession(title="One", text=long_text(), settings={"analysis": "fast"})
    create_session(world, OWNER, draft, "s1")
    world.drain()
    assert elements_of(world)["emotions"]
