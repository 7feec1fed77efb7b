"""What the engine says of a file, in the language of the window, as far as it is one of its fixed sentences.

The sentences are the engine's own, letter for letter (tests/app/test_language.py looks for each in core/); one that is
not known here is shown as it came.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app import wording

# The command line's advice has its place in the window: the options of a folder.
OCR_OFF = "Text in pictures is read only where text recognition is on: `moa folders set FOLDER --ocr on`."


def reason(text: str) -> str:
    """`text` in the language of the window."""
    known = _known().get(text)
    return known if known is not None else wording.visible(text)


def _known() -> dict[str, str]:
    return {
        "It is hidden: its name begins with a dot.": QCoreApplication.translate(
            "reasons", "It is hidden: its name begins with a dot."
        ),
        "It holds a program's own files, not notes.": QCoreApplication.translate(
            "reasons", "It holds a program's own files, not notes."
        ),
        "It is a leftover or a working file of some program.": QCoreApplication.translate(
            "reasons", "It is a leftover or a working file of some program."
        ),
        "Its name says that it holds a password or a key.": QCoreApplication.translate(
            "reasons", "Its name says that it holds a password or a key."
        ),
        "It is a link; Moa reads a file where it really lies.": QCoreApplication.translate(
            "reasons", "It is a link; Moa reads a file where it really lies."
        ),
        "It is online only; open it once to have it on this computer.": QCoreApplication.translate(
            "reasons", "It is online only; open it once to have it on this computer."
        ),
        "It is hidden by the system.": QCoreApplication.translate("reasons", "It is hidden by the system."),
        "It asks for a password; give it to read the file.": QCoreApplication.translate(
            "reasons", "It asks for a password; give it to read the file."
        ),
        "The file is empty; there is nothing to read yet.": QCoreApplication.translate(
            "reasons", "The file is empty; there is nothing to read yet."
        ),
        "It holds no text, only markup or blank lines.": QCoreApplication.translate(
            "reasons", "It holds no text, only markup or blank lines."
        ),
        "It is a picture; text in it is read only where text recognition is on.": QCoreApplication.translate(
            "reasons", "It is a picture; text in it is read only where text recognition is on."
        ),
        "Its text is being recognised; that comes after everything else.": QCoreApplication.translate(
            "reasons", "Its text is being recognised; that comes after everything else."
        ),
        OCR_OFF: QCoreApplication.translate(
            "reasons", "Text in pictures is read only where text recognition is on: see the options of its folder."
        ),
    }
