"""The page of the settings on authorship: whose certificate signs the audio that is exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QLocale, Qt
from PyQt6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from . import theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from cocomposer.studio.identity import Signatory

    from .session import Session


class CredentialsPage(QWidget):
    """Takes a certificate and its key once they were tried out; `keep` is given the settings that change."""

    def __init__(self, session: Session, keep: Callable[..., Any]) -> None:
        super().__init__()
        self._session, self._keep = session, keep
        settings = session.settings
        self.certificate = self._field(self.tr("Certificate"), settings.certificate)
        self.key = self._field(self.tr("Private key"), settings.certificate_key)
        self.own = QPushButton(self.tr("Sign without one of mine"))
        self.own.clicked.connect(self.forget)
        self.said = _said("")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(
            _said(
                self.tr(
                    "WAV, FLAC and MP3 files say, signed, who wrote what (Content Credentials). With a certificate of "
                    "your own they also say who you are; without one they are signed on this computer, which only "
                    "shows that nobody changed them since."
                )
            )
        )
        for field in (self.certificate, self.key):
            row = QHBoxLayout()
            row.addWidget(field, 1)
            choose = QPushButton(self.tr("Choose…"))
            choose.clicked.connect(lambda _, field=field: self._choose(field))
            row.addWidget(choose)
            form.addRow(field.accessibleName(), row)
        form.addRow("", self.own)
        form.addRow(self.said)
        self._show_state()

    def _field(self, name: str, path: str) -> QLineEdit:
        field = QLineEdit(path)
        field.setAccessibleName(name)
        field.setPlaceholderText(self.tr("A file in PEM form"))
        field.editingFinished.connect(self.take)
        return field

    def _choose(self, field: QLineEdit) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, field.accessibleName(), "", "PEM (*.pem *.crt *.cer *.key)")
        if chosen:
            field.setText(chosen)
            self.take()

    def forget(self) -> None:
        """Sign with what is made on this computer again."""
        self.certificate.clear()
        self.key.clear()
        self.take()

    def take(self) -> None:
        """Try out what stands there, in the background, and keep it where audio can be signed with it."""
        certificate, key = self.certificate.text().strip(), self.key.text().strip()
        before = self._session.settings.certificate, self._session.settings.certificate_key
        if (certificate, key) == before:
            return
        if not certificate and not key:
            self._keep(certificate="", certificate_key="")
            self._show_state()
            return
        if not certificate or not key:
            self.said.setText(self.tr("A certificate and its private key are needed, both."))
            return

        def taken(whose: Signatory) -> None:
            self._keep(certificate=certificate, certificate_key=key)
            until = QLocale().toString(whose.until, QLocale.FormatType.LongFormat)
            self._say(self.tr("Audio is signed as {name}, until {day}.").format(name=whose.name, day=until))

        def try_out(*_: object) -> Signatory:
            from cocomposer.studio.content_credentials import try_out

            return try_out(Path(certificate).expanduser(), Path(key).expanduser())

        self._session.jobs.run(
            try_out, on_done=taken, on_error=lambda sentence: self._say(f"{sentence} {self._as_before()}", "danger")
        )

    def _as_before(self) -> str:
        return self.tr("Audio is signed as before.")

    def _show_state(self) -> None:
        from cocomposer.studio.content_credentials import available

        if not available():
            self._say(self.tr("Nothing is signed: that needs one more package, pip install 'cocomposer[c2pa]'."))
        elif self._session.settings.certificate:
            self._say(self.tr("Audio is signed with your certificate."))
        else:
            self._say(self.tr("Audio is signed on this computer."))

    def _say(self, sentence: str, kind: str = "muted") -> None:
        self.said.setText(sentence)
        theme.set_kind(self.said, kind)


def _said(text: str) -> QLabel:
    label = QLabel(text)
    theme.set_kind(label, "muted")
    label.setWordWrap(True)
    return label
