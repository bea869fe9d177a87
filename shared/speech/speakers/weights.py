"""The shipped networks for sound, each loaded when first needed, once per process."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

from shared.networks import load_network

_FOLDER = files("shared.speech") / "models"


@lru_cache(maxsize=4)
def session(name: str) -> Any:
    """The onnxruntime session of a file of `shared/speech/models`; one thread, thread-safe."""
    return load_network(_FOLDER / name)
