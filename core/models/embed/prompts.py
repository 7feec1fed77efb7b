"""What embedding models were trained to see before questions and passages, by their names: GGUF files do not tell.

Knows nothing of files. Sources are the models' cards; a model that is not named here is given the bare text, as most of
those that are not want it.
"""

from __future__ import annotations

import re

_SEARCH = "Represent this sentence for searching relevant passages: "

# (in the name or architecture, before a question, before a passage); the first that is found counts.
_KNOWN = (
    (r"nomic-embed", "search_query: ", "search_document: "),
    (r"embeddinggemma|gemma-embedding", "task: search result | query: ", "title: none | text: "),
    (r"qwen3-embedding",
     "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:", ""),
    (r"e5-mistral|e5-.*-instruct",
     "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ", ""),
    (r"(?:^|[^a-z])(?:multilingual-)?e5-(?:small|base|large)", "query: ", "passage: "),
    (r"arctic-embed-[ml]-v2", "query: ", ""),
    (r"arctic-embed|mxbai-embed|bge-(?:small|base|large)-en", _SEARCH, ""),
)  # fmt: skip


def prompts(*names: str) -> tuple[str, str]:
    """(before a question, before a passage) for a model with these names: its own, its file's, its architecture."""
    told = " ".join(re.sub(r"[\s_]+", "-", name.lower()) for name in names)
    return next(((query, passage) for pattern, query, passage in _KNOWN if re.search(pattern, told)), ("", ""))
