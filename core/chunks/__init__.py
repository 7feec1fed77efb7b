"""Passages sized for the embedder: a document's blocks in, chunks out.

    split(document, count, limit)   blocks → sections by heading and page → packed chunks
    heading_line(title, heading, count, limit)   what `split` puts before a passage, to tell what was embedded
    pieces(text, count, budget)     a passage for an embedder that reads less at once than the one it was cut for

Rules, in this order: no chunk's `embed_text` counts more than `limit`; no word is lost, blocks keep their order; a
block is cut only when it alone is too large (at lines, then sentences, words, characters: cutting.py); a chunk holds
one section, except that tiny neighbours under the same parent share one (packing.py), so that a note of headings with
a line each is not a heap of one-liners; pages never share one, since a citation names one page. A long section is
divided evenly rather than into full chunks and a scrap.

`embed_text` begins with the title and heading path, at most a quarter of the limit: it is what tells near-identical
passages apart. Vectors are kept by the hash of `embed_text`, so all of this is deterministic.

`count` is the embedder's tokenizer and slow: each block is counted once, and a chunk once more where what its blocks
cost leaves no room for what tokenizers add where texts meet (they are not quite additive). A chunk also has at most 12
characters a token of the limit: word-piece tokenizers count a hundred kilobytes of base64 as one unknown word, but
nothing that reads the passage later does.

Pure: knows nothing of files, databases or settings.
"""

from core.chunks.cutting import pieces
from core.chunks.packing import heading_line, split

__all__ = ["heading_line", "pieces", "split"]
