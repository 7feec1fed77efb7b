"""The routes of `wire`, one module a part of the engine. Plain functions run in worker threads, so a call that
blocks (a search, a comparison of folders) never holds up another.
"""

from __future__ import annotations

from fastapi import Response

from core.serve import wire


def reply(value: object) -> Response:
    """Any value of `core.types` as JSON."""
    return Response(wire.encode(value), media_type="application/json")
