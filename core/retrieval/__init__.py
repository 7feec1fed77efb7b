"""Finding the passages for a question: keywords and meaning, always both, weighed by what each can do.

    query.py      "exact phrases" and -words told from the rest (pure)
    spelling.py   words that stand nowhere → their nearest neighbours that do
    lexical.py    BM25 over chunks and over their files
    evidence.py   how much of what is asked stands in a text
    closeness.py  whether it stands there word after word (pure)
    fuse.py       the two rankings → one (pure)
    names.py      files called by name in the question or in the best passages (two-hop questions)
    counterpart.py the note on the same subject in the other language, by the names both spell alike
    readable.py   ranked chunks → passages: copies folded, neighbours joined, files kept from crowding out (pure)
    search.py     all of it, in this order

Why a weighted sum of standardised scores and not reciprocal rank fusion: RRF lowers recall@1 wherever one leg is
weaker (KorQuAD with an English embedder: .90 → .16; XQuAD .929 → .924 where the sum reaches .95). Bruch, Gai, Ingber:
"An Analysis of Fusion Functions for Hybrid Retrieval" (2022) finds the same. A leg that cannot serve the
question's language gets no vote at all. Retrieval never waits for a language model.

Questions in one language about pages in the other, with an embedder of one of them (173 questions, 338 pages): without
→ with the counterpart of the best file (counterpart.py) recall@5 .116 → .405, nDCG@10 .075 → .245; the page in the
question's own language .936 → .936. On 400 questions made from real notes in both languages hit@1 stays .850, hit@5
falls .975 → .968 (three notes, fifth before, for which a translation takes a place); on Korean notes full of English
both stay. It takes some 60 look-ups, about 2 ms, once a file, and nothing where a library has one language.

Tried on the sets and left out, since they gain nothing or lose elsewhere. Korean terms: syllable trigrams, single
syllables, words without particles, pairs across spaces, beside or instead of pairs (tax rulings recall@5 .861, with any
of them .840 to .869). RM3 on keywords (.861 → .820), LSA trained on the library (.865), the beginning of a note as a
field of its own (.865), other BM25 constants. Minimum-maximum scores for standardised ones: the same within .003.

Neighbouring words of the question that are neighbours in a passage count (lexical.py). nDCG@10 without → with, at most
the first 500 questions of a set, 95 % of paired bootstraps of the difference: XQuAD .978 → .983 (.000 to .009), LoCoMo
.813 → .815 (-.003 to .007), Cranfield .447 → .446 (-.004 to .003), two hops .911 → .908 (-.009 to .002), tax rulings
.804 → .812 (-.006 to .022), AutoRAG .957 → .963 (.000 to .021), KorQuAD .978 → .980 (-.002 to .006), headings of Korean
help pages .760 → .765 (-.014 to .024). Refused beside it: the share of a question within 160 characters (LoCoMo +.009,
Cranfield -.010).

Passages of 128 tokens with 32 of overlap, in place of those as long as the embedder reads: XQuAD .979 → .978, LoCoMo
.824 → .828 (recall@5 .883 → .886), two hops .911 → .901, for two to three times as many vectors. Not worth it.

Tax rulings stay at recall@5 .869. The titles they are asked for by were written apart from the texts, and several
rulings often say the same. Nothing in the words tells them apart: BM25 at other lengths, BM25L, BM25+, language models,
divergence from randomness (DPH, PL2), rarer words made to count more (.816 to .861, file by file, where BM25 has .861);
runs of three and four syllables, the longest common run, the best sentence, each at four weights (.848 to .869);
weights of all of these learned on other sets (.852 to .861). Nor do these, each looked at in either half of the
questions: words that only end a question (여부, 의미, 방법) left out (.865 to .873), pairs weighed by the word they
stand in (.832 to .869), articles of law that the best rulings share (.848 to .873), the beginning compared both ways
(.848 to .873), and what nearly repeats a better one put back a little (.832 to .881, up and down from one threshold to
the next, nDCG@10 no higher: chance).
"""
