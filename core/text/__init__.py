"""What a file says: bytes in, text with its places out.

    read(path, data, password)   suffix (or first bytes, where those disagree) → the format's own module → Document

Pure: no files are opened, no clock, no settings; `path` only tells the kind. Parsers may hang or crash on hostile
input; the process around them (core/index/reading/readers.py) holds the clock and the memory.

Formats are rows of one table (formats.py): suffixes, first bytes, the module that reads them, the largest file taken. A
module is imported when its first file comes, so a folder of Markdown never pays for a PDF library. A reader returns a
Document or raises Unreadable (unreadable.py) with an outcome and a sentence; whatever else it raises means a damaged
file. Every outcome but "ok" comes with a sentence that says what to do.

    notes/, office/, pages/, web/, messages/, records/   the formats' own modules
    sniff.py                            what kind of file some bytes are, where the name says something else
    encoding.py                         which encoding a text is in
    archive.py, markup.py               zip and XML within bounds
    structure.py, quality.py            heading paths, table rows; whether a text is words

Text is what a person sees: markup gone, code literal, NFC. A block's text has a line break wherever the file has one,
so that a piece of a long block still knows its lines. Table rows carry their column names, because a passage may hold
any one row. Gibberish is "low-quality", whatever format it comes from.

Places use the four fields every part of Moa already stores, sends and shows; a new field for each format would change
all of them and say no more to a person. A slide is a page. What is neither page nor line stands in the heading path in
plain words: `Sheet Budget > rows 2 to 9`, `message 3 > Subject`, `Chapter 2`, `cell 5`, `00:12:04`. Rows and subtitles
share a place in groups of about a passage: a place for each would keep them from being packed into passages at all.

Bounds: 2,000 members and 200 MB of an archive, counted while unpacking, a hundredfold of the file at most; XML 1,000
deep and without entities of its own; nothing extracted to disk, nothing fetched.

Decided: Markdown by markdown-it-py (1.2 MB/s with line maps; hand-written scanners get nested lists and code in quotes
wrong); front matter by PyYAML's BaseLoader (builds nothing but strings, lists and dicts); encodings by rule before
guess, since detectors misread short CP949 lines (charset-normalizer: 309 of 400 right, the rule 400); DOCX and PPTX by
our own readers on expat (python-docx and python-pptx unpack without bounds and leave out text boxes, content controls,
notes, diagrams); PDF by pypdf, and by PDFium only for pages where pypdf fails or gives gibberish, since native code
takes its process with it.
"""

from core.text.formats import PLAIN, Format, format_of, kind_of, read

__all__ = ["PLAIN", "Format", "format_of", "kind_of", "read"]
