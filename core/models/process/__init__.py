"""The process of its own that llama.cpp runs in, and the engine's handle on it.

worker.py  the engine's handle: fit, load, count, measure, warm, chat, stop; knows nothing of llama.cpp
line.py    the child that runs, one at a time, and requests to it
messages.py  what goes over the pipes, as values
pipes.py   one child process and its pipes of JSON lines
child.py   the child: reads requests, writes replies, ends when its parent does
"""
