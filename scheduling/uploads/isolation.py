"""The walls round the sandbox: which of them stand depends on the system, and each that cannot is left out.

Run by itself it prints which would stand. It uses nothing but Linux: no program, no right of its own.
"""

import ctypes
import json
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = [str(ROOT / "predictions"), str(ROOT / "scheduling"), sys.prefix, sys.base_prefix]
SYSTEM = ["/usr/lib", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null"]
SYSTEM += ["/dev/urandom", "/usr/share/zoneinfo", "/sys/devices/system/cpu"]
SYSTEM += ["/proc/self", "/proc/cpuinfo", "/proc/meminfo"]  # which threads and processors there are
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000  # of unshare
NO_NEW_PRIVILEGES, DEATH_SIGNAL, KILL = 38, 1, 9  # of prctl
CREATE, ADD, RESTRICT = 444, 445, 446  # Landlock's system calls, on every processor
READ_FILE, READ_DIR = 1 << 2, 1 << 3
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many there are, by Landlock's version; 16 from the fifth on
libc = ctypes.CDLL(None, use_errno=True)


def isolate(packages: Iterable[str] = ()) -> list[str]:
    """Put up the walls; return the names of those that stand: network, user, files, tcp.

    Whatever is imported later comes from the interpreter, our code or `packages`: only these can be read.
    """
    parent, walls = os.getppid(), []
    if sys.platform != "linux":
        return walls
    if _has_own_network():
        walls.append("network")
    if _becomes_nobody():
        walls.append("user")
    libc.capset(struct.pack("II", 0x20080522, 0), bytes(24))  # no capability, also of a new user namespace
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.prctl(DEATH_SIGNAL, KILL, 0, 0, 0)  # becoming another user has cleared it
    if os.getppid() != parent:
        sys.exit("the parent is gone already")
    return walls + _landlock([*CODE, *SYSTEM, *_places_of(packages)])


def _has_own_network() -> bool:
    """Whether there is now a network without anything in it, not even a loopback that is up."""
    return any(libc.unshare(flags) == 0 for flags in (NEW_NETWORK, NEW_NETWORK | NEW_USER))


def _becomes_nobody() -> bool:
    """Become a user that owns nothing: as root only, and only if that user can read what is to be run."""
    if os.geteuid() != 0:
        return False
    user = 64_000 + os.getpid() % 1_000
    needed = [place for place in (*sys.path, *CODE[:2]) if os.path.isdir(place)]
    with suppress(OSError):
        os.seteuid(user)
        try:
            for place in needed:
                os.listdir(place)
        finally:
            os.seteuid(0)
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        return True
    return False


def _places_of(packages: Iterable[str]) -> list[str]:
    places = []
    for package in packages:
        with suppress(ImportError, ValueError):
            if spec := find_spec(package):
                places += [*(spec.submodule_search_locations or ()), *([spec.origin] if spec.origin else [])]
    return places


def _landlock(readable: Iterable[str]) -> list[str]:
    """Allow reading beneath these places, and no writing, no starting of programs, no TCP, no signals."""
    version = libc.syscall(CREATE, None, 0, 1)
    if version < 1:  # the kernel lacks it, or a container forbids it
        return []
    rules = (1 << FILE_RIGHTS.get(version, 16)) - 1, 0b11, 0b11  # files; TCP; signals and abstract sockets
    content = struct.pack("QQQ", *rules)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = libc.syscall(CREATE, content, len(content), 0)
    for place in readable:
        with suppress(OSError):
            file = os.open(place, os.O_PATH | os.O_CLOEXEC)
            rights = READ_FILE | READ_DIR if os.path.isdir(place) else READ_FILE
            libc.syscall(ADD, ruleset, 1, struct.pack("=Qi", rights, file), 0)
            os.close(file)
    is_restricted = libc.syscall(RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return [] if not is_restricted else ["files", "tcp"] if version >= 4 else ["files"]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(isolate()))
