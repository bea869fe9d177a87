"""How gunicorn serves one function in its container: its settings, by the names that it gives them.

    gunicorn --config python:infra.container.serving 'functions_framework:create_app()'

functions-framework reads from `FUNCTION_SOURCE` and `FUNCTION_TARGET` which function that is; Cloud
Run sets `PORT`, and the deploy `THREADS` (infra/build/services.py).
"""

from __future__ import annotations

import os

from infra.container.server_log import ReticentLogger

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8080')}"  # noqa: S104
# Cloud Run adds instances; within one, threads wait for the store.
workers = 1
worker_class = "gthread"
threads = int(os.environ["THREADS"])
# The function is loaded before the port opens: where it cannot be, the revision never gets ready,
# and no request reaches it.
preload_app = True
# Cloud Run ends what takes too long; a long request is no sign of a worker that hangs.
timeout = 0
# Cloud Run waits 10 s between SIGTERM and SIGKILL.
graceful_timeout = 8
keepalive = 620
loglevel = "warning"
logger_class = ReticentLogger
control_socket_disable = True
