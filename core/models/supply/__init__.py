"""Which models there are, and how they get here.

library.py    the user's models, kept by reference: Moa never moves or deletes the file
offers.py     the models that can be downloaded
downloads.py  those on their way: begun, paused, taken up again, each in the end a model in the library
transfer.py   one file over HTTP, resumed by range, checked by SHA-256
"""
