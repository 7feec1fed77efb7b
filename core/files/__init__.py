"""Which files there are in a folder, and what changed. Knows nothing of what a file says, nor of the database.

    walk.py          what lies in a folder now                a folder → Found...
    patient.py       asks file systems that may never answer
    content.py       the bytes of a file, read so
    exclude.py       what is left out by its name
    ignore.py        what .gitignore and .moaignore leave out
    compare.py       what that means for the catalogue        Found..., Known... → Changes
    digest.py        whether a file says what it said
    watch.py         when it is worth looking again           a folder → "it came to rest", "events were lost"
    watch_limits.py  why a folder cannot be watched, in words
    mounts.py        which file systems tell of changes

**Events are hints, the walk is the truth.** Watchers lose events on every system: limits, overflows, a root that was
replaced. So an event only marks its folder dirty; what really happened is found out by walking the folder and comparing
with the catalogue (about 2.5 times what scandir and stat take for the same files: tests/bench/reconcile.py); doing it
too often costs little, believing an event costs notes. Refused: acting on single events (the path in an event may
already mean something else), and watchdog's polling observer (46 % of a core for 100,000 files).

**When to look**: 0.5 s after the last event, 5 s after the first at the latest; when the kernel's queue ran over; when
a root became another folder (device or inode), came back, or its watch or watchdog's reader died, which is checked
every 10 s; when the clocks show that the computer slept; and every hour in any case. Folders on network and FUSE file
systems, and those for which there are too few watches, are looked through every five minutes instead, and a note says
so with the line that mends it. watchdog does not tell when a folder below the root gets no watch, so after each walk
the folders it entered are held against the watches that are set (watchdog's own table; nothing public has it).

**A share may never answer.** Whoever looks at a mount whose server is gone, or reads a file on it, blocks in the
kernel, where no signal reaches him. So whatever indexing asks of a disk it asks on a thread that can be left to itself:
after 30 s without progress the folder is unavailable, and the others go on. Once the call has come back, the folder is
looked at again, 10 s later, then 20 s, at most 5 min. Local disks are asked in the same way, since a share may be
mounted below any folder. Refused: processes for it (a copy of every byte more, and no less stuck).

**A suspicion is cheap, content decides.** Size, modification time and inode only raise a suspicion; whoever reads the
file compares SHA-256 digests. A tool that changes a file and restores all three is not noticed; nobody can afford to
read every file at every walk.

**What cannot be seen is not gone.** A folder that may not be opened yields one `Found` for itself with `closed` set,
and what was known below it is `hidden` to this walk, neither gone nor same. When the folder itself is missing, the walk
yields exactly that one entry with the root's own path: treat it as unavailable, never as empty.

**Every path is accounted for.** What is not read is listed with the reason: hidden files and folders, folders that
hold no notes (`.git`, `node_modules`, ...: one line for all that is in them), leftovers of editors, links (the file is
read where it really lies; following them leads out of the folder and into loops), names that promise passwords or
keys, what is not an ordinary file, files that are online only (opening one would download it), what `.gitignore` and
`.moaignore` leave out at any level, folders that may not be opened, kinds Moa does not read. Only Moa's own data
folder is not listed.

A path is kept as the system gives it, bytes and all (`os.fsdecode`): macOS writes Hangul decomposed, and some names are
not UTF-8. Whoever shows it makes it readable.
"""
