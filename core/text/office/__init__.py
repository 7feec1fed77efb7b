"""Documents of office programs: Office Open XML, OpenDocument, Hangul, Word and PowerPoint of before 2007, and others.

ooxml.py, odf.py, ole.py     how their packages are built; merged.py: merged cells
encrypted.py, odfcrypt.py    files locked with a password
every other module           a format, as formats.py names it
"""
