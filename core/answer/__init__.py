"""Saying it, with sources: passages → answer.

    tokens.py     counting tokens before a model is loaded
    wording.py    the few sentences Moa itself says in an answer, in the question's language
    sentences.py  text → sentences (pure)
    prompt.py     what the language model is given (pure)
    citations.py  `[n]` in an answer → the passage and quote it stands for (pure)
    extract.py    an answer without a model: the best sentences, quoted
    answerer.py   the order of events: passages, then tokens, then the answer

Passages are told before any model starts. A question whose words stand in no passage, and whose meaning is near
to none, is answered with an honest "not in your notes" instead of a guess.
"""
