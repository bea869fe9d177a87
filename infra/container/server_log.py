"""What gunicorn says, without what clients have sent."""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.glogging import Logger

from shared.edge.logs import describe


class ReticentLogger(Logger):  # type: ignore[misc]
    """Of an error, tells its type and where it was raised: gunicorn's own words quote the request.

    A line that is no HTTP may hold a token or what somebody said, and so may a URI.
    """

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """A request that cannot be read, or a warning of gunicorn's own."""
        error = sys.exception()
        if error is None:
            super().warning(msg, *args, **kwargs)
        else:
            super().warning("A request was refused: %s.", type(error).__name__)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """An error that nobody expected, or a client that fell silent."""
        error = sys.exception()
        if isinstance(error, BlockingIOError):
            super().warning("A client fell silent amid a request.")
        else:
            assert error is not None  # noqa: S101
            super().error("An error was not handled.\n%s", describe(error))
