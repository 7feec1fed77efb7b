"""The tables of library.db and chats.db, as migrations: appended to, never edited.

A chunk is `pending` until its vector lies in `vector` and in the vector index; `embed_text` is kept only so
long. `file.recipe` names what made the row's text or its reason for having none; another recipe means reading the file
again, and none that it was not read (yet). `file.outcome` is what the reader said of a file that is skipped or failed.
`file.inode` is -1 while the file's stat cannot be relied on. `folder.inode` is that of the folder when it was last seen
with files in it. `file.date` is the day the note itself states. `fact` holds what a note says of itself, by kind: tag,
alias, field, task (named open or done), link; `name` and `folded` are what is compared (NFC, case folded), `value` what
is shown. `chunk_of` tells the files of many chunks without walking through their texts. `meta` holds what the user said
about this library. `scan` are the pages that may be pictures of text; `recognised`, by content and so for every copy,
what was made out on them.
"""

from __future__ import annotations

LIBRARY = (
    """
CREATE TABLE folder (
    id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, state TEXT NOT NULL, collection TEXT NOT NULL,
    added REAL NOT NULL);
CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT, folder INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE,
    path BLOB NOT NULL UNIQUE, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '', size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
    kind TEXT NOT NULL DEFAULT '', title TEXT NOT NULL DEFAULT '', chunks INTEGER NOT NULL DEFAULT 0,
    recipe TEXT NOT NULL DEFAULT '');
CREATE INDEX file_waiting ON file(mtime_ns) WHERE state = 'waiting';
CREATE INDEX file_folder ON file(folder);
CREATE INDEX file_sha256 ON file(sha256);
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, text TEXT NOT NULL, embed_text TEXT, hash BLOB NOT NULL,
    page INTEGER, line_from INTEGER, line_to INTEGER, heading TEXT, pending INTEGER NOT NULL);
CREATE INDEX chunk_file ON chunk(file, ordinal);
CREATE INDEX chunk_pending ON chunk(id) WHERE pending;
CREATE INDEX chunk_hash ON chunk(hash);
CREATE TABLE vector (
    embedder TEXT NOT NULL, hash BLOB NOT NULL, data BLOB NOT NULL, PRIMARY KEY (embedder, hash)) WITHOUT ROWID;
CREATE VIRTUAL TABLE chunk_terms USING fts5(title, heading, body, tokenize='porter unicode61');
CREATE VIRTUAL TABLE file_terms USING fts5(title, body, tokenize='porter unicode61');
""",
    """
CREATE TABLE strike (
    sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, count INTEGER NOT NULL, reason TEXT NOT NULL,
    recipe TEXT NOT NULL) WITHOUT ROWID;
""",
    """
ALTER TABLE folder ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
""",
    """
ALTER TABLE folder ADD COLUMN encoding TEXT NOT NULL DEFAULT '';
ALTER TABLE file ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
UPDATE file SET outcome = 'password' WHERE state = 'skipped' AND recipe <> '' AND reason LIKE '%a password%';
""",
    """
ALTER TABLE file ADD COLUMN date TEXT NOT NULL DEFAULT '';
CREATE TABLE fact (
    id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE, kind TEXT NOT NULL,
    name TEXT NOT NULL, value TEXT NOT NULL, folded TEXT NOT NULL, line INTEGER);
CREATE INDEX fact_file ON fact(file, kind);
CREATE INDEX fact_name ON fact(kind, name);
""",
    """
CREATE TABLE name (
    key TEXT NOT NULL, file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE, PRIMARY KEY (key, file)
) WITHOUT ROWID;
CREATE INDEX name_file ON name(file);
""",
    """
ALTER TABLE folder ADD COLUMN ocr INTEGER NOT NULL DEFAULT 0;
CREATE TABLE scan (
    file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE, page INTEGER NOT NULL, PRIMARY KEY (file, page))
    WITHOUT ROWID;
CREATE TABLE recognised (
    sha256 TEXT NOT NULL, page INTEGER NOT NULL, recipe TEXT NOT NULL, text TEXT NOT NULL, confidence REAL NOT NULL,
    problem TEXT NOT NULL, PRIMARY KEY (sha256, page, recipe)) WITHOUT ROWID;
UPDATE file SET state = 'waiting', recipe = '' WHERE kind IN ('image', 'pdf') AND state IN ('indexed', 'skipped');
""",
    """
CREATE INDEX chunk_of ON chunk(id, file);
""",
    """
ALTER TABLE chunk ADD COLUMN parts TEXT NOT NULL DEFAULT '';
""",
)

CHATS = (
    """
CREATE TABLE conversation (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, created REAL NOT NULL, updated REAL NOT NULL);
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    created REAL NOT NULL, value TEXT NOT NULL);
CREATE INDEX message_conversation ON message(conversation, id);
""",
)
