"""Text in pictures and on scanned pages.

scans.py         what is to be recognised, and what it means for a document
recogniser.py    Tesseract, one page at a time, which ocr_child.py starts behind walls
"""
