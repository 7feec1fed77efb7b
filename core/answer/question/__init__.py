"""What a question asks for, told from its words. Pure, but for filters.py, which asks the library what a word names.

asked.py       what kind of answer a question wants, and whether a text holds one
filters.py     what a question limits itself to → filters and a scope
periods.py, dates*.py  dates in Korean and English words → days
collection.py  is it a question about the collection itself? collection_words.py: of the words it knows
everything.py  is it a request to read every matching file?
followup.py    a question that leans on earlier turns → one that stands alone; its parts
ellipsis.py    a few words that take the place of others in the question before
"""
