"""The language model: which file, whether it fits this machine, and a process of its own that runs it.

    gguf.py      what a GGUF file says of itself, and whether it can chat at all (untrusted input, bounded)
    library.py   the user's models, kept by reference: Moa never moves or deletes the file
    offers.py    the models that can be downloaded
    downloads.py those on their way: begun, paused, taken up again, each in the end a model in the library
    transfer.py  one file over HTTP, resumed by range, checked by SHA-256
    network.py   the only way to other machines: proxy, certificates, mirror, MOA_OFFLINE
    servers.py   models on servers that speak OpenAI's chat completions, connected by a person
    remote.py    asking one of those
    keys.py      their keys, in the system's keyring
    writer.py    whatever writes answers, the worker or a server, behind one handle
    hardware.py  memory and processor cores of this machine
    fit.py       weights + KV cache + compute buffers against the memory that is free
    worker.py    the engine's handle: load, count, measure, chat, stop; knows nothing of llama.cpp
    process.py   one child process and its pipe of JSON lines
    child.py     the child: reads requests, writes replies, ends when its parent does
    llama.py     llama.cpp: load, prompt with prefix reuse, decode loop        (child only)
    template.py  the model's own chat template, with notes kept apart from it   (child only)

Decisions

- llama.cpp lives in a child process, because a driver or a damaged file can end the process it runs in, and
  because only the end of a process surely gives the memory back: another model means another child.
- A file is examined by our own reader before llama.cpp sees it. The gguf package of PyPI was refused for
  this: it trusts counts and hangs on a file of 49 bytes.
- llama.cpp's low-level API with our own loop, not `create_completion`: that one re-decodes the whole answer
  at every token, cannot be stopped inside the prompt and forgets the shared prefix.
- What a note says never becomes structure. The template is rendered with random markers in place of the
  messages; only the template's own text may become special tokens, so `<|eot_id|>` inside a note is text.
- Sampling is greedy over the 40 likeliest tokens with a mild repetition penalty (1.05 over the last 64 written
  tokens). Greedy: the same notes give the same answer, and an answer from sources should not be invented. The
  penalty: small models fall into loops at temperature 0. It sees only what was written, not the prompt, so that
  quoting a note costs nothing.
- No sockets: the pipes of the child are all there is. Other machines are reached for a download or a model server
  that a person asked for, never else (`network.py`); redirects are followed only where nobody on the way can change
  what comes, to https or within one host, because a file without a known digest rests on that alone.
"""
