"""The language of the window: English as it is written in the code, Korean from resources/translations.

The .qm file is made from the .ts by `python app/language.py`, which also takes up new words; both are kept in the
repository, so that an installation needs no tool to make them. What the engine says is engine_words.py's.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from core.paths import RESOURCES

Language = Literal["system", "ko", "en"]
FOLDER = RESOURCES / "translations"


def meant(choice: str) -> str:
    """The language `choice` stands for: the system's own where it is one of Moa's, else English."""
    if choice in ("ko", "en"):
        return choice
    return "ko" if QLocale.system().uiLanguages()[:1] and QLocale.system().uiLanguages()[0].startswith("ko") else "en"


@cache
def _words(path: Path) -> bytes:
    """A .qm file, kept as long as the process: Qt reads on in it, and mapped from the disk it would end the window
    when an update writes over it.
    """
    try:
        return path.read_bytes()
    except OSError:
        return b""


def install(app: QCoreApplication, choice: str) -> None:
    """Have every word that is asked for from now on in `choice`; words that are shown already stay as they are."""
    for before in app.findChildren(QTranslator):
        app.removeTranslator(before)
        before.deleteLater()
    if meant(choice) != "ko":
        return
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for path in (Path(qt, "qtbase_ko.qm"), FOLDER / "moa_ko.qm"):
        translator = QTranslator(app)
        if translator.load(_words(path)):
            app.installTranslator(translator)


def main() -> None:
    """Take up the words of the code into the .ts, and make the .qm of it."""
    import subprocess
    import sys

    tools = Path(sys.executable).parent
    ts = FOLDER / "moa_ko.ts"
    sources = sorted(str(p) for p in Path(__file__).parent.glob("*.py"))
    subprocess.run(
        [tools / "pyside6-lupdate", *sources, "-ts", ts, "-no-obsolete", "-locations", "none",
         "-source-language", "en", "-target-language", "ko"], check=True,
    )  # fmt: skip
    subprocess.run([tools / "pyside6-lrelease", ts, "-qm", ts.with_suffix(".qm")], check=True)


if __name__ == "__main__":
    main()
