"""The wire between the engine and everybody who asks it: HTTP and server-sent events over a local socket.

    wire.py     the shapes of requests and events, and the routes; plain values, shared with every client
    app.py      the routes, over an `Engine`
    host.py     one engine process: lock file, socket, engine.json, signals
    client.py   finding or starting the engine, and asking it (the command line's half)

On Linux and macOS the socket is a Unix domain socket that only its owner may open; on Windows it is
the loopback address with a token. No process opens an internet socket (decision 11 of the design).
"""
