"""The two databases: library.db, which can be made again from the user's files, and chats.db, which cannot.

    database.py    one SQLite file: migrations, one writer, readers of their own, errors in words
    catalogue.py   folders and files
    sightings.py   what walks take down of files
    passages.py    chunks, keyword index, vectors
    specimens.py   passages drawn by lot
    lexicon.py     names and words looked up: who is called so, where a phrase stands
    scans.py       pages that may be pictures of text, and what was recognised on them
    common_terms.py terms that large libraries search without
    term_scores.py  what each term is worth in each row, remembered
    strikes.py     contents that stopped their reader
    upkeep.py      vectors and chunks kept in step
    opening.py     library.db opened, or made anew
    folder_list.py which folders were chosen, beside library.db
    chats.py       conversations
    transcript.py  a conversation as Markdown
    backup.py      daily and weekly copies of them
    restore.py     a copy put in the place of a damaged file
    frozen.py      databases in a data folder that can only be read

library.db decides, everything else follows: a file's change is one transaction over its row, its chunks and
their keyword rows; vectors are kept by (embedder, hash of the exact text embedded), so a text that moves, is
copied or comes back embeds nothing. Paths are stored as the bytes the system gave (a name need not be UTF-8).

Keyword rows live in two FTS5 tables, one row a chunk and one row a file. Ranking a chunk by its own BM25 plus
four times its file's measured better than either on every set tried (KorQuAD 500: recall@5 .996 chunks alone,
1.0 both; LoCoMo .860 and .872): small chunks find the place, whole files gather the evidence. FTS5 keeps
the terms it was given (`content=''` with deletes needs SQLite 3.43; Debian 12 has 3.40).

Damage: library.db is checked as it is opened (SQLite's quick_check, 1.5 s at most); damage met later leaves a marker
for the next start. A damaged file is moved aside (library.damaged.db) and made anew from the folders in folders.json;
its vector index goes with it, since ids begin again. Of chats.db a copy is made each day before the first new
conversation, and before each migration, and 7 daily and 4 weekly ones are kept. When it is damaged or missing at a
start, the newest sound copy takes its place, the damaged file is kept as chats.damaged-DATE.db, and a note says so:
search must not wait for a repair that most people cannot make. Refused: salvaging rows of a damaged library.db (a wrong
passage is worse than an hour of reading).
"""
