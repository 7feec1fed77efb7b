"""Names and identifiers in a sentence: what must stand literally in its source. Pure.

Knows nothing of passages. Latin names are told by their capitals, Korean ones by a surname before two syllables of
given names, or by the title beside them; code and titles of works by their marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from core.answer.checking.values import values
from core.answer.words.sentences import spans
from core.answer.words.stems import EMPTY, stem
from core.index.terms import has_hangul

_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진나지엄채"
    "원천방공현함변염여추도소석선설마길위표명기반왕금옥육인맹제모탁국은편용"
)
# Syllables that the given names of Koreans are made of, without those that end common nouns and verbs.
_MIDDLE = (
    "가강건겸경광교국규균근기길나남다대덕도동두라래려록만명무문미민배백범병보복봉상서석선설성세소송수숙순슬승시신아안연열영예옥완용우욱"
    "운원유윤은의익인일재정제종주준중지진찬창채천철춘충태택하한해향혁현형혜호홍화환효훈휘희"
)
_LAST = (
    "건걸겸경광국규균근길남덕돈란련룡린림만모목묵미민배백범병복봉빈삼상석선섭솔숙순슬승식신아안애연열엽영옥완용우욱운웅원윤율은익일임"
    "재전정조종주준중진찬창철춘태택표필한향헌혁현협형혜호홍환훈휘희"
)
_CALLED = (
    "씨|님|대리|과장|차장|부장|팀장|실장|대표|이사|사장|회장|국장|소장|총장|시장|장관|차관|총리|대통령|총재|의장"
    "|후보|위원장|국회의원|주임|사원|인턴|매니저|선배|후배|여사|장군|목사|신부|스님|배우|가수|시인|판사|검사"
    "|교수|선생님|선생|박사|원장|점장|작가|기자|세무사|변호사|의원|감독|선수"
)
_KOREAN_NAME = re.compile(rf"(?<![가-힣])([{_SURNAMES}][가-힣]{{2}})(?=\s?(?:{_CALLED}))(?=[^가-힣]|\s|{_CALLED})")
_TITLED = re.compile(
    rf"(?:{_CALLED})(?:인|이던|이었던)?\s([{_SURNAMES}][{_MIDDLE}][{_LAST}])(?=[^가-힣]|[은는이가을를과와도](?![가-힣]))"
)
# A person in the place of one: with a particle, or in a list.
_PERSON = re.compile(
    rf"(?<![가-힣])([이최정강조윤장임한오신권황안송류홍][{_MIDDLE}][{_LAST}]|[김박][{_MIDDLE}][{_LAST}수지서기하성자])"
    r"(?=에게|한테|께|, | 등|(?:이|가|은|는|과|와|의)(?![가-힣])|입니다|이다|이었|였|이며)"
)
_PLACE = re.compile(
    r"(?<![가-힣])([김이박최정강조윤장임한오서신권황안송류홍고문양손배백허남심노채천방현함변염엄원유전][가-힣]{2})"
    r"(?=(?:은|는|이|가|을|를|의|과|와|에게|입니다|이다|였다|씨|님)?(?:[\s,.(]|$))"
)
_PARTICLES = "은는이가을를의과와로도에만"
# Common nouns that look like persons.
_NO_PERSON = frozenset(
    str.split(
        "강의안 조선일 정부안 이동식 이미지 임시안 장기전 신기록 한동안 최소한 최대한 안내문 조정안 이의신 임원진"
        " 정보원 이지만 정규식 조건식 신경전 오래전 조지아 강대국 신소재 이상한 공무원"
    )
)
_IDENTIFIER = re.compile(
    r"[A-Za-z0-9가-힣_.\-/+]*(?:[A-Za-z][0-9]|[0-9][A-Za-z]|[A-Za-z]{2}[_/]|_[A-Za-z]|[A-Za-z0-9]\.[A-Za-z]{2}|[a-z][A-Z]|[A-Z]{2})"
    r"[A-Za-z0-9_.\-/+]*"
)
_GRADE = re.compile(r"(?<![\w+-])[A-D]{1,3}\d?[+-](?![A-Za-z0-9+-])")
# 비타민 D, 플랜 B
_LETTER = re.compile(r"(?:(?<=[가-힣])|(?<=[가-힣]\s))[A-Z](?![A-Za-z0-9.&])")
_SUFFIX = re.compile(r"(?<![\w.])\.[a-z][a-z0-9]{1,5}\b")
_HANGUL = re.compile(r"[가-힣]+")
_BRACKETS = re.compile(r"\([^()]*\)")
LONG = 3
_CODE = re.compile(r"`([^`\n]+)`")
_WORK = re.compile(r"[《〈「『]([^》〉」』\n]{2,60})[》〉」』]")
_CAPITAL = re.compile(r"(?<![\w.])[A-Z][A-Za-z0-9'’-]*[a-z][A-Za-z0-9'’-]*")
_QUANTITY = re.compile(r"\d+(?:st|nd|rd|th|k|m|am|pm|[kmg]?b|[kmc]?m|[km]?g|m?l|mAh)", re.I)
# A name at the beginning of a sentence goes on with another, or with what it does.
_ACTS = re.compile(r"[\w'’-]+\s+(?:[A-Z]|\w+ed\b|is\b|was\b|has\b|will\b)")
_VERSION = re.compile(r"(?<![\w.])\d+\.\d+\.\d+[A-Za-z0-9_.]*")
_STARTERS = frozenset(
    str.split(
        "According However Based Yes No Finally First Second Third Then After Before During Since Because"
        " Although Though"
        " When While Where Until Unless Each Every Both All Some Most Many Several Only Also Another Other Note Notes"
        " Please Here There Today Currently Additionally Moreover Therefore Thus Next Later"
    )
)


def names(text: str) -> list[str]:
    """Names and identifiers that must stand literally in a source: capitalised words that do not begin a sentence,
    words with digits, points or capitals inside, Korean names with a title or in the place of a name, code, titles of
    works."""
    dates = [v.written for v in values(text) if v.kind != "number"]
    found = [m[1].strip() for m in (*_CODE.finditer(text), *_WORK.finditer(text))]
    rest = _WORK.sub(" ", _CODE.sub(" ", text))
    found += [m[0].strip(".-/") for m in _IDENTIFIER.finditer(rest)]
    found += [m[0] for pattern in (_SUFFIX, _GRADE, _LETTER) for m in pattern.finditer(rest)]
    versions = [m[0].rstrip(".") for m in _VERSION.finditer(rest)]
    found += [v for v in versions if not any(v in d for d in dates)]
    found = [f for f in found if f and not _QUANTITY.fullmatch(f)]
    return list(dict.fromkeys([*found, *capitals(rest), *people(rest)]))


def capitals(text: str) -> list[str]:
    """Capitalised words that do not merely begin a sentence."""
    starts = {a + len(text[a:b]) - len(text[a:b].lstrip("\"'“‘(*_ ")) for a, b in spans(text)}
    return [
        re.sub("['’]s?$", "", m[0])
        for m in _CAPITAL.finditer(text)
        if m[0] not in _STARTERS and m[0].lower() not in EMPTY
        and (m.start() not in starts or has_hangul(text) or _ACTS.match(text, m.start()))
        and not values(m[0])
    ]  # fmt: skip


def people(text: str) -> list[str]:
    """Korean names of persons: those a title stands beside, and those that stand where a person does."""
    sure = [m[1] for pattern in (_KOREAN_NAME, _TITLED) for m in pattern.finditer(text)]
    return sure + [m[1] for m in _PERSON.finditer(text) if m[1] not in _NO_PERSON]


def misspelt(text: str, source: str) -> list[str]:
    """Korean words in the place of a name that stand not in the source, where one with the same surname does that
    differs in one syllable."""
    there = {m[1] for m in _PLACE.finditer(source)}
    return [
        word
        for m in _PLACE.finditer(text)
        if (word := m[1]) not in source
        and word[-1] not in _PARTICLES
        and any(o[0] == word[0] and (o[1] == word[1]) != (o[2] == word[2]) for o in there)
    ]


def replaced(text: str, source: str) -> list[str]:
    """Korean words of three syllables and more that stand not in the source, where it has another one with the same
    particle before the same word: 핀란드와 대서양 for 노르웨이와 대서양."""
    slots: dict[tuple[str, str], set[str]] = {}
    for word, ending, following in _slots(_BRACKETS.sub("", source)):
        slots.setdefault((ending, following), set()).add(word)
    return [
        word
        for word, ending, following in _slots(text)
        if word not in source and any(other not in text for other in slots.get((ending, following), ()))
    ]


def _slots(text: str) -> Iterator[tuple[str, str, str]]:
    """(word, its particle, the stem of the next word) of words with a particle."""
    for one, other in pairwise(_HANGUL.findall(text)):
        word = stem(one)
        if len(word) >= LONG and word != one:
            yield word, one[len(word) :], stem(other)
