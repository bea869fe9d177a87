"""CRC32C, the checksum that Cloud Storage keeps of every blob."""

from __future__ import annotations

import base64

import google_crc32c


class Crc32c:
    """The sum of a stream of bytes, in the form of Cloud Storage: base64 of four bytes, big-endian.

    Source: https://cloud.google.com/storage/docs/metadata#crc32c
    """

    def __init__(self) -> None:
        self._value = 0

    def update(self, chunk: bytes) -> None:
        """Adds the next bytes."""
        self._value = google_crc32c.extend(self._value, chunk)

    def __str__(self) -> str:
        return base64.b64encode(self._value.to_bytes(4, "big")).decode()
