"""The language model: which file, whether it fits this machine, and a process of its own that runs it.

    writer.py   whatever writes answers, the worker or a server, behind one handle
    supply/     which models there are, and how they get here: library, offers, downloads
    remote/     models on servers that a person connected
    embed/      embedding models in GGUF, each in a process of its own
    process/    the process llama.cpp runs in, and the engine's handle on it
    llama/      llama.cpp: load, tokenise, write, and the cache of prompts           (in that process)
    fit/        the plan for loading, and what earlier loads taught it
    gguf/       what a model file says of itself (untrusted input, bounded)
    machine/    memory, processors, devices, containers
    network.py  the only way to other machines: proxy, certificates, mirror, MOA_OFFLINE

The order is that of who may import whom, the top one everything below it; import-linter holds it.

Decisions

- llama.cpp lives in a child process, because a driver or a damaged file can end the process it runs in, and
  because only the end of a process surely gives the memory back: another model means another child.
- A load is given up by ending its process, not by llama.cpp's own way (a false return of its progress callback): that
  one ends before the context is made, and waits for the tensor that is being read. The callback tells how far it is.
  Nothing is held against the file, and Moa does not load it again by itself: somebody stopped it.
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
- Prefix reuse by tokens, not by text: in memory, across conversations (the system text), across restarts (states on
  disk, under the conversation's name, written when the model has been idle for a moment, when another conversation
  takes its place and at the end). A state is read only when it saves 64 tokens beyond what is in memory. A truncated
  state ends llama.cpp's process and one of another model is taken silently, so size, digest, model, build and
  settings are checked before it is opened. Deleting a conversation deletes its states.
- Sliding-window models keep their whole cache (swa_full), as going back in a window answers wrongly without a word.
  Recurrent ones cannot be cut: their state is copied at the end of the system text and of each prompt, and it is the
  prompt's end that goes to disk, since an answer does not always come back as the same tokens.
- The plan counts tensors that llama.cpp lays out anew for the processor once: the mapped pages they came from are
  given back by the system when memory gets tight. An eighth of the memory is left to the rest of the computer.
- llama.cpp's own --fit is not in the binding, and a dry load of the model in a process for each candidate would take
  seconds: the formulas agree with it within some percent, and the first load corrects them for the architecture.
- Speculation only where an answer quotes: eight tokens in a row must stand in the prompt before the words after them
  are guessed, few at first, and an answer in which that lost the time of eight tokens goes on without. Measured on one
  core, 64 tokens of quotation: 1.4 to 1.6 times the speed of a bare loop; the usual prompt lookup, from two tokens
  on, had 0.2 to 0.4 of it on ordinary answers. No draft model: a second model's memory buys more as a larger first one.
- Not built, for a measured reason: splicing the states of single passages (ignores what passages say of each other).
- Several machines carry one model by llama.cpp's RPC back end, where the build has it (installers/backend.py ... rpc)
  and the setting `machines` names them. It has neither keys nor encryption, so that is said wherever a server's is,
  and nothing is made of notes unasked then. This machine's own devices are filled first: every layer elsewhere costs
  the way there and back at each token. llama.cpp ends the process when a machine does not speak as it should, goes
  away, or is not there at all; so each joins by a request of its own, after a look whether anybody listens, within ten
  seconds (a server serves one program at a time and keeps the others waiting for ever). One that does not is left
  out: the model runs without it where it fits, and that is said. One that goes away costs the answer under way, is not
  held against the model, and is left out of the next load. One that loses its power is noticed by the system's
  keep-alive, set on the connections llama.cpp made. What it reports as free is believed, but for the margin.
- No sockets: the pipes of the child are all there is. Other machines are reached for a download, a model server or a
  machine that carries part of a model, which a person asked for, never else (`network.py`); redirects are followed only
  where nobody on the way can change what comes, to https or within one host, because a file without a known digest
  rests on that alone.
"""
