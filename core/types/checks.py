"""What the doctor and the self-test report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `moa doctor`; `fix` says what to do and is empty when `ok`."""

    check: str
    ok: bool
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """How well known notes were found: shares of `questions` whose note came first (`hit1`) or among the first five
    (`hit5`), and the mean of 1 / rank (`mrr`)."""

    questions: int
    hit1: float
    hit5: float
    mrr: float


@dataclass(frozen=True, slots=True)
class LanguageScores:
    """The self-test in one language. `weights`: both ways of searching mixed with another weight of meaning, by weight.

    `serves`: meaning has a vote now; `fits`: whether its vectors proved fit, None where too few questions were asked.
    """

    fused: Scores
    keywords: Scores
    meaning: Scores
    weights: dict[str, Scores]
    serves: bool
    fits: bool | None


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How well the user's own notes are found; `kinds` and `sources` (title, heading, sentence, model) are of search as
    it is. `embedder` is empty where search by meaning took no part; `refused` counts questions that the language model
    wrote and that failed the checks."""

    questions: int
    fused: Scores
    keywords: Scores
    meaning: Scores
    languages: dict[str, LanguageScores]
    kinds: dict[str, Scores]
    sources: dict[str, Scores]
    embedder: str
    refused: int = 0


@dataclass(frozen=True, slots=True)
class SelfTestProgress:
    """How many questions of a self-test were asked; `of` is 0 while none runs."""

    asked: int = 0
    of: int = 0
