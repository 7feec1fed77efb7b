"""Guesses while an answer quotes: few before they prove right, none where they do not, and the same text as without."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from core.models.llama.quotes import LOSS, MATCH, MOST, Quotes

PROMPT = [*range(100), *range(50, 60), 7]


def test_nothing_is_guessed_before_enough_stands_in_the_prompt() -> None:
    quotes = Quotes(PROMPT)
    assert quotes.guess([], 99) == quotes.guess(list(range(10, 10 + MATCH - 1)), 99) == []
    assert quotes.guess([1, *range(21, 20 + MATCH)], 99) == []
    assert quotes.guess([1, *range(20, 20 + MATCH)], 99) == [28, 29, 30]
    assert quotes.guess(list(range(20, 20 + MATCH)), 2) == [28, 29]
    assert quotes.guess(list(range(20, 20 + MATCH)), 0) == []
    assert quotes.guess(list(range(51, 51 + MATCH)), 99) == [59, 7], "the newest place, up to its end"
    assert Quotes(range(3)).guess(list(range(3)) * 5, 99) == []


def test_more_is_guessed_while_it_is_right() -> None:
    quotes, written = Quotes(PROMPT), list(range(MATCH))
    lengths = []
    quotes.took(0.1, 0, 0)
    for _ in range(4):
        lengths.append(len(quotes.guess(written, 99)))
        quotes.took(0.1, lengths[-1], lengths[-1])
    assert lengths == [3, 7, MOST - 1, MOST - 1]
    quotes.took(0.1, MOST - 1, 2)
    assert len(quotes.guess(written, 99)) == 3


def test_it_ends_when_it_costs_more_than_it_saves() -> None:
    quotes, written = Quotes(PROMPT), list(range(MATCH))
    quotes.took(1.0, 0, 0)
    for _ in range(50):
        quotes.took(3.0, 3, 3)  # four tokens in the time of three
    assert quotes.guess(written, 99)
    for _ in range(int(LOSS / 3)):
        quotes.took(4.0, 3, 0)  # one token in the time of four
    assert quotes.guess(written, 99)
    quotes.took(4.0, 3, 0)
    assert not quotes.guess(written, 99)


def test_a_step_that_others_held_up_is_not_held_against_what_was_right() -> None:
    quotes = Quotes(PROMPT)
    quotes.took(0.001, 0, 0)
    for _ in range(9):
        quotes.took(60.0, 3, 3)
    assert quotes.guess(list(range(MATCH)), 99)


RUN = """
import json, sys
from pathlib import Path
import core.models.llama.model as model
from core.models.llama.cache import Cache
from core.types import ChatMessage

calls = [0]
decode = Cache.decode
def counted(self, tokens, scored=1):
    calls[0] += 1
    decode(self, tokens, scored)
Cache.decode = counted
setup = model.Setup(2048, "f16", False, 0, (), True, True, 1, True)
loaded = model.LanguageModel(Path(sys.argv[1]), setup, None, lambda: False)
text = sys.argv[2]
for quotes in (model.Quotes, lambda prompt: None):
    model.Quotes, calls[0] = quotes, 0
    *pieces, end = loaded.write(loaded.prompt([ChatMessage("user", text)]), "", 600)
    print(json.dumps(["".join(pieces), calls[0], end.reason]))
"""


# No two words stand together twice: the model goes on after the newest place of the last two tokens.
MESSAGE = (
    "our meeting was on monday and the budget 예산 is now by friday so some team must quote this report before any "
    "project could 다음 회의 to me first but only if you may well then many time notes about what they also had with "
    "source back through years 그리고 내일 메모 문서 있다"
)


def test_a_quoting_answer_is_the_same_in_fewer_steps(small_model: Path) -> None:
    command = [sys.executable, "-c", RUN, str(small_model), MESSAGE]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    (text, steps, reason), (plain, most, ended) = (json.loads(line) for line in ran.stdout.splitlines())
    assert (text, reason) == (plain, ended) and text == MESSAGE
    assert steps < most / 3
