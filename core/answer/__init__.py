"""Saying it, with sources: passages → answer.

    question/      what is asked for: filters, dates, follow-ups, questions about the collection
    scoped.py      passages within that, beside others where a date may be meant otherwise, wider when nothing is left
    answerable.py  do the notes answer this at all: a probability
    prompt.py      what the language model is given (pure)
    quoting/       an answer without a model: the best statements, quoted
    checking/      does every sentence stand in its passage, and where; notes that contradict each other
    catalogue.py   questions about the collection, counted without a model
    exhaustive.py  every matching file read, one after the other
    words/         sentences, stems, turns and tokens of a text; what Moa says itself
    answerer.py    the order of events: passages, then tokens, then the answer

Passages are told before any model starts, and stay when the answer is an honest "not in your notes": the nearest
misses.

Why citations are checked by rules and not by a model: numbers, dates and names are where a written answer goes wrong
most expensively, and there rules are exact, take milliseconds, and can be read. Embeddings were left out: they call "3
March" and "5 March" the same. What rules cannot see is said in support.py. They were chosen on claims.tsv and on
three sets of sentences written without looking at them (tests/answer/held_out). Of the second and third, as first met,
88 % and 84 % of wrong numbers, dates, names and sources were found and 12 % and 6 % of true sentences doubted; after
mending 95 % and 92 %, 4 % and none. Wrong common nouns and names taken for each other within a sentence stay unseen.

Why a conversation's prompt is kept by lengths (types.Prompted) and not as text: the passages are stored anyway, and cut
at the same character they give the same prompt, letter for letter, which is what a prompt cache needs.

What is quoted without a model was weighed on questions of KorQuAD and XQuAD themselves: the first quotation holds the
answer .83 and .78 → .84 and .81, any of them .88 and .92 → .89 and .91, with a seventh fewer words to read. Then for
reading, on 80 answers read one by one: a sentence about "it" is quoted with the one before it, a row alone where it
answers alone, nothing beside the first quotation that does not stand by itself (.83 and .82, .88 and .91).

Filters: a word is one only where the library holds what it names, a date only where it can be the note's own day (a
bare "2023 budget" is none); filters that leave nothing are given up, and that is told. A calendar date in a question
that does not ask for notes ("What did she do on 7 May 2023?") may be that of the note or one the note tells of: notes
of that time take turns with others (94 questions of LoCoMo with a date, its files dated: recall@5 .918, where the date
decided alone .844, without it .892). What a person limits a search to beside the question is never left. Refused:
asking a model what was meant, since passages never wait for one. Questions about the collection are understood word by
word or not at all: what a grammar of whole sentences does not know goes to search, never to a number that answers
something else. A phrasing nobody thought of is understood by adding its words, once, to what all sentences are made of;
no sentence is listed. Counted is what lies on the disk: an empty note, a locked or a damaged file is one more, and the
answer says so; files are all there are, notes no pictures and no code. A check box in a quotation or given up with [-]
is none. A folder may be
named without the word ("in Projects") where everything else in the question asks of the collection.

Follow-ups without a model: a few words take the place of others where it is clear which (a year of a year, a name of a
name, a phrase with the same head, what has the same preposition or particle); else the topic is set beside them, with
what they may replace: two words too many cost less than the wrong one. A question leans on the one before only where it
points at something it does not name itself: of 8,804 questions of the sets, asked after one another, 104 take something
along (534 before), a good part of them rightly ("When was he elected?"). What 카펫은? replaces after 하나는 램프를
어디서 샀어? no rule knows; there both are kept.
"""
