"""A GGUF file, examined without llama.cpp: untrusted input, every count checked before it is believed.

header.py   what the file says of itself, and whether it can chat, or embed, at all
layout.py   its bytes: entries and tensors, bounded
"""
