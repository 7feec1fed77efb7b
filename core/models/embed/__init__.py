"""Embedding models in GGUF, run by llama.cpp in a process of their own.

embedder.py  the engine's handle: an embedder like any other (`core.index.embedding.space.TextEmbedder`)
child.py     the child: reads requests, writes vectors, ends when its parent does
prompts.py   what to put before questions and passages, by the name of the model

A process of its own beside that of the language model: each may crash, be ended for lack of memory or be unloaded
without the other, and a question need not wait for an answer that is being written. Pooling is what the file says, the
mean where it says nothing. A child that ends is started again once for the same texts; after that the embedder says in
words that it cannot, and search goes on by keywords. One that could not be loaded is not tried again by itself.
"""
