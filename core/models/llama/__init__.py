"""llama.cpp itself: what runs in the child process. The engine imports saved.py alone, to delete states.

model.py       load, tokenise, write
embedding.py   embedding models: load, count, embed
vocabulary.py  text to tokens
cache.py       what was computed of a prompt: in memory, cut, on disk
saved.py       prompt states as files: which, how many, whole or not
quotes.py      what follows while an answer quotes its prompt, guessed and then computed at once
template.py    the model's own chat template, with notes kept apart from it
stream.py      bytes of tokens to whole characters
devices.py     the graphics devices llama.cpp was built for and finds
machines.py    other machines that carry part of a model
lend.py        a program of its own: lends this machine to a model of another
told.py        what llama.cpp prints, for its reasons and the log
reasons.py     those lines in words and figures
"""
