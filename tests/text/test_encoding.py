"""Encodings: the order of rules, and what is no text at all."""

from __future__ import annotations

import unicodedata

import pytest

from core.text.encoding import decode

KOREAN = "겨울 여행을 가자. 값진 하루였다."


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp949", "euc-kr", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso2022_kr"]
)
def test_korean_in_each_encoding(encoding: str) -> None:
    decoded = decode((KOREAN * 5).encode(encoding) if "16-" not in encoding else ("ab " * 40 + KOREAN).encode(encoding))
    assert KOREAN in decoded.text
    assert not decoded.warnings


@pytest.mark.parametrize("line", ["가", "값", "똠방각하", "뷁 펲시콜라", "a가", "회의록 3월"])
def test_short_cp949_lines(line: str) -> None:
    assert decode(line.encode("cp949")).text == line


def test_latin_letters_are_not_read_as_korean() -> None:
    text = "Le café était déjà fermé, voilà une journée gâchée. " * 5
    assert "café" in decode(text.encode("cp1252")).text


def test_a_damaged_utf8_file_stays_utf8_with_a_warning() -> None:
    decoded = decode(KOREAN.encode() * 10 + b"\xff" + KOREAN.encode())
    assert decoded.text.startswith(KOREAN)
    assert decoded.warnings


def test_decomposed_hangul_is_composed_and_line_ends_are_one_kind() -> None:
    decoded = decode(unicodedata.normalize("NFD", "가을\r\n겨울\r봄").encode())
    assert decoded.text == "가을\n겨울\n봄"


def test_binary_data_is_no_text() -> None:
    assert decode(bytes(range(256)) * 20).problem
    assert decode(b"\x7fELF\x02\x01\x01" + b"\x00" * 500).problem


def test_what_the_page_declares_comes_before_a_guess() -> None:
    assert decode("Žluťoučký kůň".encode("iso8859-2"), "iso-8859-2").text == "Žluťoučký kůň"
    assert decode("한글".encode("cp949"), "no-such-charset").text == "한글"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_korean_in_utf16_without_a_mark(encoding: str) -> None:
    said = "회의록 16일\n내용이 있다."
    assert decode(said.encode(encoding)).text == said


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_text_that_a_crash_left_padded_with_nuls_is_text(encoding: str) -> None:
    found = decode("로그 한 줄\n".encode(encoding) + bytes(4096) + "다음 줄\x00끝".encode(encoding))
    assert found.text == "로그 한 줄\n 다음 줄 끝" and not found.problem
