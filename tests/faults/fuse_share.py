"""A share for tests: shows a folder through FUSE, read-only, as `python fuse_share.py FOLDER PLACE` (root, Linux).

Speaks the kernel's protocol itself (Documentation/filesystems/fuse.rst, include/uapi/linux/fuse.h, 7.31), so that
nothing has to be installed. Stopped with SIGSTOP it is a server that is away; while a file `hang` lies beside FOLDER it
lists, but answers no read. Prints a line once it is mounted; goes when its standard input closes.
"""

from __future__ import annotations

import ctypes
import errno
import os
import select
import struct
import sys
from pathlib import Path

FORGET, INIT, READ, READDIR, INTERRUPT, BATCH_FORGET = 2, 26, 15, 28, 36, 42
LOOKUP, GETATTR, OPEN, OPENDIR, RELEASE, RELEASEDIR, FLUSH, ACCESS = 1, 3, 14, 27, 18, 29, 25, 34
HEAD = struct.Struct("<IIQQIIII")
ATTR = struct.Struct("<QQQQQQIIIIIIIIII")


class Share:
    def __init__(self, folder: Path, device: int) -> None:
        self._device = device
        self._hang = folder.parent / "hang"
        self._paths = {1: folder}
        self._ids = {folder: 1}
        self._late: list[bytes] = []

    def serve(self) -> None:
        while True:
            ready, _, _ = select.select([self._device, sys.stdin], [], [], 0.02)
            if sys.stdin in ready:
                return
            if self._late and not self._hang.exists():
                late, self._late = self._late, []
                for request in late:
                    self._answer(request)
            if self._device in ready:
                try:
                    self._answer(os.read(self._device, 1 << 20))
                except OSError as e:
                    if e.errno == errno.ENODEV:
                        return
                    if e.errno not in (errno.ENOENT, errno.EINTR):
                        raise

    def _answer(self, request: bytes) -> None:
        _, code, unique, node, *_ = HEAD.unpack_from(request)
        body = request[HEAD.size :]
        if code in (FORGET, BATCH_FORGET, INTERRUPT):
            return
        if code == READ and self._hang.exists():
            self._late.append(request)
            return
        try:
            data, error = self._data(code, node, body), 0
        except OSError as e:
            data, error = b"", -(e.errno or errno.EIO)
        try:
            os.write(self._device, struct.pack("<IiQ", 16 + len(data), error, unique) + data)
        except OSError as e:
            if e.errno != errno.ENOENT:  # who asked was killed meanwhile
                raise

    def _data(self, code: int, node: int, body: bytes) -> bytes:
        if code == INIT:
            return struct.pack("<IIIIHHIIHHIIII", 7, 31, 1 << 17, 0, 12, 10, 1 << 17, 1, 32, 0, 0, 0, 0, 0) + bytes(16)
        path = self._paths[node]
        if code == LOOKUP:
            child = path / os.fsdecode(body.rstrip(b"\0"))
            return struct.pack("<QQQQII", self._id(child), 0, 0, 0, 0, 0) + self._attributes(child)
        if code == GETATTR:
            return struct.pack("<QII", 0, 0, 0) + self._attributes(path)
        if code in (OPEN, OPENDIR):
            return struct.pack("<QII", 0, 1 if code == OPEN else 0, 0)  # direct: nothing comes from a cache
        if code in (READ, READDIR):
            _, offset, size = struct.unpack_from("<QQI", body)
            if code == READ:
                with path.open("rb") as file:
                    file.seek(offset)
                    return file.read(size)
            return self._listing(path, offset, size)
        if code in (RELEASE, RELEASEDIR, FLUSH, ACCESS):
            return b""
        raise OSError(errno.ENOSYS, "not here")

    def _listing(self, path: Path, offset: int, size: int) -> bytes:
        data = b""
        for number, child in enumerate(sorted(path.iterdir())[offset:], offset + 1):
            name = os.fsencode(child.name)
            entry = struct.pack("<QQII", self._id(child), number, len(name), 4 if child.is_dir() else 8) + name
            entry += bytes(-len(entry) % 8)
            if len(data) + len(entry) > size:
                break
            data += entry
        return data

    def _id(self, path: Path) -> int:
        id = self._ids.setdefault(path, len(self._ids) + 1)
        self._paths[id] = path
        return id

    def _attributes(self, path: Path) -> bytes:
        s = path.stat()
        times = [ns for t in (s.st_atime_ns, s.st_mtime_ns, s.st_ctime_ns) for ns in divmod(t, 10**9)]
        return ATTR.pack(
            self._id(path), s.st_size, s.st_blocks, *times[::2], *times[1::2],
            s.st_mode, s.st_nlink, s.st_uid, s.st_gid, 0, 4096, 0,
        )  # fmt: skip


def main(folder: str, place: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
    if libc.mount(b"share", os.fsencode(place), b"fuse.share", 0, options.encode()):
        sys.exit(os.strerror(ctypes.get_errno()))
    sys.stdout.write("mounted\n")
    sys.stdout.flush()
    try:
        Share(Path(folder), device).serve()
    finally:
        libc.umount2(os.fsencode(place), 2)


if __name__ == "__main__":
    main(*sys.argv[1:])
