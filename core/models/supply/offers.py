"""The models Moa offers for download: resources/models.toml. Downloads nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from core.types import Offer

CATALOGUE = Path(__file__).resolve().parents[3] / "resources" / "models.toml"


def offers(free: int, have: frozenset[str]) -> tuple[Offer, ...]:
    """The catalogue in its order. `free`: bytes of free memory; `have`: SHA-256 of the models that are here."""
    rows = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["model"]
    return tuple(_offer(row, free, have) for row in rows)


def _offer(row: dict[str, Any], free: int, have: frozenset[str]) -> Offer:
    return Offer(
        id=row["id"], name=row["name"], good_at=row["good_at"], languages=tuple(row["languages"]),
        korean="ko" in row["languages"], licence=row["licence"], quantization=row["quantization"], size=row["size"],
        memory_mb=row["memory"], sha256=row["sha256"], url=row["url"], fits=row["memory"] <= free >> 20,
        here=row["sha256"] in have,
    )  # fmt: skip
