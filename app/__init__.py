"""Moa's desktop: the window, quick ask and the tray icon. A client of the engine and nothing more.

What it may import of core: types, events, errors, settings, paths and the wire's shapes. It opens no
database, loads no model and has no thread of its own: the engine is another process, spoken to over
a local socket with Qt's own HTTP client, so the window opens at once and never stutters.

    __main__.py        the program `moa`: window and quick ask here, every other verb in core.cli
    program.py         wires all of it: the one composition root of the desktop
    single.py          one window a data folder: a lock file decides, a local socket carries "show" and "quick"
    engine_process.py  starts the engine when none runs and hears when it ends
    engine_link.py     finds the engine and says how the window stands with it
    streams.py         HTTP and server-sent events → Qt signals; with engine_link.py all that knows the wire
    sse.py prose.py links.py wording.py     pure parts: event stream, Markdown made safe, links, words for places
    main_window.py     sidebar, pages, sources, status line; what may be dropped on it
    chat.py thread.py turns.py text_view.py composer.py   the conversation: its turns, one hardened text view each,
                       the question; asked again, edited, stopped
    reading.py         how a question was read: filters that can be taken off     near.py   what came near it
    outside.py         opens files, folders and (after asking) web pages
    sources.py cards.py    the passages an answer rests on; the card a passage is shown in
    library.py work_state.py folder_cards.py folder_options.py   how far reading is, watched folders
    engine_words.py    what the engine says, in the language of the window
    file_list.py file_table.py   what is known of each file, a page of rows at a time; tried again, unlocked
    embedding_models.py  which model searches by meaning, what another one costs, how far it is
    language_models.py model_cards.py model_dialogs.py   models to choose from, on their way here, to download;
                       servers, adapters
    history.py export.py   conversations: searched, renamed, saved, removed
    quick.py passage_list.py   quick ask    tray.py   the tray icon
    language.py        English or Korean; `python app/language.py` takes up new words (resources/translations)
    welcome.py overlay.py banner.py intake.py   first run, dropping, notices
    sidebar.py status_line.py menus.py   navigation and state
    theme.py stylesheet.py icons.py labels.py   colours, shapes, line icons, labels for foreign text
    garbage.py interrupt.py   when Python collects its garbage; Ctrl+C

Decisions:

- One text view per message, the newest fifty built, older ones when scrolled to. One document for a
  whole conversation needs 265 ms a tick at 1,000 messages; one label per message two minutes. QtWebEngine
  was refused: 266 MB and a network stack.
- Nothing a note or a model writes is trusted. Markdown without HTML is parsed into a document that is
  not laid out yet, images are taken out of it, then it is shown; `loadResource` answers nothing. Links
  open only after the true host was shown, `[n]` excepted, and that is made by code from passage numbers.
  File names and notes are plain text everywhere.
- Tokens arrive as one signal every 30 ms, are parsed every 50 ms. A signal per token froze the window.
- The first picture comes before all else: the network, msgspec, the wire's shapes, cards, turns and pages
  are imported after it. That took it from 2.7 to 1.9 times the time of a bare PySide6 window.
- Qt objects must die on the main thread. Python's collector runs on whichever thread allocates, so it
  is switched off and called from a timer.
- Python owns windows alone; all else has a parent and is Qt's. The last reference to a thing may go with a slot of
  something below it, while that is being destroyed, and deleting the one then deletes the other twice (a crash).
- The list of files asks for the rows in sight (`GET /files/page`): 100,000 rows at once are 25 MB to decode, and held
  the window up at every change of the list. Now the longest step is some 10 ms.
- The view follows an answer until its question is at the top, and no further: it is read from its beginning. Who
  scrolls to the end has it followed there.
- Nothing moves under a pointer: cards that come and go above keep the rest in place, and what a person asked for is
  brought into sight. Cards made anew give the focus back.
- What an answer says without a source that bears it out is underlined, not taken out: the reader decides. A click on a
  number shows the very words in their passage.
- Asking again and editing replace the last turn (the engine forgets it first, `POST /chats/retract`); earlier turns
  stay as they were said.
- A change of language makes the window anew: retranslating each widget in place would be as much code again. The .qm
  is kept beside the .ts; a test makes both anew and compares.
- The engine speaks English and knows of no language; the window translates its sentences by template, with the values
  in them (engine_words.py). Ids on the wire were refused: every client would need the table to say anything at all. On
  the command line they stay English, as do the names of its verbs and columns.
- Two palettes of our own on Fusion: many desktops tell Qt nothing of a dark mode.
- Without a system tray, closing the window quits: a hidden window nobody can bring back helps no one.
"""
