"""The live stream of a session's events, without sockets: framing, fan-out and its rules."""
