"""What the user's own notes teach.

    known_items.py   questions whose answer is known, made from the notes
    written.py       such questions written by the language model, when one is loaded, and checked
    selftest.py      how well they are found, by each way of searching, and what another weight would do

The weights in `retrieval/fuse.py` and the thresholds in `answer/answerer.py` were measured on public sets and hold for
everybody; the self-test shows whether they hold for these notes. One thing it finds is used at once: whether the
vectors of the embedder serve a language, where the model's card names none.

Without a language model the same notes give the same questions on every machine, and reports can be compared before and
after a change. A loaded one writes questions in the place of half of those; `sources` tells them apart. What it writes
is checked by rules (it is a question, it stands by itself, its answer stands in the passage and not in itself), its
time is bounded, it gives way to whoever asks something, and a server is never asked: nobody meant to send it notes.
"""
