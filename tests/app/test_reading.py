"""How a question was understood, as chips below it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.reading import Reading
from core.events import Understood
from core.types import Filter


def test_a_date_that_only_comes_first_says_so(app: QApplication) -> None:
    year = Filter("date", "in 2023", "2023", "2023-01-01", "2023-12-31")
    parent = QWidget()
    filters = (year, replace(year, only=False), replace(year, applied=False, only=False))
    reading = Reading(Understood("?", filters), (), parent)
    shown = [chip.text().removesuffix("  ✕") for chip in reading.findChildren(QPushButton)]
    assert shown == ["2023", "2023 first", "2023: nothing there, searched without it"]
    parent.deleteLater()
