"""The few sentences Moa itself says in an answer, in the language of the question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.index.embedding.embedder import language_of

_NOT_FOUND = {
    "en": "Your notes do not seem to say anything about this.",
    "ko": "노트에서 이 질문에 대한 내용을 찾지 못했습니다.",
}
_NEAREST = {
    "en": "The sources are the nearest passages.",
    "ko": "출처에 가장 가까운 구절을 보여 드립니다.",
}
_WIDEN = {
    "en": "Only {} was searched: ask again without that limit to search all notes.",
    "ko": "{} 안에서만 찾았습니다. 범위를 풀고 다시 물으면 모든 노트에서 찾습니다.",
}
_DISAGREE = {
    "en": "Your notes disagree, newest first: {}.",
    "ko": "노트마다 다르게 적혀 있습니다(새것부터): {}.",
}
_NOT_KEPT = {
    "en": "This conversation cannot be saved at the moment; it goes on until Moa ends.",
    "ko": "지금은 이 대화를 저장할 수 없습니다. 모아를 끝낼 때까지는 이어집니다.",
}
_NOTHING_INDEXED = {
    "en": "There is nothing to answer from yet: add a folder with your notes first.",
    "ko": "아직 답할 자료가 없습니다. 먼저 노트가 있는 폴더를 추가해 주세요.",
}


def not_kept(question: str) -> str:
    """That what was just said is not saved (yet)."""
    return _NOT_KEPT[language_of(question)]


def left_out(question: str, turns: int, passages: int, cut: bool) -> str:
    """That the model could not be given everything: so many earlier turns and passages less, the last one `cut`."""
    korean = language_of(question) == "ko"
    said = []
    if turns:
        said.append(
            f"앞선 대화 {turns}개" if korean else f"the {turns} oldest turns" if turns > 1 else "the oldest turn"
        )
    if passages:
        said.append(f"구절 {passages}개" if korean else f"{passages} of the passages")
    if cut:
        said.append("구절 하나의 뒷부분" if korean else "the end of a passage")
    if korean:
        particle = "을" if cut else "를"
        return f"모델이 한 번에 읽을 수 있는 길이를 넘어 {', '.join(said)}{particle} 빼고 답합니다."
    return f"Left out, as the model reads only so much at once: {', '.join(said)}."


def widened(question: str, phrases: Sequence[str]) -> str:
    """That a filter left nothing, so that everything was searched."""
    quoted = ", ".join(f"“{p}”" for p in phrases)
    if language_of(question) == "ko":
        return f"{quoted} 조건에 맞는 노트에서는 아무것도 찾지 못해 이 조건 없이 찾았습니다."
    return f"Nothing was found within {quoted}, so the search went on without it."


def not_found(question: str, nearest: bool = False, limits: str = "") -> str:
    """That the notes do not answer this; that the nearest passages are shown, and how to search more widely."""
    language = language_of(question)
    parts = [_NOT_FOUND[language]]
    parts += [_NEAREST[language]] if nearest else []
    parts += [_WIDEN[language].format(limits)] if limits else []
    return " ".join(parts)


def disagree(question: str, said: Sequence[tuple[str, date | None, int]]) -> str:
    """That notes contradict each other: (the value, the date of its note, the number of the passage), newest first."""
    told = ", ".join(f"{value} ({day.isoformat()}) [{n}]" if day else f"{value} [{n}]" for value, day, n in said)
    return _DISAGREE[language_of(question)].format(told)


def nothing_indexed(question: str) -> str:
    """That there are no notes at all."""
    return _NOTHING_INDEXED[language_of(question)]
