"""An answer without a language model. Pure.

statements.py what a passage states, and what each statement leans on: its heading, the line over a list
extract.py     the best statements, quoted
"""
