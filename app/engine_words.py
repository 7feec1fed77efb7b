"""What the engine says, in the language of the window: reasons, errors, notices, states.

The engine speaks English sentences with values in them. resources/translations/engine_ko.json holds each as a template
({0}, {1}, … where values stand) with its translation; engine_en.json only those that name the command line, in words
for a window. A sentence no template knows is shown as it came. Knows neither the wire nor widgets.

tests/house/test_sentences.py collects the sentences from the engine's source and fails where one has no translation.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QCoreApplication

from app import wording
from core.paths import RESOURCES

FOLDER = RESOURCES / "translations"
PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
"""Where a value stands; in a translation with the Korean particle that follows it, if any."""
# Where a sentence may end and another begin.
_ENDS = re.compile(r"(?<=[.!?…]) |\n")
# The number a system gives an error says nothing to a person; its words follow.
_NUMBER = re.compile(r"\[Errno -?\d+\] ")
# Longer texts are no sentences of the engine's; and patterns with many values take long on them.
LONGEST = 1_000
DEEPEST = 3


def said(text: str) -> str:
    """`text` of the engine's in the language of the window, safe to show: characters that hide are written out."""
    # Translated as the name of the language, so that whoever changes the language of the window changes this one.
    return wording.visible(translated(text, QCoreApplication.translate("engine_words", "en"))) if text else ""


@lru_cache(maxsize=2_000)
def translated(text: str, language: str) -> str:
    """`text` in `language`, sentence by sentence."""
    return _Words.of(language).say(_NUMBER.sub("", text), 0) if len(text) <= LONGEST else text


@dataclass(frozen=True, slots=True)
class _Words:
    plain: dict[str, str]
    templates: tuple[tuple[re.Pattern[str], str], ...]
    """Those with values, the one with most words of its own first."""

    @staticmethod
    @lru_cache(maxsize=2)
    def of(language: str) -> _Words:
        # Read when the first sentence comes, not before the first picture.
        known: dict[str, str] = json.loads((FOLDER / f"engine_{language}.json").read_text(encoding="utf-8"))
        valued = sorted((t for t in known if PLACE.search(t)), key=lambda t: -len(PLACE.sub("", t)))
        return _Words(
            {t: known[t] for t in known if not PLACE.search(t)}, tuple((_pattern(t), known[t]) for t in valued)
        )

    def say(self, text: str, depth: int) -> str:
        """Translate the shortest beginning that is a known sentence, then what follows it."""
        stripped = text.strip()
        cuts = [*(match.start() for match in _ENDS.finditer(stripped)), len(stripped)] if stripped else []
        for cut in cuts:
            whole = self._sentence(stripped[:cut], depth)
            if whole is not None:
                rest = stripped[cut:].strip()
                return f"{whole} {self.say(rest, depth)}" if rest else whole
        if len(cuts) > 1:
            # Nobody knows the first sentence; those after it may be known.
            return f"{stripped[: cuts[0]]} {self.say(stripped[cuts[0] :].strip(), depth)}"
        return text

    def _sentence(self, text: str, depth: int) -> str | None:
        if text in self.plain:
            return self.plain[text]
        for pattern, translation in self.templates if depth < DEEPEST else ():
            if match := pattern.fullmatch(text):
                values = {name[1:]: self.say(value, depth + 1) for name, value in match.groupdict().items()}
                return filled(translation, values)
        return None


def _pattern(template: str) -> re.Pattern[str]:
    parts = PLACE.split(template)
    # split() gives text, name, particle, text, …
    built = re.escape(parts[0])
    for at in range(1, len(parts), 3):
        built += f"(?P<_{parts[at]}>.*?)" + re.escape(parts[at + 2])
    return re.compile(built, re.DOTALL)


def filled(translation: str, values: dict[str, str]) -> str:
    """`translation` with its values, each followed by the particle that fits its last sound."""

    def put(match: re.Match[str]) -> str:
        value, particle = values.get(match[1], ""), match[2]
        return value + (_PARTICLES[particle][_final(value)] if particle else "")

    return PLACE.sub(put, translation)


# After a vowel, after a consonant, after ㄹ.
_PARTICLES = {
    "은": ("는", "은", "은"),
    "이": ("가", "이", "이"),
    "이라": ("라", "이라", "이라"),
    "을": ("를", "을", "을"),
    "으로": ("로", "으로", "로"),
}
_DIGITS = {"0": 1, "1": 2, "2": 0, "3": 1, "4": 0, "5": 0, "6": 1, "7": 2, "8": 2, "9": 0}
_LETTERS = {"l": 2, "m": 1, "n": 1, "r": 2}


def _final(value: str) -> int:
    """How `value` ends when read aloud: 0 with a vowel, 1 with a consonant, 2 with ㄹ. Latin letters by their names,
    since what ends a sentence of the engine's is mostly a file name's ending."""
    spoken = [c for c in value if c.isalnum()]
    last = spoken[-1].lower() if spoken else ""
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return 0 if not final else 2 if final == 8 else 1
    return _DIGITS.get(last, _LETTERS.get(last, 0))
