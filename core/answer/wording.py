"""The few sentences Moa itself says in an answer, in the language of the question."""

from __future__ import annotations

from core.index.embedder import language_of

_NOT_FOUND = {
    "en": "Your notes do not seem to say anything about this.",
    "ko": "노트에서 이 질문에 대한 내용을 찾지 못했습니다.",
}
_NOTHING_INDEXED = {
    "en": "There is nothing to answer from yet: add a folder with your notes first.",
    "ko": "아직 답할 자료가 없습니다. 먼저 노트가 있는 폴더를 추가해 주세요.",
}


def not_found(question: str) -> str:
    """That the notes do not answer this."""
    return _NOT_FOUND[language_of(question)]


def nothing_indexed(question: str) -> str:
    """That there are no notes at all."""
    return _NOTHING_INDEXED[language_of(question)]
