"""Request ids and traces."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import Headers

from shared.edge.correlation import correlate

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("traceparent", f"00-{TRACE}-{SPAN}-01", (TRACE, SPAN, True)),
        ("traceparent", f"00-{TRACE}-{SPAN}-00", (TRACE, SPAN, False)),
        ("traceparent", f"cc-{TRACE}-{SPAN}-01-more", (TRACE, SPAN, True)),
        ("traceparent", f"00-{'0' * 32}-{SPAN}-01", (None, None, False)),
        ("traceparent", f"00-{TRACE.upper()}-{SPAN}-01", (None, None, False)),
        ("traceparent", "nonsense", (None, None, False)),
        ("X-Cloud-Trace-Context", f"{TRACE}/10;o=1", (TRACE, f"{10:016x}", True)),
        ("X-Cloud-Trace-Context", TRACE, (TRACE, None, False)),
        ("X-Cloud-Trace-Context", "x/1", (None, None, False)),
    ],
)
def test_traces_are_read_where_they_are_well_formed(
    name: str, value: str, expected: tuple[str | None, str | None, bool]
) -> None:
    found = correlate(Headers({name: value}))
    assert (found.trace_id, found.span_id, found.sampled) == expected


def test_a_request_id_is_made_where_none_comes() -> None:
    first, second = correlate(Headers()), correlate(Headers())
    assert first.request_id != second.request_id
