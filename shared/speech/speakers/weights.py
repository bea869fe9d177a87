"""The shipped networks for sound, each loaded when first needed, once per process."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

_FOLDER = files("shared.speech") / "models"


@lru_cache(maxsize=4)
def session(name: str) -> Any:
    """The onnxruntime session of a file of `shared/speech/models`; one thread, thread-safe."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(
        (_FOLDER / name).read_bytes(), options, providers=["CPUExecutionProvider"]
    )
