"""Two dialogs of the models page: connecting a server that answers, and attaching an adapter to a model.

They stay open until the engine has done what was asked, and say in their own words why it could not.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtNetwork import QHostAddress
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import wording
from app.labels import PlainLabel
from app.stylesheet import set_role
from core.errors import MoaError
from core.serve.wire import AdaptBody, ConnectBody
from core.types import ModelRow

NONE = "none"
"""What takes all adapters off, in place of a file."""


class AskingDialog(QDialog):
    """A form with one thing to do. `wanted` carries a body for the engine; then `done_well` or `show_error`."""

    wanted = Signal(object)

    def __init__(self, title: str, words: str, action: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(title, "heading", self))
        layout.addWidget(PlainLabel(words, "muted", self))
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(14)
        self.form.setVerticalSpacing(8)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        layout.addLayout(self.form)
        self.warning = PlainLabel("", "warning", self)
        layout.addWidget(self.warning)
        self._error = PlainLabel("", "danger", self)
        self._error.hide()
        layout.addWidget(self._error)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, parent=self)
        self.action = self.buttons.addButton(action, QDialogButtonBox.ButtonRole.AcceptRole)
        set_role(self.action, "primary")
        self.action.setDefault(True)
        # Enter never cancels, also while there is nothing to do yet.
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self._action_name = action
        self.buttons.accepted.connect(self.submit)
        self.buttons.rejected.connect(self.reject)
        layout.addStretch(1)
        layout.addWidget(self.buttons)

    def submit(self) -> None:
        """Ask the engine for what the form says."""
        raise NotImplementedError  # abstract; the metaclass of Qt leaves no room for that of abc

    def ask(self, body: object, doing: str) -> None:
        """Say that the engine is asked, which may take a while."""
        self._error.hide()
        self.action.setEnabled(False)
        self.action.setText(doing)
        self.wanted.emit(body)

    def done_well(self) -> None:
        """The engine has done it."""
        self.accept()

    def show_error(self, error: MoaError) -> None:
        """The engine could not; what was typed stays."""
        self.action.setText(self._action_name)
        self.action.setEnabled(True)
        self._error.setText(str(error))
        self._error.show()
        self.adjustSize()

    def line(self, name: str, hint: str) -> QLineEdit:
        """A line to type in."""
        line = QLineEdit(self)
        set_role(line, "filter")
        line.setPlaceholderText(hint)
        line.setAccessibleName(name)
        return line


class ServerDialog(AskingDialog):
    """Which server, and what questions and passages leave this computer for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            self.tr("Connect a server"),
            self.tr(
                "A model on another computer, or in another program on this one, writes the answers. "
                "It must speak OpenAI's chat completions, as vLLM, llama-server, LM Studio and Ollama do."
            ),
            self.tr("Connect"),
            parent,
        )
        address, key, model = self.tr("Address"), self.tr("Key"), self.tr("Model")
        self._url = self.line(address, "http://192.168.0.10:8000/v1")
        self._key = self.line(key, self.tr("Only if the server asks for one; kept in the system's keyring"))
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._model = self.line(model, self.tr("Only if the server has several"))
        for name, line in ((address, self._url), (key, self._key), (model, self._model)):
            self.form.addRow(name, line)
        self._url.textChanged.connect(self._changed)
        self._changed()
        self._url.setFocus()

    def _changed(self) -> None:
        host = _host(self._url.text().strip())
        self.action.setEnabled(bool(host))
        if not host:
            self.warning.setText(self.tr("Questions and passages go to the server you name."))
        elif host == "localhost" or QHostAddress(host).isLoopback():
            self.warning.setText(self.tr("This server runs on this computer: nothing leaves it."))
        else:
            self.warning.setText(
                self.tr("Questions and passages go to {0}, outside this computer.").format(wording.visible(host))
            )

    def submit(self) -> None:
        body = ConnectBody(self._url.text().strip(), self._model.text().strip(), self._key.text().strip())
        self.ask(body, self.tr("Connecting…"))


class AdapterDialog(AskingDialog):
    """Which adapter a model is used with, and how strongly."""

    def __init__(self, row: ModelRow, parent: QWidget) -> None:
        super().__init__(
            self.tr("Adapter for {0}").format(wording.visible(row.name or row.id)),
            self.tr("A LoRA adapter changes how a model writes. It must be a GGUF file made for this very model."),
            self.tr("Attach"),
            parent,
        )
        self._row = row
        self._path = self.line(self.tr("File"), "adapter.gguf")
        choose = QPushButton(self.tr("Choose…"), self)
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._path, 1)
        line.addWidget(choose)
        self.form.addRow(self.tr("File"), line)
        self._scale = QDoubleSpinBox(self)
        self._scale.setRange(0.05, 4.0)
        self._scale.setSingleStep(0.05)
        self._scale.setValue(1.0)
        self._scale.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self._scale.setMaximumWidth(110)
        self._scale.setMinimumHeight(32)
        self._scale.setAccessibleName(self.tr("Strength"))
        self._scale.setToolTip(self.tr("1 is the strength it was made for"))
        self.form.addRow(self.tr("Strength"), self._scale)
        self._path.textChanged.connect(self._changed)
        self._changed()
        if row.adapters:
            names = ", ".join(wording.visible(name) for name in row.adapters)
            self.warning.setText(self.tr("Attached now: {0}").format(names))
            off = self.buttons.addButton(self.tr("Take off"), QDialogButtonBox.ButtonRole.ResetRole)
            off.clicked.connect(self._take_off)
        else:
            self.warning.hide()

    def _changed(self) -> None:
        self.action.setEnabled(bool(self._path.text().strip()))

    def _choose(self) -> None:
        kinds = self.tr("LoRA adapters (*.gguf)") + ";;" + self.tr("All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose an adapter"), "", kinds)
        if path:
            self._path.setText(path)

    def submit(self) -> None:
        self.ask(AdaptBody(self._row.id, self._path.text().strip(), self._scale.value()), self.tr("Attaching…"))

    def _take_off(self) -> None:
        self.ask(AdaptBody(self._row.id, NONE), self.tr("Taking off…"))


def _host(address: str) -> str:
    """The machine an address names, as a person types it; "" while it names none."""
    return QUrl(address if "://" in address else f"http://{address}").host() if address else ""
