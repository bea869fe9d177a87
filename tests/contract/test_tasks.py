"""What `ports.Tasks` promises, seen from the function that is pushed to."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.errors import Unauthenticated

from .harness import DEAD, MAX_ATTEMPTS, WORK, TasksHarness
from .receiver import Answer

# A platform that redelivers what was acknowledged does so well within this.
_QUIET_S = 1.0


def test_published_data_is_delivered(tasks_harness: TasksHarness) -> None:
    data = {"session_id": "a", "n": 1, "x": 0.5, "none": None, "list": ["é", {"k": True}]}
    tasks_harness.tasks.publish(WORK, data)
    assert tasks_harness.receiver.wait_for(WORK, 1)[0].data == data


def test_delivery_comes_in_the_envelope_of_pubsub(tasks_harness: TasksHarness) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    tasks_harness.tasks.publish(WORK, {"session_id": "a"})
    delivery = tasks_harness.receiver.wait_for(WORK, 1)[0]
    assert delivery.headers["Content-Type"] == "application/json"
    message = delivery.body["message"]
    assert message["messageId"] == message["message_id"] != ""
    assert message["publishTime"] == message["publish_time"]
    published = datetime.fromisoformat(message["publishTime"])
    assert before < published < datetime.now(UTC) + timedelta(seconds=2)
    assert delivery.body["subscription"].startswith("projects/")
    assert "/subscriptions/" in delivery.body["subscription"]


def test_an_acknowledged_message_is_not_delivered_again(tasks_harness: TasksHarness) -> None:
    tasks_harness.tasks.publish(WORK, {"n": 1})
    tasks_harness.receiver.wait_for(WORK, 1)
    time.sleep(_QUIET_S)
    assert len(tasks_harness.receiver.deliveries(WORK)) == 1


def test_a_refused_message_is_delivered_until_it_is_taken(tasks_harness: TasksHarness) -> None:
    tasks_harness.receiver.answer(WORK, Answer(500), Answer(429), Answer(404))
    tasks_harness.tasks.publish(WORK, {"n": 1})
    deliveries = tasks_harness.receiver.wait_for(WORK, 4)
    assert len({delivery.message_id for delivery in deliveries}) == 1
    assert {delivery.data["n"] for delivery in deliveries} == {1}
    attempts = [delivery.body.get("deliveryAttempt") for delivery in deliveries]
    # Pub/Sub's emulator counts attempts, but does not tell.
    assert attempts in ([1, 2, 3, 4], [None] * 4)
    publish_times = {delivery.body["message"]["publishTime"] for delivery in deliveries}
    assert len(publish_times) == 1


def test_a_redirect_is_a_refusal(tasks_harness: TasksHarness) -> None:
    tasks_harness.receiver.answer(WORK, Answer(302))
    tasks_harness.tasks.publish(WORK, {"n": 1})
    assert len(tasks_harness.receiver.wait_for(WORK, 2)) == 2


def test_a_message_that_nobody_takes_goes_to_the_dead_letter_topic(
    tasks_harness: TasksHarness,
) -> None:
    tasks_harness.receiver.answer(WORK, *[Answer(500)] * 20)
    tasks_harness.tasks.publish(WORK, {"n": 1})
    dead = tasks_harness.receiver.wait_for(DEAD, 1)[0]
    assert dead.data == {"n": 1}
    assert len(tasks_harness.receiver.deliveries(WORK)) == MAX_ATTEMPTS
    attributes = dead.body["message"]["attributes"]
    assert WORK in attributes["CloudPubSubDeadLetterSourceSubscription"]
    assert int(attributes["CloudPubSubDeadLetterSourceDeliveryCount"]) == MAX_ATTEMPTS


def test_one_refused_message_does_not_hold_up_others(tasks_harness: TasksHarness) -> None:
    tasks_harness.receiver.answer(WORK, *[Answer(500)] * 2)
    for n in range(10):
        tasks_harness.tasks.publish(WORK, {"n": n})
    deliveries = tasks_harness.receiver.wait_for(WORK, 12)
    assert {delivery.data["n"] for delivery in deliveries} == set(range(10))


def test_every_message_of_many_arrives(tasks_harness: TasksHarness) -> None:
    for n in range(100):
        tasks_harness.tasks.publish(WORK, {"n": n})
    deliveries = tasks_harness.receiver.wait_for(WORK, 100)
    assert Counter(delivery.data["n"] for delivery in deliveries) == Counter(range(100))
    assert len({delivery.message_id for delivery in deliveries}) == 100


def test_messages_of_a_topic_go_to_its_own_endpoint(tasks_harness: TasksHarness) -> None:
    tasks_harness.tasks.publish(DEAD, {"n": 1})
    tasks_harness.tasks.publish(WORK, {"n": 2})
    assert tasks_harness.receiver.wait_for(DEAD, 1)[0].data == {"n": 1}
    assert tasks_harness.receiver.wait_for(WORK, 1)[0].data == {"n": 2}


@pytest.mark.parametrize("data", [{"x": object()}, {"x": float("nan")}, {"x": "\ud800"}])
def test_data_without_a_json_form_is_an_error(
    tasks_harness: TasksHarness, data: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=" "):
        tasks_harness.tasks.publish(WORK, data)


# Emulated Pub/Sub signs nothing; what Google signs is verified in test_push.py beside its adapter.
@pytest.mark.parametrize("platform", ["embedded"], indirect=True)
def test_a_push_proves_where_it_comes_from(tasks_harness: TasksHarness) -> None:
    verify = tasks_harness.verify_push
    assert verify is not None
    tasks_harness.tasks.publish(WORK, {"n": 1})
    headers = tasks_harness.receiver.wait_for(WORK, 1)[0].headers
    verify(headers)
    without = {name: value for name, value in headers.items() if name != "Authorization"}
    forged = {**headers, "Authorization": headers["Authorization"][:-6] + "AAAAAA"}
    for refused in (without, forged, {}):
        with pytest.raises(Unauthenticated):
            verify(refused)
