"""What was embedded of a chunk, told from what is kept of it: the text itself is dropped once its vector is made.

Knows how `chunks` begins a passage, and nothing of files: a locked one cannot be read again, and needs no reading.
"""

from __future__ import annotations

from core.chunks import heading_line
from core.index.embedding.space import TextEmbedder
from core.store.database import Database
from core.store.passages import text_hash
from core.store.unembedded import Bare, Unembedded

AT_ONCE = 1000


def embedded_text(chunk: Bare, embedder: TextEmbedder, limit: int) -> tuple[str, bytes]:
    """The text and its hash. It is the very text that was embedded, unless a long heading was cut by the measure of an
    embedder before `embedder`, whose passages have `limit` tokens: then the hash is another than the chunk's."""
    if chunk.embed_text is not None:
        return chunk.embed_text, chunk.hash
    for title in (chunk.title, ""):
        text = _with(heading_line(title, chunk.heading, embedder.count, limit), chunk.text)
        if text_hash(text) == chunk.hash:
            return text, chunk.hash
    if text_hash(chunk.text) == chunk.hash:
        return chunk.text, chunk.hash
    text = _with(heading_line(chunk.title, chunk.heading, embedder.count, limit), chunk.text)
    return text, text_hash(text)


def restore(database: Database, id: str, embedder: TextEmbedder, limit: int) -> int:
    """Let chunks that are taken to have a vector of the embedder named `id`, and have none, wait for it; returns how
    many there were. `embedder` and `limit` are the measure they were cut to."""
    unembedded = Unembedded(database)
    after = lost = 0
    while chunks := unembedded.rows(id, after, AT_ONCE, done=True):
        texts = [(chunk.id, *embedded_text(chunk, embedder, limit)) for chunk in chunks]
        unembedded.pend([(chunk, hash, text) for chunk, text, hash in texts])
        after, lost = chunks[-1].id, lost + len(chunks)
    return lost


def _with(line: str, text: str) -> str:
    return f"{line}\n{text}" if line else text
