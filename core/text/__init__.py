"""What a file says: bytes in, text with its places out.

    read(path, data)   encoding → the format's own module → Document (blocks with line, page or heading)

Pure: no files are opened, no clock, no settings; `path` only tells the kind. Parsers
may hang or crash on hostile input; the process around them (core/index/readers.py) holds the clock.

Formats are rows of one table (formats.py): suffixes, the module that reads them, the largest file taken. A module
is imported when its first file comes, so a folder of Markdown never pays for a PDF library.

Text is what a person sees: markup gone, code literal, NFC. A block's text has a line break wherever the file
has one, so that a piece of a long block still knows its lines. Table rows carry their column names, because
a passage may hold any one row. Every outcome but "ok" comes with a sentence that says what to do.

Decided: Markdown by markdown-it-py (1.2 MB/s with line maps; hand-written scanners get nested lists and code in
quotes wrong); front matter by PyYAML's BaseLoader (builds nothing but strings, lists and dicts); encodings by
rule before guess, since detectors misread short CP949 lines (charset-normalizer: 309 of 400 right, the rule 400).
"""

from core.text.formats import Format, format_of, kind_of, read

__all__ = ["Format", "format_of", "kind_of", "read"]
