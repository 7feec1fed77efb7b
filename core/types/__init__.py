"""The values that travel between Moa's parts and over the wire: frozen, typed, plain.

Knows nothing of databases, processes or Qt. Field names are those of the command line's JSON
(README, "Command line"), so a value prints as it is. All of them are imported from here.

    documents.py  what a reader saw in a file, and the passages it is cut into
    found.py      what a search found, and how its question was read
    answers.py    what an answer rests on and what it took
    library.py    the watched folders, what is known of each file, and how far indexing is
    embedders.py  embedding models, and what changing to another one costs
    models.py     language models: which there are, how they come here, how they fit
    chats.py      conversations and their messages
    checks.py     what the doctor and the self-test report
"""

from __future__ import annotations

from core.types.answers import AnswerMode, Citation, Coverage, Timings
from core.types.chats import ChatMessage, Conversation, ConversationRow, Message, Prompted
from core.types.checks import Check, LanguageScores, Scores, SelfTest, SelfTestProgress
from core.types.documents import Block, Chunk, Document, Location, Outcome, Part, Task
from core.types.embedders import EmbedderChange, EmbedderCost, EmbedderInfo, EmbedderRow
from core.types.found import Filter, Passage, Placed, SearchResult, Why, bare
from core.types.library import (
    FilePage,
    FileRow,
    FileState,
    FolderRow,
    FolderState,
    IndexReport,
    Memory,
    Progress,
    Status,
)
from core.types.models import DownloadRow, Fit, ModelInfo, ModelRow, Needed, Offer

__all__ = [
    "AnswerMode",
    "Block",
    "ChatMessage",
    "Check",
    "Chunk",
    "Citation",
    "Conversation",
    "ConversationRow",
    "Coverage",
    "Document",
    "DownloadRow",
    "EmbedderChange",
    "EmbedderCost",
    "EmbedderInfo",
    "EmbedderRow",
    "FilePage",
    "FileRow",
    "FileState",
    "Filter",
    "Fit",
    "FolderRow",
    "FolderState",
    "IndexReport",
    "LanguageScores",
    "Location",
    "Memory",
    "Message",
    "ModelInfo",
    "ModelRow",
    "Needed",
    "Offer",
    "Outcome",
    "Part",
    "Passage",
    "Placed",
    "Progress",
    "Prompted",
    "Scores",
    "SearchResult",
    "SelfTest",
    "SelfTestProgress",
    "Status",
    "Task",
    "Timings",
    "Why",
    "bare",
]
