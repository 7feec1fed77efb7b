"""Office files locked with a password, opened in memory.

Knows nothing of documents. By msoffcrypto-tool (MIT, maintained): [MS-OFFCRYPTO], agile and standard encryption, and
those of before 2007.
"""

from __future__ import annotations

import io

from core.text.office.ole import Compound
from core.text.unreadable import Unreadable, damaged, locked

_OLD = ("Workbook", "WordDocument", "PowerPoint Document")
_RIGHTS = "DataSpaces/TransformInfo/DRMEncryptedTransform"


def is_locked(data: bytes) -> bool:
    """Whether a compound file is a locked office file: a package inside, or a locked file of before 2007."""
    import msoffcrypto

    with Compound(data) as file:
        if "EncryptedPackage" in file:
            return True
        if not any(name in file for name in _OLD):
            return False
    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except Exception:  # too damaged for this library; the format's own reader says more
        return False


def opened(data: bytes, password: str | None) -> bytes:
    """The document inside. Raises Unreadable when there is no password, or a wrong one, or it is locked otherwise."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    with Compound(data) as file:
        if any(_RIGHTS in name for name in file.names):
            reason = "It is protected by rights management; open it in Office and save a copy without protection."
            raise Unreadable("protected", reason)
    if not password:
        raise locked(None)
    out = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=password)
        office.decrypt(out)
    except InvalidKeyError as problem:
        raise locked(password) from problem
    except (DecryptionError, FileFormatError, ParseError) as problem:
        wrong = "password" in str(problem).lower() or "key" in str(problem).lower()
        raise (locked(password) if wrong else damaged("Office")) from problem
    return out.getvalue()
