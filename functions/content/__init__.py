"""The content of sessions."""
