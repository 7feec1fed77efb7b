"""The engine of one data folder: wires every part together. The one composition root.

    engine.py       opens and closes it all; its status
    parts.py        what it is made of
    bulletin.py     who is told of what happens
    library.py      folders and files
    questions.py    search and ask
    models.py       language models
    embedders.py    embedding models, and changing from one to another
    chats.py        conversations
    learning.py     the self-test
    keeper.py       the language model ready before it is asked, unloaded when it is not

Knows no wire and no window. Threads: the index lane (`index/lane/`), one that loads the embedder after start, the
keeper, and those of whoever asks. Every public method may be called from any thread.
"""

from core.engine.engine import Engine as Engine
