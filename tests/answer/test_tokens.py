"""Token counts work offline, from the encoding file carried in resources/."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.answer.words import tokens
from core.errors import SetupProblem


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    tokens.encoding.cache_clear()
    yield
    tokens.encoding.cache_clear()


def test_known_counts() -> None:
    assert tokens.count("") == 0
    assert tokens.count("hello world") == 2
    # Ids published for o200k_base in tiktoken's own tests and README.
    assert tokens.encoding().encode("hello world") == [24912, 2375]


@pytest.mark.parametrize(
    "text", ["hello world", "모아는 노트를 모읍니다.\r\n\n둘째 줄\t끝 ", "naïve café 🦉 12345 don't"]
)
def test_what_is_encoded_decodes_to_itself(text: str) -> None:
    encoding = tokens.encoding()
    assert encoding.decode(encoding.encode_ordinary(text)) == text


def test_a_special_token_in_a_note_is_plain_text() -> None:
    assert tokens.count("<|endoftext|>") > 1


def test_no_socket_is_opened() -> None:
    seen: list[str] = []
    listening = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if listening and event.startswith("socket."):
            seen.append(event)

    sys.addaudithook(hook)
    tokens.count("모아 hello")
    listening = False
    assert seen == []


@pytest.mark.parametrize("content", [None, b"not xz", b"\xfd7zXZ\x00"])
def test_a_damaged_encoding_file_is_told_in_words(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "o200k_base.tiktoken.xz"
    if content is not None:
        broken.write_bytes(content)
    monkeypatch.setattr(tokens, "RANKS", broken)
    with pytest.raises(SetupProblem, match="Install Moa again"):
        tokens.count("x")
