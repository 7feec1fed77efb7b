"""Guesses how an answer goes on while it repeats its prompt word for word: several tokens are then computed at once.

Knows tokens, not llama.cpp. Prompt lookup (Saxena 2023, github.com/apoorvumang/prompt-lookup-decoding), held back: it
begins only where the last MATCH tokens stand in the prompt, takes few tokens until it was right, and ends for this
answer once it has cost more than it saved. What is written is what would have been written without it.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.models.fit.plan import SCORED

MATCH = 8
"""Tokens in a row that must stand in the prompt; with 2, as usual, ordinary answers fell to 0.2 to 0.4 of the speed."""
FEWEST, MOST = 4, SCORED
"""Tokens computed at once, the one that is known among them; llama.cpp's kernels for processors take rows in fours."""
LOSS = 8.0
"""Times of single tokens that may be lost in one answer."""


class Quotes:
    """The guesses for one answer to `prompt`."""

    def __init__(self, prompt: Sequence[int]) -> None:
        self._prompt = list(prompt)
        # By what stands before, the newest place last; hashes, as tuples of a long prompt would take megabytes.
        self._after = {hash(tuple(prompt[at - MATCH : at])): at for at in range(MATCH, len(prompt))}
        self._size = FEWEST
        self._lost = 0.0
        self._single, self._singles = 0.0, 0

    def guess(self, written: Sequence[int], room: int) -> list[int]:
        """What may follow, fewer than MOST tokens and at most `room`; mostly nothing."""
        if self._lost > LOSS or len(written) < MATCH or room < 1:
            return []
        last = tuple(written[-MATCH:])
        at = self._after.get(hash(last))
        if at is None or tuple(self._prompt[at - MATCH : at]) != last:
            self._size = FEWEST
            return []
        return self._prompt[at : at + min(self._size - 1, room)]

    def took(self, seconds: float, guessed: int, right: int) -> None:
        """How long it took to compute a token and what was `guessed` to follow, of which so many were `right`."""
        if not guessed:
            self._single, self._singles = self._single + seconds, self._singles + 1
        elif self._single:
            # No more than one by one: what is beyond that, somebody else has taken.
            cost = min(seconds * self._singles / self._single, guessed + 1)
            self._lost = max(0.0, self._lost + cost - (right + 1))
            self._size = min(2 * self._size, MOST) if right == guessed else FEWEST
