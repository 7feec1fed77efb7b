"""What the user's own notes teach.

    known_items.py   questions whose answer is known, made from the notes
    selftest.py      how well they are found, by each way of searching, and what another weight would do

The weights in `retrieval/fuse.py` and the thresholds in `answer/answerer.py` were measured on public sets and hold for
everybody; the self-test shows whether they hold for these notes. One thing it finds is used at once: whether the
vectors of the embedder serve a language, where the model's card names none.

Questions are made without a language model, so that the same notes give the same questions on every machine and the
report can be compared before and after a change.
"""
