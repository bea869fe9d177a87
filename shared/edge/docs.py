"""The description of the API and the page to browse it, both served from files, offline.

The page is Swagger UI as the package flask-swagger-ui bundles it; nothing is loaded from elsewhere.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from shared.domain.errors import RouteNotFound
from shared.endpoints import API

from .call import Reply

_OPENAPI: Final = Path(__file__).resolve().parents[2] / "infra" / "openapi" / "openapi.json"
_CACHED: Final = {"Cache-Control": "public, max-age=3600"}
# Swagger UI sets style attributes and draws its icons from data: addresses; its scripts are files.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PAGE: Final = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Insight Journey API</title>
<link rel="stylesheet" href="{API}/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="{API}/docs/favicon-32x32.png">
</head>
<body>
<div id="page"></div>
<noscript>The description as a file: <a href="{API}/openapi.json">openapi.json</a></noscript>
<script src="{API}/docs/swagger-ui-bundle.js"></script>
<script src="{API}/docs/start.js"></script>
</body>
</html>
"""
_START: Final = f"""SwaggerUIBundle({{
  url: "{API}/openapi.json",
  dom_id: "#page",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
}});
"""
_ASSETS: Final = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}


def openapi() -> Reply:
    """The committed description."""
    return Reply(_read(_OPENAPI), headers=_CACHED)


def page() -> Reply:
    """The page."""
    headers = {**_CACHED, "Content-Security-Policy": _POLICY}
    return Reply(_PAGE, media_type="text/html; charset=utf-8", headers=headers)


def asset(name: str) -> Reply:
    """A file of the page.

    Raises:
        RouteNotFound: if the page has no such file.
    """
    if name == "start.js":
        return Reply(_START, media_type="text/javascript; charset=utf-8", headers=_CACHED)
    if name not in _ASSETS:
        raise RouteNotFound
    return Reply(_read(_swagger_ui() / name), media_type=_ASSETS[name], headers=_CACHED)


@cache
def _read(path: Path) -> bytes:
    return path.read_bytes()


def _swagger_ui() -> Path:
    # Found, not imported: its module brings Jinja templates that nothing here needs.
    found = find_spec("flask_swagger_ui")
    if found is None or found.origin is None:
        raise RouteNotFound
    return Path(found.origin).parent / "dist"
