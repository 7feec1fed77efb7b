from __future__ import annotations

import pytest

from app.__main__ import WINDOW_VERBS, split_data


@pytest.mark.parametrize(
    ("argv", "data", "rest"),
    [
        ([], None, ()),
        (["quick"], None, ("quick",)),
        (["--data", "/d"], "/d", ()),
        (["--data=/d", "quick"], "/d", ("quick",)),
        (["--data", "/d", "search", "--data"], "/d", ("search", "--data")),
        (["--data"], None, ("--data",)),
        (["--help"], None, ("--help",)),
    ],
)
def test_the_data_folder_stands_before_the_verb(argv: list[str], data: str | None, rest: tuple[str, ...]) -> None:
    assert split_data(argv) == (data, rest)


def test_only_these_open_a_window() -> None:
    assert WINDOW_VERBS == ((), ("quick",))
