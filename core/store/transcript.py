"""A conversation as a document, and a place in a file as one line. Pure: knows no database."""

from __future__ import annotations

from core.types import Conversation, Location


def place(path: str, location: Location) -> str:
    """Where to look: file:line or file, p. page; then the heading."""
    where = path
    if location.page is not None:
        where += f", p. {location.page}"
    elif location.line_from is not None:
        where += f":{location.line_from}"
    return f"{where}  {location.heading}" if location.heading else where


def markdown(chat: Conversation) -> str:
    """A conversation as Markdown: a heading a question, the answer, then its sources as a list."""
    parts = [f"# {chat.title}"]
    for message in chat.messages:
        if message.role == "user":
            parts.append(f"## {message.text}")
            continue
        parts.append(message.text)
        if message.citations:
            parts.append("\n".join(f"- [{c.n}] {place(c.path, c.location)}" for c in message.citations))
    return "\n\n".join(parts)
