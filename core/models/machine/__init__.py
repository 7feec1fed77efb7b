"""This machine as a language model meets it. Knows no models.

hardware.py  memory, processors and graphics devices
cgroups.py   what a container leaves of them
pace.py      threads: as many as there are processors nobody else wants
backends.py  which build of llama.cpp would be the fastest here (standard library only: the set-up asks, too)
"""
