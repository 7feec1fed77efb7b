"""What the user's own notes and feedback teach: the self-test and the tuning of weights. Empty so far: the weights in
`retrieval/fuse.py` and the thresholds in `answer/answerer.py` were measured on public sets and hold for everybody.
"""
