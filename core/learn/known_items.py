"""Questions whose answer is known, made from the user's own notes, with a model or without.

Knows how to ask, not how to search. A title, a heading under its title, or some telling words of a sentence stand for
what a person half remembers of a note (known-item search: Azzopardi, de Rijke, Balog, "Building Simulated Queries for
Known-Item Topics", 2007). The rarest word is left out where enough others are left: found by it alone, a note
would say nothing of how well the rest is found.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from core.answer.words.sentences import sentences
from core.index.embedding.embedder import language_of
from core.index.terms import STOPWORDS, has_hangul, terms, words_of
from core.store.passages import Passages
from core.store.specimens import Specimen, Specimens

Source = Literal["title", "heading", "sentence", "model"]
# Sentences stand for most questions; titles are easy, and few notes have more than some headings.
TURNS: tuple[Source, ...] = ("sentence", "title", "sentence", "heading")
LEAST_WORDS, MOST_WORDS = 3, 6


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A question and the files any of which answers it."""

    question: str
    files: frozenset[str]
    source: Source
    language: str
    kind: str


def known_items(
    passages: Passages, specimens: Specimens, seed: int, write: Callable[[str], str] = lambda passage: ""
) -> Iterator[KnownItem]:
    """Questions, each once, until the notes give no more; the same ones for the same seed and notes. `write`: a model's
    question on a passage, empty for none; it is asked wherever a sentence would be taken."""
    asked: set[str] = set()
    turns = itertools.cycle(TURNS)
    for specimen in specimens.draw(seed):
        first = next(turns)
        if first == "sentence" and (question := write(specimen.text)) and question not in asked:
            asked.add(question)
            yield KnownItem(question, specimen.files, "model", language_of(question), specimen.kind)
            continue
        for source in dict.fromkeys((first, "sentence", "title")):
            question, files = _question(source, specimen, specimens, passages.document_frequency)
            if question and question not in asked:
                asked.add(question)
                yield KnownItem(question, files, source, language_of(question), specimen.kind)
                break


def _question(
    source: str, specimen: Specimen, specimens: Specimens, frequency: Callable[[str], int]
) -> tuple[str, frozenset[str]]:
    match source:
        case "title":
            files = specimens.titled(specimen.title) | specimen.files
            # A title that many notes share asks for none of them.
            return (specimen.title, files) if len(_telling(specimen.title)) > 1 and len(files) <= 2 else ("", files)
        case "heading":
            last = specimen.heading.rsplit(" > ", 1)[-1]
            both = last if specimen.title in last else f"{specimen.title} {last}"
            return (both if last and last != specimen.title else ""), specimen.files
        case _:
            return _of_sentence(specimen, frequency), specimen.files


def _of_sentence(specimen: Specimen, frequency: Callable[[str], int]) -> str:
    """The telling words of the sentence that has most of them; empty where none has enough."""
    best = max((_telling(s) for s in sentences(specimen.text)), key=lambda words: min(len(words), 12), default=[])
    if len(best) < LEAST_WORDS:
        return ""
    rarity = {word: min(map(frequency, terms(word)), default=0) for word in best}
    rarest_first = sorted(best, key=lambda w: (rarity[w], w))
    if len(rarest_first) > LEAST_WORDS:
        del rarest_first[0]
    kept = set(rarest_first[:MOST_WORDS])
    return " ".join(word for word in best if word in kept)


def _telling(text: str) -> list[str]:
    """Words that say what a text is about, each once, in order; numbers and fragments are left out."""
    return [w for w in dict.fromkeys(words_of(text)) if w not in STOPWORDS and _long_enough(w)]


def _long_enough(word: str) -> bool:
    return not any(c.isdigit() for c in word) and len(word) >= (2 if has_hangul(word) else 3)
