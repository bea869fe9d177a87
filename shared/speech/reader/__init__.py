"""Reads transcripts out of the bytes that people have."""

from .reader import TextTranscriptReader

__all__ = ["TextTranscriptReader"]
