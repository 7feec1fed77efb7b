"""Texts taken apart, and the few that Moa says itself.

sentences.py   text → sentences and where they stand (pure)
stems.py       the words of a text that carry meaning, by their stems (pure)
dialogue.py    who said what in a conversation, and whom a sentence is about (pure)
tokens.py      counting tokens before a model is loaded
wording.py     what Moa itself says in an answer, in the question's language
"""
