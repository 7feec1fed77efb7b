"""Making files findable: read, cut, put keywords and vectors where search looks for them.

    reconcile.py     folders compared with the catalogue: what is new, moved, gone, or kept although it is gone
    reading/         files read by a child process, behind walls
    recognising/     text in pictures and on scanned pages
    embedding/       text → vectors, and the search among them
    terms.py         text → keyword terms (Hangul in pairs of syllables)
    said.py          what a note says of itself: date, tags, fields, check boxes, links
    indexer.py       the steps: read a file, embed a batch
    lane/            the one thread that takes these steps, in the order people care about
    pace.py          how fast that goes, and when it will be done; counts.py, what was done
    folders.py       which folders are watched
    power.py         whether the computer runs on its battery

Order: folders that changed, then files to read (newest first, so that keywords find them at once), then
vectors. Every step ends in a committed transaction; what is left over is rows (`waiting`, `pending`), so a kill
at any moment costs the step that was under way and nothing else. Writes to library.db come from this thread
alone, but for folders being added.

**A file is what it says, not where it lies.** Folders are compared together, and content that turns up under another
path takes its row, its passages and its vectors along: a renamed folder of 1,000 files is hashed, not read. A file
whose size or time changed is hashed before it is read; only another digest costs more. Vectors that no text uses are
dropped only when everything was compared and read, so that what moved while Moa was not running finds its own again.

**Pictures come last.** Text in pictures and on scanned pages is recognised page by page when everything else is read
and embedded, where a folder has it switched on; what was made out is kept under the hash of its file. The page under
way goes on by itself (nice 19, one processor) while the lane takes up a note that was just saved. Refused: recognising
inside the reader's process, which may start no program, and one call for a whole document, which a kill would cost.

**A time can lie.** A file that was changed within 50 ms before it was read (2 s where times are whole seconds) is taken
down as unsure: a second change may carry the same time, so the next comparison hashes it again, as git does.
Times in the future and clocks that jump cost a digest, never a note.

**What is not needed is not made.** A passage in a language that the embedder's card leaves out gets no vector
(`windows.py`): of a help collection half in Korean that is 55 % of all tokens embedded. Texts are batched by tokens: by
letters, with both languages mixed, a fifth of every batch would be padding. Vectors are loaded in parts, and until all
are there questions are searched by their words and told so: half of the vectors would rank worse than none.
Up to a million vectors exact search answers, with recall 1 (`exact.py`), and there is no vector index at all; above, it
is made when nothing else is left to do, on from where it was after a stop, and exact search answers until it is `ready`
(`vectors.py` has the figures behind that limit; it was a tenth of it before vectors had short codes).

**An embedder is changed behind the one that serves.** The new vectors are made last of all, next to the old ones in
library.db; a search holds on to one `Space` from beginning to end; when every text has its new vector, one row in
library.db makes the new one serve, and the vectors of the one before are kept until the change after that, so that
going back is free. What is wanted is the setting, what serves is in library.db: no third thing can disagree. Passages
are not cut anew: their boundaries belong to the library, are shown and cited, and locked files cannot be read again.
Files read from then on are cut by the new measure (at most 512 tokens: more says too much for one vector). A passage
longer than the new one reads is embedded in parts: with 96 tokens at once instead of 256, where nine passages in ten
are longer, hit@1 on XQuAD in English stays .887 (cut off: .837; cut anew, 2.3 times the passages: .907). Refused:
cutting everything anew into a second set of passages, which would double library.db, its keywords and the time, for
passages that mostly come out the same; and letting each passage change over by itself, since a question can be
compared with one kind of vector only.

**Pausing stops work, not truth**: what is gone is forgotten all the same. Under 50 MB of free space nothing is read or
embedded; the lane says so and tries again every ten seconds.
"""
