"""How long a text is in tokens, before any language model is loaded.

Knows nothing of the model in use: its own tokenizer counts differently, by some tens of per cent for Korean, so
these counts serve to budget a prompt, never to fill a context to the brim.

tiktoken (MIT, maintained): the only byte-pair encoder fast enough for whole prompts that takes its ranks as a
value. Its own loader would fetch them from the network; ours come from resources/ (see NOTICE.md there).
"""

from __future__ import annotations

import base64
import functools
import hashlib
import lzma
from typing import TYPE_CHECKING

from core.errors import SetupProblem
from core.paths import RESOURCES

if TYPE_CHECKING:
    import tiktoken

RANKS = RESOURCES / "o200k_base.tiktoken.xz"
RANKS_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
"""Of the unpacked file; the one that tiktoken_ext/openai_public.py (tiktoken 0.14.0) expects."""

# Both from o200k_base() in tiktoken_ext/openai_public.py, tiktoken 0.14.0 (MIT).
PATTERN = "|".join(
    (
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)
SPECIAL = {"<|endoftext|>": 199999, "<|endofprompt|>": 200018}


def count(text: str) -> int:
    """The number of o200k_base tokens in `text`; special tokens in it are counted as plain text.

    The first call takes about half a second. Raises `SetupProblem` when the encoding file is missing or damaged.
    """
    return len(encoding().encode_ordinary(text))


@functools.cache
def encoding() -> tiktoken.Encoding:
    """The o200k_base encoding, made from the file in resources/. Raises `SetupProblem`."""
    import tiktoken

    try:
        data = lzma.decompress(RANKS.read_bytes())
    except (OSError, lzma.LZMAError) as e:
        raise SetupProblem(f"{RANKS.name} could not be read ({e}).", "Install Moa again.") from e
    if hashlib.sha256(data).hexdigest() != RANKS_SHA256:
        raise SetupProblem(f"{RANKS.name} is damaged.", "Install Moa again.")
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, data.splitlines())}
    return tiktoken.Encoding("o200k_base", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens=SPECIAL)
