"""How the files of one folder are read, as a dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from app import wording
from app.labels import PlainLabel
from core.serve.wire import FolderOptionsBody
from core.types import FolderRow

AUTO = "auto"
# What plain text is found in when it is not UTF-8; any other name can be written.
ENCODINGS = ("utf-8", "cp949", "euc-kr", "utf-16", "shift_jis", "gb18030", "cp1252")


class FolderOptions(QDialog):
    """`chosen` carries a FolderOptionsBody."""

    chosen = Signal(object)

    def __init__(self, row: FolderRow, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = row
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Options of a folder"))
        self.setMinimumWidth(460)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(wording.visible(row.path), "heading", self))
        form = QFormLayout()
        self._encoding = QComboBox(self)
        self._encoding.setEditable(True)
        self._encoding.setAccessibleName(self.tr("Encoding of plain text"))
        self._encoding.addItem(self.tr("Found out for each file"), AUTO)
        for name in ENCODINGS:
            self._encoding.addItem(name, name)
        at = self._encoding.findData(row.encoding or AUTO)
        self._encoding.setCurrentIndex(at)
        if at < 0:
            self._encoding.setEditText(row.encoding)
        form.addRow(self.tr("Plain text is in"), self._encoding)
        layout.addLayout(form)
        layout.addWidget(
            PlainLabel(
                self.tr("Files whose text looks broken are read again in the encoding you choose."), "muted", self
            )
        )
        self._ocr = QCheckBox(self.tr("Recognise text in pictures and scanned pages"), self)
        self._ocr.setChecked(row.ocr)
        layout.addWidget(self._ocr)
        words = self.tr("Takes some seconds a page, after everything else is read. Needs Tesseract on this computer.")
        layout.addWidget(PlainLabel(words, "muted", self))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, parent=self
        )
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    def _save(self) -> None:
        at = self._encoding.findText(self._encoding.currentText())
        encoding = self._encoding.itemData(at) if at >= 0 else self._encoding.currentText().strip()
        ocr = self._ocr.isChecked()
        # What is None stays as it is: a folder is not read again for an option nobody touched.
        changed = FolderOptionsBody(
            self._row.path,
            ocr=ocr if ocr != self._row.ocr else None,
            encoding=encoding if encoding != (self._row.encoding or AUTO) else None,
        )
        if changed.ocr is not None or changed.encoding is not None:
            self.chosen.emit(changed)
        self.accept()
