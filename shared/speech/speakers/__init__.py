"""Who speaks when: voice activity and speakers, from sound alone."""

from .turns import Diarization, Diarizer, Turn, tell_speakers
from .voice_activity import Region, VoiceActivity, find_speech

__all__ = [
    "Diarization",
    "Diarizer",
    "Region",
    "Turn",
    "VoiceActivity",
    "find_speech",
    "tell_speakers",
]
