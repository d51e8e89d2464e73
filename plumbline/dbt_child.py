"""dbt as a child of `plumbline run`: `python -m plumbline.dbt_child ARGUMENTS`.

It ends when its parent does, however that ended, so that no build outlives the lock it was started under.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading


def _end_with_parent() -> None:
    # The parent holds the other end of standard input, and never writes to it.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def _let_queries_be_interrupted() -> None:
    """Lets a signal cancel a query of the main thread, where PostgreSQL's client would wait for its end first.

    Models are built on other threads, whose queries dbt cancels from the main one.
    """
    import psycopg2.extensions
    import psycopg2.extras

    psycopg2.extensions.set_wait_callback(psycopg2.extras.wait_select)


def main() -> None:
    """Runs dbt's command line with this process's arguments."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if "run-operation" in sys.argv[1:2]:
        _let_queries_be_interrupted()
    # What dbt makes of a project stays to its end; looking through it for garbage at Python's usual pace takes a tenth
    # of a small build.
    gc.set_threshold(50_000, 50, 1000)
    from dbt.cli.main import cli

    cli(sys.argv[1:], prog_name="dbt")


if __name__ == "__main__":
    main()
