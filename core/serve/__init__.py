"""The wire between the engine and everybody who asks it: HTTP and server-sent events over a local socket.

    wire.py     the shapes of requests and events, and the routes; plain values, shared with every client
    app.py      the routes, over an `Engine`
    streams.py  server-sent events: an answer's, and the status every window follows
    host.py     one engine process: its start, its signals, its end
    lock.py     the lock that makes it one a data folder
    place.py    where it listens: socket and engine.json, for their owner only
    start.py    finding an engine, starting one, ending it
    link.py     one request and its reply
    client.py   typed calls (the command line's half)

On Linux and macOS the socket is a Unix domain socket that only its owner may open; on Windows it is
the loopback address with a token. No process opens an internet socket (decision 11 of the design).
"""
