"""Whether what was written stands in the notes, and where. Pure.

citations.py   `[n]` in an answer → passage, quote and place; what no passage bears out
support.py     does a passage bear out a sentence: values.py, names.py, rivals.py and polarity.py look at its
               numbers and dates, at its names, at which of them is said of what, and at what is denied
places.py      the lines of a quotation in its file
links.py       what an answer may point to: no picture, no address that stands in no passage
disagree.py    notes that contradict each other about what is asked
"""
