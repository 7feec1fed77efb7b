"""Which files there are in a folder, and what changed. Knows nothing of what a file says, nor of the database.

    walk.py      what lies in a folder now              a folder → Found...
    compare.py   what that means for the catalogue      Found..., Known... → Changes
    watch.py     when it is worth looking again         a folder → "it came to rest"

**Events are hints, the walk is the truth.** Watchers lose events on every system: limits, overflows, a root that was
replaced. So an event only marks its folder dirty; what really happened is found out by walking the folder and comparing
with the catalogue. A walk of 100,000 files takes well under two seconds; doing it too often costs little, believing an
event costs notes. Refused: acting on single events (the path in an event may already mean something else).

**A suspicion is cheap, content decides.** Size, modification time and inode only raise a suspicion; whoever reads the
file compares SHA-256 digests. A tool that changes a file and restores all three is not noticed; nobody can afford to
read every file at every walk.

**What cannot be seen is not gone.** A folder that may not be opened yields one `Found` for itself with `closed` set,
and what was known below it is `hidden` to this walk, neither gone nor same. When the folder itself is missing, the walk
yields exactly that one entry with the root's own path: treat it as unavailable, never as empty.

**What is left out.** Silently: hidden files and folders, folders that hold no notes (`.git`, `node_modules`, ...),
leftovers of editors, Moa's own data folder. Listed as skipped, with the reason: links (the file is read where it really
lies; following them leads out of the folder and into loops), names that promise passwords or keys, what is not an
ordinary file, files that are online only (opening one would download it), and what `.moaignore` (the syntax of
`.gitignore`, in the top of a watched folder) excludes.

A path is kept as the system gives it, bytes and all (`os.fsdecode`): macOS writes Hangul decomposed, and some names are
not UTF-8. Whoever shows it makes it readable.
"""
