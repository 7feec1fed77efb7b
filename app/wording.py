"""Words for values: places in files, names, sizes, durations, states.

Knows no widgets. Everything returned is plain text and must be shown as plain text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

if TYPE_CHECKING:
    from core.types import DownloadRow, EmbedderInfo, FileState, Fit, FolderState, Location, ModelInfo, Progress


# Characters that reorder or hide what is around them; a file name holding one is shown with its code.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"}


def visible(text: str) -> str:
    """`text` with control, direction and invisible characters written out as \\uXXXX."""
    return "".join(c if unicodedata.category(c) not in _UNSEEN else f"\\u{ord(c):04x}" for c in text)


def file_name(path: str) -> str:
    """The last part of `path`, composed as people write it (macOS stores Hangul decomposed)."""
    return visible(unicodedata.normalize("NFC", PurePath(path).name or path))


def folder_name(path: str) -> str:
    """The folder a file lies in, as a whole path."""
    return visible(unicodedata.normalize("NFC", str(PurePath(path).parent)))


def folder_within(path: str, roots: Sequence[tuple[str, str]]) -> str:
    """The folder a file lies in, from the watched one on that holds it; `roots`: (path, name) of those."""
    parent = PurePath(path).parent
    for root, name in roots:
        if parent.is_relative_to(root):
            return visible(unicodedata.normalize("NFC", str(PurePath(name, parent.relative_to(root)))))
    return folder_name(path)


def place(location: Location) -> str:
    """Where in a file: heading, then page or lines."""
    parts = []
    if location.heading:
        parts.append(visible(location.heading))
    if location.page is not None:
        parts.append(QCoreApplication.translate("wording", "page {0}").format(location.page))
    elif location.line_from is not None:
        if location.line_to is None or location.line_to == location.line_from:
            parts.append(QCoreApplication.translate("wording", "line {0}").format(location.line_from))
        else:
            words = QCoreApplication.translate("wording", "lines {0}–{1}")
            parts.append(words.format(location.line_from, location.line_to))
    return " · ".join(parts)


def size(count: int) -> str:
    """A number of bytes in the unit that fits, which stays on the line of its number."""
    value = float(count)
    for unit in ("B", "KB", "MB"):
        if value < 1024:
            return f"{value:.0f}\u00a0{unit}"
        value /= 1024
    return f"{value:.1f}\u00a0GB"


def duration(seconds: float) -> str:
    """About how long, coarse on purpose: an estimate is not a promise."""
    if seconds < 45:
        return QCoreApplication.translate("wording", "less than a minute")
    minutes = round(seconds / 60)
    if minutes < 60:
        return QCoreApplication.translate("wording", "about {0} min").format(max(minutes, 1))
    return QCoreApplication.translate("wording", "about {0} h").format(round(minutes / 60))


def file_state(state: FileState) -> str:
    return {
        "indexed": QCoreApplication.translate("wording", "Ready"),
        "waiting": QCoreApplication.translate("wording", "Waiting"),
        "failed": QCoreApplication.translate("wording", "Could not be read"),
        "skipped": QCoreApplication.translate("wording", "Left out"),
        "unavailable": QCoreApplication.translate("wording", "Not there now"),
    }[state]


def folder_state(state: FolderState) -> str:
    return {
        "watched": QCoreApplication.translate("wording", "in sync"),
        "paused": QCoreApplication.translate("wording", "paused"),
        "unavailable": QCoreApplication.translate("wording", "not there now; its notes are kept"),
    }[state]


def model_state(model: ModelInfo | None) -> str:
    """Who writes the answers, short enough for the status line."""
    if model is None:
        return QCoreApplication.translate("wording", "Answers: quotes from your notes")
    name = visible(model.id)
    if model.state == "loading" and model.loaded is not None:
        return QCoreApplication.translate("wording", "{0}: loading {1} %").format(name, model.loaded)
    return {
        "stopped": QCoreApplication.translate("wording", "{0}: loads with the first question"),
        "loading": QCoreApplication.translate("wording", "{0}: loading…"),
        "ready": QCoreApplication.translate("wording", "{0}: ready"),
        "answering": QCoreApplication.translate("wording", "{0}: writing…"),
        "failed": QCoreApplication.translate("wording", "{0}: could not be loaded"),
    }[model.state].format(name)


def fit(fit: Fit) -> str:
    """How a model would be loaded here."""
    need = size((fit.need_mb.weights + fit.need_mb.kv + fit.need_mb.compute) << 20)
    free = size(fit.free_mb << 20)
    if not fit.fits:
        words = QCoreApplication.translate("wording", "Does not fit: needs {0} of memory, {1} are free")
        return words.format(need, free)
    words = QCoreApplication.translate("wording", "Fits: needs {0} of memory, {1} are free").format(need, free)
    if fit.machines:
        where = QCoreApplication.translate("wording", "runs partly on {0}").format(visible(", ".join(fit.machines)))
    elif fit.gpu_layers >= fit.layers > 0:
        where = QCoreApplication.translate("wording", "runs on the graphics card")
    elif fit.gpu_layers > 0:
        where = QCoreApplication.translate("wording", "runs partly on the graphics card")
    else:
        where = QCoreApplication.translate("wording", "runs on the processor")
    return f"{words} · {where}"


def download(row: DownloadRow, detail: str = "") -> str:
    """How far a download is; `detail` says why it failed."""
    done = size(row.received)
    if row.size:
        done = QCoreApplication.translate("wording", "{0} of {1}").format(done, size(row.size))
    if row.state == "failed":
        return detail
    if row.state == "checking":
        return QCoreApplication.translate("wording", "{0} · checking that it is complete…").format(done)
    if row.state == "paused":
        return QCoreApplication.translate("wording", "{0} · paused").format(done)
    if not row.rate:
        return done
    words = f"{done} · " + QCoreApplication.translate("wording", "{0} a second").format(size(int(row.rate)))
    if row.size:
        left = duration((row.size - row.received) / row.rate)
        words += " · " + QCoreApplication.translate("wording", "{0} left").format(left)
    return words


def language(code: str) -> str:
    """The name of a language in the window's own, where Moa knows it; else in that language itself. What is no code
    stays as it is."""
    named = {
        "ko": QCoreApplication.translate("wording", "Korean"),
        "en": QCoreApplication.translate("wording", "English"),
        "zh": QCoreApplication.translate("wording", "Chinese"),
        "ja": QCoreApplication.translate("wording", "Japanese"),
        "de": QCoreApplication.translate("wording", "German"),
        "fr": QCoreApplication.translate("wording", "French"),
        "es": QCoreApplication.translate("wording", "Spanish"),
        "it": QCoreApplication.translate("wording", "Italian"),
        "pt": QCoreApplication.translate("wording", "Portuguese"),
        "hi": QCoreApplication.translate("wording", "Hindi"),
        "th": QCoreApplication.translate("wording", "Thai"),
    }
    if code in named:
        return named[code]
    known = QLocale(code)
    return known.nativeLanguageName() if len(code) <= 3 and known.language() != QLocale.Language.C else code


def embedder_state(embedder: EmbedderInfo | None) -> str:
    """Whether search by meaning works; nothing to say when it does."""
    if embedder is None or embedder.state == "ready":
        return ""
    if embedder.state == "loading":
        return QCoreApplication.translate("wording", "Search by meaning: loading…")
    return QCoreApplication.translate("wording", "Search by words only")


def file_state_short(state: str) -> str:
    """A state in a word or two, for a button; "" for all of them."""
    return {
        "": QCoreApplication.translate("wording", "All"),
        "indexed": QCoreApplication.translate("wording", "Ready"),
        "waiting": QCoreApplication.translate("wording", "Waiting"),
        "failed": QCoreApplication.translate("wording", "Not readable"),
        "skipped": QCoreApplication.translate("wording", "Left out"),
        "unavailable": QCoreApplication.translate("wording", "Away"),
    }[state]


def progress(at: Progress, pending: int, eta_s: float | None, rate: bool = False) -> str:
    """What the engine is doing to the files, with what is left (and how fast, with `rate`); empty when it is idle."""
    left = at.total - at.done
    if at.stage == "looking":
        return QCoreApplication.translate("wording", "Looking through your folders…")
    if at.stage == "reading" and at.total:
        words = QCoreApplication.translate("wording", "Reading files: {0} of {1}").format(
            f"{at.done:,}", f"{at.total:,}"
        )
    elif at.stage == "embedding" and at.total:
        words = QCoreApplication.translate("wording", "Learning passages: {0} of {1}")
        words = words.format(f"{at.done:,}", f"{at.total:,}")
    elif at.stage == "preparing" and at.total:
        words = QCoreApplication.translate("wording", "Preparing another embedding model: {0} of {1}")
        return words.format(f"{at.done:,}", f"{at.total:,}")
    elif at.stage == "recognising" and at.total:
        words = QCoreApplication.translate("wording", "Recognising text in pictures: {0} of {1}")
        words = words.format(f"{at.done:,}", f"{at.total:,}")
    elif pending:
        return QCoreApplication.translate("wording", "{0} still to do").format(f"{pending:,}")
    else:
        return ""
    if rate and eta_s and left and pending:
        each = pending / eta_s
        per = QCoreApplication.translate("wording", "{0} a second").format(
            f"{each:,.0f}" if each >= 1 else f"{each:.1f}"
        )
        words += f" · {per}"
    if eta_s is not None and left:
        words += " · " + QCoreApplication.translate("wording", "{0} left").format(duration(eta_s))
    return words
