"""A seccomp filter for a process that only reads and computes: no network, no other programs, no change on disk.

Knows nothing of readers. Linux on x86_64 and aarch64; a BPF program of some hundred instructions that the kernel runs
before every system call (seccomp(2), Documentation/userspace-api/seccomp_filter.rst), installed through ctypes because
there is no maintained binding on PyPI and one prctl needs none.

A list of what is refused, not of what is allowed: Python and the parser libraries may call a hundred harmless things,
and another C library others, so a short list of allowed calls breaks on the next system. What is new since Linux 5.1
(numbers from 424 on, the same everywhere) is the other way round: unknown until named. Refused calls answer EACCES, as
if the user had no right, or ENOSYS where a library then takes the older call. Files are opened for reading only,
which needs no path and so holds where there is no Landlock as well.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from typing import Final

# Number on x86_64 and on aarch64; 0 where the call does not exist. From asm/unistd_64.h and asm-generic/unistd.h;
# tests/index/test_sandbox.py compares them with the headers of the machine it runs on.
REFUSED: Final[dict[str, tuple[int, int]]] = {
    # the network, and sockets of other programs of the user
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    # other programs
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, 0), "vfork": (58, 0), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kill": (62, 129), "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "setpriority": (141, 140),
    # files: contents, names, rights, times (Landlock leaves rights and times out)
    "creat": (85, 0), "truncate": (76, 45), "rename": (82, 0), "renameat": (264, 38), "renameat2": (316, 276),
    "mkdir": (83, 0), "mkdirat": (258, 34), "rmdir": (84, 0), "unlink": (87, 0), "unlinkat": (263, 35),
    "link": (86, 0), "linkat": (265, 37), "symlink": (88, 0), "symlinkat": (266, 36), "mknod": (133, 0),
    "mknodat": (259, 33), "chmod": (90, 0), "fchmod": (91, 52), "fchmodat": (268, 53), "chown": (92, 0),
    "fchown": (93, 55), "lchown": (94, 0), "fchownat": (260, 54), "utime": (132, 0), "utimes": (235, 0),
    "futimesat": (261, 0), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "open_by_handle_at": (304, 265),
    # the system
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "personality": (135, 92),
}  # fmt: skip
# Looked at more closely: number, which argument, what is asked of it.
EXAMINED: Final[dict[str, tuple[int, int]]] = {
    "clone": (56, 220), "tgkill": (234, 131), "prlimit64": (302, 261), "open": (2, 0), "openat": (257, 56),
}  # fmt: skip
_FIRST_NEW = 424
NEW_ALLOWED: Final = {"close_range": 436, "faccessat2": 439, "epoll_pwait2": 441, "futex_waitv": 449}

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column of the tables above, AUDIT_ARCH_*."""

_CLONE_THREAD = 0x10000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16
"""Offsets in struct seccomp_data; an argument takes eight bytes, the low half first on both machines."""
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def no_new_privileges(libc: ctypes.CDLL) -> None:
    """Without it neither a filter nor Landlock is open to ordinary users."""
    zero = ctypes.c_ulong(0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero)


def install(libc: ctypes.CDLL, becoming: bool = False) -> bool:
    """Put this process, which must have one thread, under the filter for good. False where that is not possible.
    `becoming`: it may still become another program (execve), which stays under the filter."""
    code = program(platform.machine(), os.getpid(), becoming)
    if not code:
        return False
    zero = ctypes.c_ulong(0)
    wanted = _Program(len(code) // 8, code)
    return bool(libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), ctypes.byref(wanted), zero, zero) == 0)


def program(machine: str, pid: int, becoming: bool = False) -> bytes:
    """The filter as BPF instructions of eight bytes; empty for a machine whose numbers are not known here."""
    if machine not in _MACHINES:
        return b""
    column, arch = _MACHINES[machine]
    refuse, missing = _ERRNO | errno.EACCES, _ERRNO | errno.ENOSYS
    # A system call of another machine (32 bits) has other numbers: nothing here makes one.
    code = [_op(_LOAD, _ARCH), _op(_EQUAL, arch, 1, 0), _op(_RETURN, _KILL), _op(_LOAD, _NUMBER)]
    for number in NEW_ALLOWED.values():
        code += [_op(_EQUAL, number, 0, 1), _op(_RETURN, _ALLOW)]
    code += [_op(_AT_LEAST, _FIRST_NEW, 0, 1), _op(_RETURN, missing)]
    for name, (argument, test, value, good) in {
        "clone": (0, _ANY_BIT, _CLONE_THREAD, True),
        "tgkill": (0, _EQUAL, pid, True),  # abort() sends itself a signal
        "prlimit64": (0, _EQUAL, 0, True),  # 0: one's own limits
        "open": (1, _ANY_BIT, _WRITING, False),
        "openat": (2, _ANY_BIT, _WRITING, False),
    }.items():
        number = EXAMINED[name][column]
        if number:
            met, not_met = (_ALLOW, refuse) if good else (refuse, _ALLOW)
            code += [_op(_EQUAL, number, 0, 4), _op(_LOAD, _ARGUMENTS + 8 * argument), _op(test, value, 0, 1)]
            code += [_op(_RETURN, met), _op(_RETURN, not_met)]
    refused = [pair for name, pair in REFUSED.items() if not (becoming and name == "execve")]
    numbers = [pair[column] for pair in refused if pair[column]]
    code += [_op(_EQUAL, n, len(numbers) - at, 0) for at, n in enumerate(numbers)]
    return b"".join([*code, _op(_RETURN, _ALLOW), _op(_RETURN, refuse)])


def _op(code: int, value: int, if_met: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_met, if_not, value)
