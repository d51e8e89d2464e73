"""The readers' copy of a DuckDB warehouse, which takes the place of the last one in an instant.

DuckDB lets no process read a file that another writes to. So runs write to the warehouse's own file, and people
read a copy of it, which a good build replaces by renaming: who has the old copy open goes on reading it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import duckdb

from plumbline.errors import ConfigError, LockedError, PlumblineError, first_line
from plumbline.warehouse import duckdb_path, readers_path

_CHUNK = 64 << 20
_NOT_HERE = {errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM}


def publish(check: Callable[[], None] = lambda: None) -> tuple[Path, int]:
    """Copies the warehouse for its readers, and returns the copy's path and its size in bytes.

    Where the file system can share blocks between files, it costs no space and no time. `check` is called after
    each piece and may raise. The copy cannot be written to, so that no reader locks out the others. Raises
    PlumblineError; the copy that was there then stays.
    """
    source, copy = duckdb_path(), readers_path()
    if copy.name.partition(".")[0] != source.name.partition(".")[0]:
        raise ConfigError(
            f"PLUMBLINE_READERS_PATH: the file must be named {source.name}, as the warehouse is, not {copy.name}: "
            "DuckDB names a database after its file, and the views in it name their database"
        )
    fresh = copy.with_name(f".{copy.name}.new")
    try:
        # Being open, it keeps writers out until the copy is whole.
        with duckdb.connect(str(source)) as con:
            con.execute("checkpoint")
            copy.parent.mkdir(parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            size = _copy(source, fresh, check)
        os.replace(fresh, copy)
        _sync_folder(copy.parent)
    except duckdb.Error as error:
        kind = LockedError if "lock" in str(error).lower() else PlumblineError
        raise kind(f"The warehouse {source} cannot be copied for its readers: {first_line(error)}") from None
    except OSError as error:
        raise PlumblineError(f"The readers' copy {copy} cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
    return copy, size


def _copy(source: Path, fresh: Path, check: Callable[[], None]) -> int:
    with source.open("rb") as read, fresh.open("wb") as write:
        size = os.fstat(read.fileno()).st_size
        try:
            # It shares blocks where the file system can, and else copies without passing them through this process.
            while os.copy_file_range(read.fileno(), write.fileno(), _CHUNK):
                check()
        except (AttributeError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in _NOT_HERE:
                raise
            while chunk := read.read(_CHUNK):
                write.write(chunk)
                check()
        write.flush()
        os.fchmod(write.fileno(), stat.S_IMODE(os.fstat(read.fileno()).st_mode) & ~0o222)
        os.fsync(write.fileno())
    return size


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
