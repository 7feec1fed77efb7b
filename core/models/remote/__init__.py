"""Models on other machines: servers that speak OpenAI's chat completions, connected by a person.

servers.py  which are connected
chat.py     asking one of them, the way the worker on this machine is asked
keys.py     their keys, in the system's keyring
"""
