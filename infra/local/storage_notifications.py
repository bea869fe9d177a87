"""Notifications of finished objects, to Pub/Sub's emulator, as Cloud Storage sends them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from http import HTTPStatus

import urllib3

from .storage_objects import Resource, StorageError

_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Notifications:
    """Publishes `OBJECT_FINALIZE` with the attributes and the body of
    https://cloud.google.com/storage/docs/pubsub-notifications#format

    Args:
        endpoint: the emulator's (`127.0.0.1:8085`).
        topic: full name (`projects/p/topics/uploads`).
        bucket: the one whose objects are told of.
    """

    endpoint: str
    topic: str
    bucket: str

    def send(self, resource: Resource) -> None:
        """Returns when Pub/Sub has the message, or at once for another bucket.

        Raises:
            StorageError: 503, Pub/Sub did not take it.
        """
        if resource["bucket"] != self.bucket:
            return
        body = json.dumps({"messages": [_message(resource, self.bucket)]})
        try:
            answer = urllib3.request(
                "POST",
                f"http://{self.endpoint}/v1/{self.topic}:publish",
                body=body,
                headers={"Content-Type": "application/json"},
                timeout=_TIMEOUT_S,
            )
        except urllib3.exceptions.HTTPError as error:
            raise StorageError(503, "The notification could not be published.") from error
        if answer.status != HTTPStatus.OK:
            raise StorageError(503, f"Pub/Sub refused the notification: {answer.data[:200]!r}")


def _message(resource: Resource, bucket: str) -> dict[str, object]:
    return {
        "data": base64.b64encode(json.dumps(resource).encode()).decode(),
        "attributes": {
            "notificationConfig": f"projects/_/buckets/{bucket}/notificationConfigs/1",
            "eventType": "OBJECT_FINALIZE",
            "payloadFormat": "JSON_API_V1",
            "bucketId": bucket,
            "objectId": resource["name"],
            "objectGeneration": resource["generation"],
            "eventTime": resource["updated"],
        },
    }
