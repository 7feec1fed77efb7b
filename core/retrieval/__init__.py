"""Finding the passages for a question: keywords and meaning, always both, weighed by what each can do.

    lexical.py    BM25 over chunks and over their files
    evidence.py   how much of what is asked stands in a text
    fuse.py       the two rankings → one (pure)
    search.py     the two legs, fused, with files kept from crowding each other out

Why a weighted sum of standardised scores and not reciprocal rank fusion: RRF lowers recall@1 wherever one leg is
weaker (KorQuAD with an English embedder: .90 → .16; XQuAD .929 → .924 where the sum reaches .95). Bruch, Gai, Ingber:
"An Analysis of Fusion Functions for Hybrid Retrieval" (2022) finds the same. A leg that cannot serve the
question's language gets no vote at all. Retrieval never waits for a language model.
"""
