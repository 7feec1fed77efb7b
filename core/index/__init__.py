"""Making files findable: read, cut, put keywords and vectors where search looks for them.

    readers.py       the child process that parses one file at a time: reader_child.py, over reader_wire.py
    sandbox.py       what that process may still do; seccomp.py has the filter
    strikes.py       files that stopped their reader three times are left alone
    terms.py         text → keyword terms (Hangul in pairs of syllables)
    embedder.py      text → vectors
    vectors.py       exact search in memory, Chroma for large collections
    indexer.py       the steps: compare a folder, read a file, embed a batch
    lane.py          the one thread that takes these steps, in the order people care about

Order: folders that changed, then files to read (newest first, so that keywords find them at once), then
vectors. Every step ends in a committed transaction; what is left over is rows (`waiting`, `pending`), so a kill
at any moment costs the step that was under way and nothing else. Writes to library.db come from this thread
alone, but for folders being added.
"""
