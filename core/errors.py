"""What can go wrong, in words for a person.

    MoaError                    title: what happened, to which file; advice: what to do next
    ├── BadRequest              the user asked for something that cannot be; nothing was changed
    ├── FileProblem             about one file; the others go on
    ├── SetupProblem            about this machine or installation
    │   ├── DataFolderInUse     another user, or an engine that does not answer, holds it
    │   ├── DataFolderNewer     written by a newer version of Moa
    │   ├── NoSpace             the disk is full, or nearly
    │   ├── OnlyRead            the data folder can only be read, so nothing in it can change
    │   └── EngineUnavailable   the engine cannot be started or reached
    └── ModelProblem            the language model's file or process
    Cancelled                   the user stopped it; never shown

Foreign exceptions are translated where they enter (the file reader, the database, the model's
process, the socket), once, and raised `from` the original, so that a log still has it.
"""

from __future__ import annotations


class MoaError(Exception):
    """Base of all errors that are meant to be read: one sentence each in `title` and `advice`."""

    def __init__(self, title: str, advice: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.title} {self.advice}".strip()


class BadRequest(MoaError):
    """The user asked for something that cannot be done; nothing was changed."""


class FileProblem(MoaError):
    """One file could not be read or used."""


class SetupProblem(MoaError):
    """Something about this machine or installation."""


class DataFolderInUse(SetupProblem):
    """The data folder belongs to another user or another engine."""


class DataFolderNewer(SetupProblem):
    """The data folder was written by a newer version."""


class NoSpace(SetupProblem):
    """No space left where the data folder lies."""


class OnlyRead(SetupProblem):
    """The data folder can only be read."""


class EngineUnavailable(SetupProblem):
    """The engine could not be started or does not answer."""


class ModelProblem(MoaError):
    """The language model's file or process failed."""


class Cancelled(Exception):
    """The user stopped the work. Caught where the work was started, never shown."""


BY_NAME: dict[str, type[MoaError]] = {
    c.__name__: c
    for c in (
        MoaError,
        BadRequest,
        FileProblem,
        SetupProblem,
        DataFolderInUse,
        DataFolderNewer,
        NoSpace,
        OnlyRead,
        EngineUnavailable,
        ModelProblem,
    )
}
