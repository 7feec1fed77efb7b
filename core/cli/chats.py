"""The verbs for conversations: chats list, show, search, export, remove."""

from __future__ import annotations

from datetime import datetime

from core import types
from core.cli import show
from core.cli.call import Call, Verbs, group, verb


def add(verbs: Verbs) -> None:
    """Describe these verbs to the parser."""
    inner = group(verbs, "chats", "your conversations")
    verb(inner, "list", list_chats, "every conversation, the newest first")
    verb(inner, "show", show_chat, "one conversation, a row a message", ["id"])
    verb(inner, "search", search, "the conversations in which something was said", ["query"])
    export = verb(inner, "export", export_chat, "one conversation as a document on standard output", ["id"])
    export.add_argument("--format", choices=("md", "json"), default="md", help="Markdown (the default) or JSON")
    verb(inner, "remove", remove, "delete a conversation for good", ["id"])


def list_chats(call: Call) -> int:
    _print(call, call.engine().chats.list(), "No conversations yet. `moa ask` begins one.")
    return 0


def search(call: Call) -> int:
    _print(call, call.engine().chats.search(call.args.query), "No conversation has that.")
    return 0


def show_chat(call: Call) -> int:
    chat = call.engine().chats.show(call.args.id)
    if call.json:
        show.lines(chat.messages)
    else:
        call.say(markdown(chat))
    return 0


def export_chat(call: Call) -> int:
    chat = call.engine().chats.show(call.args.id)
    as_json = call.json or call.args.format == "json"
    if as_json:
        show.lines([chat])
    else:
        call.say(markdown(chat))
    return 0


def remove(call: Call) -> int:
    call.engine().chats.remove(call.args.id)
    if call.json:
        show.lines([{"id": call.args.id, "removed": True}])
    call.say(f"Conversation {call.args.id} is deleted.")
    return 0


def markdown(chat: types.Conversation) -> str:
    """A conversation as a Markdown document: a heading a question, the answer, then its sources as a list."""
    parts = [f"# {show.name(chat.title)}"]
    for message in chat.messages:
        if message.role == "user":
            parts.append(f"## {show.words(message.text)}")
            continue
        parts.append(show.words(message.text))
        if message.citations:
            parts.append("\n".join(f"- [{c.n}] {show.place(c.path, c.location)}" for c in message.citations))
    return "\n\n".join(parts)


def _print(call: Call, rows: tuple[types.ConversationRow, ...], empty: str) -> None:
    def cells(c: types.ConversationRow) -> tuple[str, ...]:
        when = datetime.fromtimestamp(c.updated).strftime("%Y-%m-%d %H:%M")
        return (c.id, when, str(c.messages), show.snippet(c.title, 70))

    call.rows(rows, ("ID", "LAST", "MESSAGES", "TITLE"), cells, empty)
