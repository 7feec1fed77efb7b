"""Finding the passages for a question: keywords and meaning, always both, weighed by what each can do.

    query.py      "exact phrases" and -words told from the rest (pure)
    spelling.py   words that stand nowhere → their nearest neighbours that do
    lexical.py    BM25 over chunks and over their files
    evidence.py   how much of what is asked stands in a text
    fuse.py       the two rankings → one (pure)
    names.py      files called by name in the question or in the best passages (two-hop questions)
    readable.py   ranked chunks → passages: copies folded, neighbours joined, files kept from crowding out (pure)
    search.py     all of it, in this order

Why a weighted sum of standardised scores and not reciprocal rank fusion: RRF lowers recall@1 wherever one leg is
weaker (KorQuAD with an English embedder: .90 → .16; XQuAD .929 → .924 where the sum reaches .95). Bruch, Gai, Ingber:
"An Analysis of Fusion Functions for Hybrid Retrieval" (2022) finds the same. A leg that cannot serve the
question's language gets no vote at all. Retrieval never waits for a language model.

Tried on the sets and left out, since they gain nothing or lose elsewhere. Korean terms: syllable trigrams, single
syllables, words without particles, pairs across spaces, beside or instead of pairs (tax rulings recall@5 .861, with any
of them .840 to .869). RM3 on keywords (.861 → .820), LSA trained on the library (.865), the beginning of a note as a
field of its own (.865), other BM25 constants. Minimum-maximum scores for standardised ones: the same within .003.
"""
