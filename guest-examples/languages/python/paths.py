"""Tells the path of each open and openat, or of those that begin with one of the
words of ZPOLINE_HOOK_ARGS, and at the end how many there were."""

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.lifecycle import Settings
from wit_world.imports import log, memory
from wit_world.imports.log import Level
from wit_world.imports.types import Action, Action_Forward

LONGEST_PATH = 4096
FORWARD = Action_Forward()

prefixes: tuple[bytes, ...] = ()
told = 0


def tell(call: bytes, pathname: int) -> Action:
    global told
    try:
        path = memory.read_c_string(pathname, LONGEST_PATH)
    except Err:
        return FORWARD  # A path that cannot be read is the kernel's to refuse.
    if not prefixes or path.startswith(prefixes):
        log.output(b"%s %s\n" % (call, path))
        told += 1
    return FORWARD


class Open(exports.Open):
    def enter(self, pathname: int, flags: int, mode: int) -> Action:
        return tell(b"open", pathname)


class Openat(exports.Openat):
    def enter(self, dirfd: int, pathname: int, flags: int, mode: int) -> Action:
        return tell(b"openat", pathname)


class Lifecycle(exports.Lifecycle):
    def init(self, arguments: list[str]) -> Settings:
        global prefixes
        prefixes = tuple(word.encode() for word in arguments)
        return Settings(per_thread=False)

    def finish(self, status: int) -> None:
        log.write(Level.INFO, f"{told} paths")
