"""Moa's engine: everything that is not a window. No module in here imports Qt.

Each folder is a step of the way of a file or of a question:

    files/      which paths there are, and what changed        a folder → changes
    text/       what a file says                                a path → text with its places
    chunks/     passages sized for the embedder                 text → chunks
    index/      make them findable                              chunks → vectors, keywords
    retrieval/  find the passages for a question                question → passages
    answer/     say it, with sources                            passages → answer
    models/     the language model in its own process
    learn/      what the user's own notes and feedback teach
    store/      the two databases and their migrations
    engine/     wires all of it: the one composition root
    serve/      the wire: HTTP over a local socket
    cli/        the command line, a client of the wire
"""

__version__ = "0.1.0"
