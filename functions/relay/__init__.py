"""The WebSocket service: sockets only, its rules are in `shared.live`."""
