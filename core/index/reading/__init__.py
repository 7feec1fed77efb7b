"""Files read by a process that may hang or crash on any of them, behind walls.

readers.py       the child process that parses one file at a time: reader_child.py, over reader_wire.py
sandbox.py       what that process may still do; seccomp.py has the filter
passwords.py     those given since the start, for locked files
strikes.py       files that stopped their reader three times are left alone
cutting.py       long documents, cut into passages on a thread of their own
"""
