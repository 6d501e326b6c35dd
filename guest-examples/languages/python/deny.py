"""Nothing is deleted: unlink, unlinkat and rmdir fail with EPERM."""

from wit_world import exports
from wit_world.imports.types import Action, Action_Complete

EPERM = 1  # Linux's: errno.EPERM is WASI's, 63
REFUSED = Action_Complete(-EPERM)


class Unlink(exports.Unlink):
    def enter(self, pathname: int) -> Action:
        return REFUSED


class Unlinkat(exports.Unlinkat):
    def enter(self, dirfd: int, pathname: int, flags: int) -> Action:
        return REFUSED


class Rmdir(exports.Rmdir):
    def enter(self, pathname: int) -> Action:
        return REFUSED
