"""Text to tokens, by llama.cpp. Knows nothing of models beyond their vocabulary."""

from __future__ import annotations

from typing import Any

import llama_cpp as lib


def tokens(vocabulary: Any, text: str, *, special: bool = False, structure: bool = False) -> list[int]:
    """Token ids of `text`; with `special` also those that its model wants around a text; only with `structure` may
    control tokens come out of the text itself."""
    data = text.encode("utf-8", "replace")
    room = len(data) + 8
    ids = (lib.llama_token * room)()
    n = lib.llama_tokenize(vocabulary, data, len(data), ids, room, special, structure)
    if n < 0:
        ids = (lib.llama_token * -n)()
        n = lib.llama_tokenize(vocabulary, data, len(data), ids, -n, special, structure)
    return ids[: max(0, n)]
