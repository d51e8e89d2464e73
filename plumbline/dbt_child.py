"""dbt as a child of `plumbline run`: `python -m plumbline.dbt_child ARGUMENTS`.

It ends when its parent does, however that ended, so that no build outlives the lock it was started under.

`--ahead OPTIONS -- ARGUMENTS` reads the project at once, with the options of `dbt parse`, and chooses what to build; it
goes on from there when the parent says so.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from typing import Any

GO_ON = "\n"
# What dbt says when it has chosen what to build.
_LAST_BEFORE_THE_WAREHOUSE = "ConcurrencyLine"


def _end_with_parent(told: threading.Event) -> None:
    # The parent holds the other end of standard input, and writes to it only to say that its child may go on.
    while os.read(0, 1):
        told.set()
    os.kill(os.getpid(), signal.SIGKILL)


def _let_queries_be_interrupted() -> None:
    """Lets a signal cancel a query of the main thread, where PostgreSQL's client would wait for its end first.

    Models are built on other threads, whose queries dbt cancels from the main one.
    """
    import psycopg2.extensions
    import psycopg2.extras

    psycopg2.extensions.set_wait_callback(psycopg2.extras.wait_select)


def _run_ahead(options: list[str], arguments: list[str], told: threading.Event) -> int:
    """Runs dbt's command, which waits until it is told to go on where it would reach for the warehouse.

    Returns the exit code that dbt gives it.
    """
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    done = dbtRunner().invoke(["parse", "--quiet", "--no-write-json", *options])
    manifest = done.result
    if isinstance(manifest, Manifest):
        metadata = manifest.metadata

        def hear(event: Any) -> None:
            # By its invocation_id it is known what was run of a manifest.
            metadata.invocation_id = event.info.invocation_id
            if event.info.name == _LAST_BEFORE_THE_WAREHOUSE:
                told.wait()

        done = dbtRunner(manifest, [hear]).invoke(arguments)
    return 0 if done.success else 1 if done.exception is None else 2


def main() -> None:
    """Runs dbt's command line with this process's arguments."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    told = threading.Event()
    threading.Thread(target=_end_with_parent, args=[told], daemon=True).start()
    arguments = sys.argv[1:]
    if arguments[:1] == ["run-operation"]:
        _let_queries_be_interrupted()
    # What dbt makes of a project stays to its end; looking through it for garbage at Python's usual pace takes a tenth
    # of a small build.
    gc.set_threshold(50_000, 50, 1000)
    if arguments[:1] == ["--ahead"]:
        end = arguments.index("--")
        sys.exit(_run_ahead(arguments[1:end], arguments[end + 1 :], told))
    from dbt.cli.main import cli

    cli(arguments, prog_name="dbt")


if __name__ == "__main__":
    main()
