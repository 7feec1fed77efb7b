"""The values that travel between Moa's parts and over the wire: frozen, typed, plain.

Knows nothing of databases, processes or Qt. Field names are those of the command line's JSON
(README, "Command line"), so a value prints as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["ok", "empty", "low-quality", "password", "protected", "unsupported", "failed"]
FileState = Literal["indexed", "waiting", "failed", "skipped", "unavailable"]
FolderState = Literal["watched", "paused", "unavailable"]
AnswerMode = Literal["model", "extract", "catalogue", "exhaustive", "compute"]


@dataclass(frozen=True, slots=True)
class Location:
    """A place inside a file that a person can find again. Lines and pages count from 1."""

    page: int | None = None
    line_from: int | None = None
    line_to: int | None = None
    heading: str | None = None
    """The heading path, outermost first, joined by " > "."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text a reader never wants cut from its place: a paragraph, a list item, a table row."""

    text: str
    location: Location
    kind: Literal["prose", "heading", "code", "table", "list"] = "prose"


@dataclass(frozen=True, slots=True)
class Task:
    """A check box in a note."""

    text: str
    line: int
    done: bool


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader saw in one file. `blocks` is empty unless `outcome` is ok or low-quality."""

    outcome: Outcome
    kind: str
    """The format it was read as, as core/text/formats.py names it: markdown, pdf, docx, hwp, mail, …"""
    reason: str = ""
    """One sentence for a person; never empty when `outcome` is not ok."""
    title: str = ""
    blocks: tuple[Block, ...] = ()
    pages: int | None = None
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    date: str = ""
    """The note's own date as ISO 8601, when it states one."""
    fields: tuple[tuple[str, str], ...] = ()
    """(name, value) of its front matter, names in lower case; a list is one pair an item."""
    tasks: tuple[Task, ...] = ()
    links: tuple[str, ...] = ()
    """What it links to, as written: names of notes, addresses."""
    warnings: tuple[str, ...] = ()
    scanned: tuple[int, ...] = ()
    """Pages (from 1) that hold no text but may be pictures of it; a picture has one, or as many as it has frames."""

    @property
    def text(self) -> str:
        """All blocks joined by blank lines."""
        return "\n\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage sized for the embedder."""

    ordinal: int
    text: str
    location: Location
    embed_text: str
    """The exact text that is embedded: title and heading path, then `text`. Vectors are kept by its hash."""


@dataclass(frozen=True, slots=True)
class Why:
    """How a passage came to its place. Ranks count from 1; None: that leg did not find it. `via`: the title of a better
    passage that names this file, or "question" when the question does."""

    dense_rank: int | None = None
    lexical_rank: int | None = None
    rerank: float | None = None
    dense_weight: float = 0.0
    via: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One search hit, best first by `n` (from 1). `also`: other files that hold the same text."""

    n: int
    path: str
    title: str
    location: Location
    text: str
    score: float
    why: Why = field(default_factory=Why)
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """A limit that a question was taken to set. It is asked again without it when `phrase` is sent along as `without`:
    those words are then only words.

    `since` and `until` are the first and the last day, YYYY-MM-DD, of kind date; empty: open on that side. `applied`
    False: nothing was found within it, and everything was searched. `only` False: a date that notes may as well tell
    of, so notes of that time take turns with others.
    """

    kind: Literal["path", "tag", "field", "date"]
    phrase: str
    label: str
    since: str = ""
    until: str = ""
    applied: bool = True
    only: bool = True


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, the filters read out of the question, and sentences on anything that made the hits less than they could
    be."""

    hits: tuple[Passage, ...]
    notes: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """`[n]` in an answer, resolved by code to the passage it stands for."""

    n: int
    path: str
    location: Location
    quote: str
    supported: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the matching files an answer has read."""

    read: int
    of: int


@dataclass(frozen=True, slots=True)
class Timings:
    """Durations in milliseconds, rates in tokens per second; None where no model took part."""

    retrieval_ms: float
    first_token_ms: float | None = None
    tokens_per_s: float | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class FileRow:
    """What is known of one file. `sha256` is empty until it was read once."""

    path: str
    state: FileState
    reason: str
    sha256: str
    size: int
    mtime_ns: int
    chunks: int
    kind: str
    outcome: str = ""
    """What its reader said when it gave no text, as `Document.outcome`; "password" is a file that `unlock` may open."""


@dataclass(frozen=True, slots=True)
class FilePage:
    """Some rows of a long list of files, and how many the whole list has."""

    total: int
    rows: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A watched folder."""

    path: str
    state: FolderState
    files: int
    collection: str
    ocr: bool = False
    """Whether text in pictures and on scanned pages is recognised."""
    encoding: str = ""
    """What plain text files in it are taken to be in, a name Python knows; empty: found out for each."""
    lost: int = 0
    """Files that were read and are gone, all at once: they stay findable until a person accepts it. 0 where the folder
    cannot be reached."""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one comparison of folders and catalogue did. `embedded` and `reused` count chunks."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    failed: int = 0
    embedded: int = 0
    reused: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class EmbedderInfo:
    """`state` is loading, ready or failed (then `detail` says why)."""

    id: str
    dim: int
    device: str
    state: Literal["loading", "ready", "failed"] = "loading"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class EmbedderChange:
    """Another embedder that is being prepared: of `total` different passages `done` have its vectors. Until all have,
    the one before serves. `choice` is the setting; `id` is empty until it was opened."""

    choice: str
    id: str
    done: int
    total: int
    eta_s: float | None
    state: Literal["opening", "embedding", "failed"]
    detail: str = ""
    """Why it stands still."""


@dataclass(frozen=True, slots=True)
class EmbedderRow:
    """An embedding model that is on this machine. `dim` and `limit` (tokens) are 0 where its files do not tell."""

    id: str
    choice: str
    """What the setting `embedder` is for it: empty, a path, or an id of the local model cache."""
    kind: Literal["built-in", "folder", "cache", "gguf"]
    path: str
    size: int
    dim: int
    limit: int
    serving: bool
    next: bool
    """Whether it is being prepared."""
    languages: tuple[str, ...] = ()
    """As its card names them; empty where it does not."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EmbedderCost:
    """What another embedder would cost, measured on some of the user's own passages. Nothing was changed."""

    id: str
    dim: int
    limit: int
    korean: bool
    """Whether its vectors mean anything in Korean, by its card or its tokenizer."""
    english: bool
    passages: int
    """Different texts to be embedded."""
    known: int
    """Those that it embedded before."""
    longer: float
    """The share of passages (of the sample) that it does not read at once, but in parts."""
    rate: float
    """Passages a second on this machine, now; 0 where there was nothing to try it on."""
    seconds: float
    bytes: int
    """Disk space that the new vectors need."""
    free: int


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The chosen language model. `state`: stopped, loading, ready, answering or failed."""

    id: str
    state: Literal["stopped", "loading", "ready", "answering", "failed"]
    device: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident set sizes in MiB."""

    engine: int
    model: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Indexing under way: `stage` is looking, reading, embedding, preparing (passages for another embedder) or
    recognising (pages); empty when idle."""

    stage: Literal["", "looking", "reading", "embedding", "preparing", "recognising"] = ""
    done: int = 0
    total: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """The engine at one moment; `running` False means no engine answers (then the rest is empty)."""

    running: bool
    pid: int = 0
    version: str = ""
    folders: int = 0
    files: dict[str, int] = field(default_factory=dict)
    chunks: int = 0
    pending: int = 0
    """Files waiting to be read plus chunks waiting for their vector plus pages waiting to be recognised."""
    eta_s: float | None = None
    files_per_s: float | None = None
    """How fast files were read lately; None while nothing is known or nothing is to be done. So is the next."""
    chunks_per_s: float | None = None
    embedder: EmbedderInfo | None = None
    model: ModelInfo | None = None
    rss_mb: Memory = field(default_factory=lambda: Memory(0, 0))
    progress: Progress = field(default_factory=Progress)
    notes: tuple[str, ...] = ()
    """Sentences on what is degraded at the moment; empty when all is well."""
    paused: bool = False
    """Indexing was paused by a person."""
    frozen: bool = False
    """The data folder can only be read: nothing is indexed, and nothing can be changed."""
    next_embedder: EmbedderChange | None = None
    """The embedder that is to take the place of `embedder`."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A language model file the user has. `size` in bytes; `context` in tokens as trained."""

    id: str
    name: str
    path: str
    size: int
    architecture: str
    quantization: str
    context: int
    active: bool
    problem: str = ""
    """Why it cannot be used (file gone, damaged), in one sentence; empty when it can."""
    remote: str = ""
    """The other machine that questions and passages are sent to; empty for a model that runs here."""
    adapters: tuple[str, ...] = ()
    """File names of the LoRA adapters it is used with."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be downloaded. `size` in bytes; `memory_mb`: what it needs in all with 4,096 tokens."""

    id: str
    name: str
    good_at: str
    languages: tuple[str, ...]
    korean: bool
    licence: str
    quantization: str
    size: int
    memory_mb: int
    sha256: str
    url: str
    fits: bool
    """Whether that much memory is free now."""
    here: bool
    """Whether the same file is here already."""


@dataclass(frozen=True, slots=True)
class DownloadRow:
    """A model on its way here. Sizes in bytes (`size` 0: not told yet), `rate` in bytes per second."""

    id: str
    file: str
    url: str
    state: Literal["running", "checking", "paused", "failed", "done"]
    received: int = 0
    size: int = 0
    rate: float = 0.0
    detail: str = ""
    """Why it failed or what to do next, for a person."""
    model: str = ""
    """The id it got as a model, once it is done."""


@dataclass(frozen=True, slots=True)
class Needed:
    """Memory in MiB by purpose."""

    weights: int
    kv: int
    compute: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model would be loaded on this machine, decided without loading it."""

    id: str
    fits: bool
    device: str
    gpu_layers: int
    layers: int
    context: int
    kv_type: str
    need_mb: Needed
    free_mb: int
    why: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn as the model sees it."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation in the list. Times are seconds since the epoch."""

    id: str
    title: str
    created: float
    updated: float
    messages: int


@dataclass(frozen=True, slots=True)
class Prompted:
    """What a model was given for a stored turn, so that the next prompt can repeat it letter for letter."""

    first: int
    """Index of the conversation's first message that the prompt held."""
    given: tuple[int, ...]
    """For each of the turn's passages, how many characters of its text the prompt held; 0: left out."""
    reply: str = ""
    """What the model wrote, where the stored text is not the same."""
    doubtful: bool = False
    """It was told that the passages may not answer."""


@dataclass(frozen=True, slots=True)
class Message:
    """One stored turn; `citations`, `passages`, `mode` and `prompted` only on answers."""

    role: Literal["user", "assistant"]
    text: str
    created: float
    mode: AnswerMode | None = None
    model: str | None = None
    answerable: bool | None = None
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    prompted: Prompted | None = None
    """None when no model took part."""
    unsupported: tuple[str, ...] = ()
    """As in the answer's event."""
    meant: str = ""
    """A question that leaned on the turns before it, as one that stands alone."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with its turns, oldest first."""

    id: str
    title: str
    created: float
    updated: float
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `moa doctor`; `fix` says what to do and is empty when `ok`."""

    check: str
    ok: bool
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """How well known notes were found: shares of `questions` whose note came first (`hit1`) or among the first five
    (`hit5`), and the mean of 1 / rank (`mrr`)."""

    questions: int
    hit1: float
    hit5: float
    mrr: float


@dataclass(frozen=True, slots=True)
class LanguageScores:
    """The self-test in one language. `weights`: both ways of searching mixed with another weight of meaning, by weight.

    `serves`: meaning has a vote now; `fits`: whether its vectors proved fit, None where too few questions were asked.
    """

    fused: Scores
    keywords: Scores
    meaning: Scores
    weights: dict[str, Scores]
    serves: bool
    fits: bool | None


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How well the user's own notes are found; `kinds` and `sources` (title, heading, sentence, model) are of search as
    it is. `embedder` is empty where search by meaning took no part; `refused` counts questions that the language model
    wrote and that failed the checks."""

    questions: int
    fused: Scores
    keywords: Scores
    meaning: Scores
    languages: dict[str, LanguageScores]
    kinds: dict[str, Scores]
    sources: dict[str, Scores]
    embedder: str
    refused: int = 0


@dataclass(frozen=True, slots=True)
class SelfTestProgress:
    """How many questions of a self-test were asked; `of` is 0 while none runs."""

    asked: int = 0
    of: int = 0
