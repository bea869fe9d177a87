"""The ports of the Google platform, for the suites: on emulators, identity on a fake Firebase."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.types import DeadLetterPolicy, PushConfig, RetryPolicy, Subscription

from infra.local.storage_notifications import Notifications
from infra.local.storage_objects import Resource
from shared.adapters.google.blobs import CloudStorageBlobs
from shared.adapters.google.documents import FirestoreDocuments
from shared.adapters.google.identity import FirebaseIdentity
from shared.adapters.google.listening import FirestoreListener
from shared.adapters.google.tasks import PubSubTasks, publisher_client
from shared.application.ports import Blobs, Documents, Listener
from tests import emulators
from tests.firebase import KEY_ID, Firebase, Nobody, firebase, private_key

from .forgery import forged
from .harness import DEAD, MAX_ATTEMPTS, WORK, DirectUploads, TasksHarness
from .receiver import PushReceiver, push_receiver


@contextmanager
def documents(_: Path) -> Iterator[Documents]:
    with emulators.firestore():
        yield FirestoreDocuments(emulators.PROJECT)


@contextmanager
def listened(_: Path) -> Iterator[tuple[Documents, Listener]]:
    with emulators.firestore():
        listener = FirestoreListener(emulators.PROJECT)
        yield FirestoreDocuments(emulators.PROJECT), listener
        listener.close()


@contextmanager
def blobs(_: Path) -> Iterator[Blobs]:
    with emulators.storage():
        yield CloudStorageBlobs(emulators.new_project(), "transcripts")


@contextmanager
def uploads(_: Path) -> Iterator[tuple[Blobs, Callable[[], list[dict[str, str]]]]]:
    project = emulators.new_project()
    topic = f"projects/{project}/topics/uploads"
    subscription = f"projects/{project}/subscriptions/uploads"
    with emulators.pubsub() as pubsub:
        publisher_client().create_topic(name=topic)
        subscriber = SubscriberClient()
        subscriber.create_subscription(name=subscription, topic=topic)

        def notifications() -> list[dict[str, str]]:
            pulled = subscriber.pull(subscription=subscription, max_messages=100, timeout=10)
            return [dict(each.message.attributes) for each in pulled.received_messages]

        with emulators.storage(Notifications(pubsub, topic, "uploads")):
            yield CloudStorageBlobs(project, "uploads"), notifications


@contextmanager
def direct_uploads(_: Path) -> Iterator[DirectUploads]:
    told: list[dict[str, str]] = []

    class Told(Notifications):
        def send(self, resource: Resource) -> None:
            attributes = {"eventType": "OBJECT_FINALIZE", "bucketId": resource["bucket"]}
            attributes["objectId"] = resource["name"]
            told.append({**attributes, "objectGeneration": resource["generation"]})

    with emulators.storage(Told("", "", "uploads")) as emulator:
        bucket = CloudStorageBlobs(emulators.new_project(), "uploads")
        origin = f"http://127.0.0.1:{emulator.server_port}"
        yield DirectUploads(bucket, lambda: list(told), origin)


@contextmanager
def tasks_harness(_: Path) -> Iterator[TasksHarness]:
    project = emulators.new_project()
    with emulators.pubsub(), push_receiver() as receiver:
        publisher, subscriber = publisher_client(), SubscriberClient()
        for topic in (WORK, DEAD):
            publisher.create_topic(name=f"projects/{project}/topics/{topic}")
        for topic in (WORK, DEAD):
            subscriber.create_subscription(_subscription(project, topic, receiver))
        yield TasksHarness(PubSubTasks(project), receiver, None)
        for topic in (WORK, DEAD):
            subscriber.delete_subscription(subscription=f"projects/{project}/subscriptions/{topic}")


class GoogleIdentity:
    """Firebase as `tests/firebase.py` plays it."""

    def __init__(self, project: Firebase) -> None:
        self._firebase = project
        self.identity = FirebaseIdentity(project.project, credential=Nobody())

    def sign_up(self) -> tuple[str, str]:
        return self._firebase.sign_up()

    def sign_in(self, user_id: str) -> str:
        return self._firebase.sign_in(user_id)

    def revoke(self, user_id: str) -> None:
        self._firebase.revoke(user_id)

    def disable(self, user_id: str) -> None:
        self._firebase.users[user_id].disabled = True

    def delete(self, user_id: str) -> None:
        del self._firebase.users[user_id]

    def forge(self, user_id: str, flaw: str) -> str:
        return forged(self._firebase.claims(user_id), flaw, key_id=KEY_ID, key=private_key())


@contextmanager
def identity_harness(_: Path) -> Iterator[GoogleIdentity]:
    with firebase(emulators.new_project()) as project:
        yield GoogleIdentity(project)


def _subscription(project: str, topic: str, receiver: PushReceiver) -> Subscription:
    subscription = Subscription(
        name=f"projects/{project}/subscriptions/{topic}",
        topic=f"projects/{project}/topics/{topic}",
        push_config=PushConfig(push_endpoint=receiver.endpoint(topic)),
        retry_policy=RetryPolicy(
            minimum_backoff=timedelta(milliseconds=20), maximum_backoff=timedelta(milliseconds=200)
        ),
        ack_deadline_seconds=10,
    )
    if topic == WORK:
        subscription.dead_letter_policy = DeadLetterPolicy(
            dead_letter_topic=f"projects/{project}/topics/{DEAD}",
            max_delivery_attempts=MAX_ATTEMPTS,
        )
    return subscription
