"""The one thread that indexes: takes the steps of `indexer.py` in the order people care about.

    thread.py       the order of the steps, and what becomes of one that fails
    orders.py       what everyone else wants of the thread: folders to compare, calls, a pause, an end
    account.py      how far it is: what is shown, how fast, how long still
    comparing.py    folders that changed, against the catalogue
    reading.py      the files that wait, newest first
    embedding.py    the passages that wait for vectors
    preparing.py    the vectors of an embedder that is to serve later
    opening.py      an embedder opened while other things go on
    recognising.py  pictures and scanned pages
    upkeep.py       when nothing is left to do
    space.py        whether there is room to write
    resting.py      the lane of a data folder that can only be read: search is filled, nothing else happens

Each step is an object whose `step` does the most urgent piece of its kind and returns whether there was one; it comes
back early when `Orders.urgent`. A new kind of work is a new module and a line in thread.py.
"""

from core.index.lane.resting import RestingLane as RestingLane
from core.index.lane.thread import Lane as Lane
