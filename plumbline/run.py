"""`plumbline run`: load, build, docs, a look at itself, and what people are to be told, one run at a time."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plumbline.config import Config
from plumbline.dbt import SOME_NODES_FAILED, DbtChild, DbtResult, run_dbt, target_folder
from plumbline.errors import PlumblineError
from plumbline.exit_codes import ExitCode
from plumbline.feeds import FeedConfig
from plumbline.feeds.dbt import Config as DbtFeed
from plumbline.load import load_warehouse
from plumbline.lock import Lock, warehouse_lock
from plumbline.log import Log
from plumbline.notifications.notify import notify, services_of
from plumbline.publish import publish
from plumbline.run_state import RunState
from plumbline.steps import StepResult
from plumbline.stop import Stop, Stopped
from plumbline.warehouse import warehouse_place

LOAD, BUILD, PUBLISH, DOCS, OBSERVE, NOTIFY = STEPS = ("load", "build", "publish", "docs", "observe", "notify")
# Only `plumbline check-change` asks these models, and builds them itself.
_NOT_BUILT = "path:models/proposals"
_NEEDED_BY_DOCS = ("manifest.json", "partial_parse.msgpack")
_DOCS = ("catalog.json", "index.html", "static_index.html")


@dataclass(frozen=True)
class RunOptions:
    """What `plumbline run` was told."""

    config: Config
    project: Path
    target: str
    schema_prefix: str = ""
    select: tuple[str, ...] = ()
    is_retry: bool = False
    has_copy: bool = True
    has_docs: bool = True
    has_notifications: bool = True


class Run:
    """One run. `results` holds what became of each step, in order."""

    def __init__(self, options: RunOptions, log: Log, stop: Stop) -> None:
        self.results: list[StepResult] = []
        self._options = options
        self._log = log
        self._stop = stop
        self._folder = target_folder(options.project)
        self._state = RunState(warehouse_place(options.target, options.schema_prefix), options.select)
        self._builder: DbtChild | None = None

    def __call__(self) -> ExitCode:
        """Runs the steps, and returns the exit code. Raises LockedError when another process is at work."""
        options = self._options
        if options.has_notifications:
            # An address that is wrong is found before the work, not behind it.
            services_of(options.config)
        with warehouse_lock(options.target, options.schema_prefix, "run") as lock, contextlib.ExitStack() as children:
            steps: dict[str, Callable[[Lock], StepResult]] = {
                LOAD: self._load,
                BUILD: self._build,
                PUBLISH: self._publish,
                DOCS: self._docs,
                OBSERVE: self._observe,
                NOTIFY: self._notify,
            }
            first = self._first_step()
            if first == LOAD:
                self._builder = children.enter_context(self._build_ahead(lock))
            try:
                for name in STEPS[STEPS.index(first) :] if first else ():
                    self._stop.check()
                    self._take(name, steps[name], lock)
            except Stopped:
                self._log.event("run", "run_stopped", "Stopped by a signal.", level="warning")
                return self._stop.exit_code
            except PlumblineError as error:
                return error.exit_code
        return self._exit_code()

    def _first_step(self) -> str | None:
        """Returns the step to begin with, or None when a retry finds nothing to do."""
        if not self._options.is_retry:
            return LOAD
        last = RunState.read(self._folder)
        if last is None or last.warehouse != self._state.warehouse:
            self._say("There is no run of this warehouse to continue: everything is done.")
            return LOAD
        built = last.steps.get(BUILD)
        undone = [name for name in STEPS if last.steps.get(name) != "ok" and not self._is_left_out(name, last)]
        if not undone:
            self._say("The last run ended well: there is nothing to retry.")
            return None
        self._state = last
        # What was loaded is built before anything else is loaded.
        first = BUILD if last.steps.get(LOAD) == "failed" and built != "ok" else undone[0]
        self._say(f"Continuing the last run with the step '{first}'.")
        return first

    def _say(self, message: str) -> None:
        self._log.event("run", "retry", message)

    def _is_left_out(self, step: str, last: RunState) -> bool:
        return last.steps.get(step) == "skipped" and last.steps.get(BUILD) == "ok"

    def _take(self, name: str, step: Callable[[Lock], StepResult], lock: Lock) -> None:
        began = time.monotonic()
        self._note(name, "running")
        self._log.event(name, "step_started", f"Step {name}")
        try:
            lock.check()
            result = step(lock)
        except Stopped:
            self._end(StepResult(name, "stopped", time.monotonic() - began))
            raise
        except PlumblineError as error:
            self._log.event(name, "error", str(error), level="error")
            self._end(StepResult(name, "failed", time.monotonic() - began))
            # Without the warehouse there is nothing to build; after it, the other steps can still be done.
            if name == LOAD:
                raise
        else:
            self._end(dataclasses.replace(result, seconds=time.monotonic() - began))

    def _end(self, result: StepResult) -> None:
        self.results.append(result)
        self._note(result.step, result.result)
        self._log.event(
            result.step,
            "step_ended",
            f"Step {result.step}: {result.result}" + (f", {result.summary}" if result.summary else ""),
            level="error" if result.result == "failed" else "info",
            result=result.result,
            seconds=round(result.seconds, 3),
            **result.counts,
        )

    def _note(self, step: str, result: str) -> None:
        self._state.steps[step] = result
        try:
            self._state.write(self._folder)
        except OSError as error:
            text = f"--retry will not know of this step: {self._folder} cannot be written: {error.strerror}"
            self._log.event(step, "state_not_written", text, level="warning")

    def _load(self, lock: Lock) -> StepResult:
        return self._load_feeds(LOAD, self._options.config.feeds)

    def _load_feeds(self, step: str, feeds: Iterable[FeedConfig]) -> StepResult:
        options = self._options
        with self._stop.interruptible():
            results = load_warehouse(
                options.config, tuple(feeds), options.target, options.schema_prefix, self._log.reporter(step)
            )
        failed = [result.name for result in results if result.error is not None]
        counts = {
            "feeds": len(results),
            "feeds_failed": len(failed),
            "records_landed": sum(result.landed for result in results),
            "records_rejected": sum(result.rejected for result in results),
        }
        return StepResult(step, "failed" if failed else "ok", counts=counts, note=", ".join(failed))

    def _build(self, lock: Lock) -> StepResult:
        last_build, self._state.build_id = self._state.build_id, None
        self._note(BUILD, "running")
        if self._builder is not None:
            done = self._builder(BUILD, self._stop)
            self._stop.check()
        elif last_build is not None and last_build == self._invocation_of_results():
            done = self._dbt(["retry"], BUILD, lock)
        else:
            done = self._dbt([*self._build_arguments(), "--target", self._options.target], BUILD, lock)
        if done.code == SOME_NODES_FAILED and done.invocation_id == self._invocation_of_results():
            self._state.build_id = done.invocation_id
        stats = done.nodes
        counts = {
            "nodes_ok": stats.get("pass", 0) + stats.get("noop", 0) + stats.get("warn", 0),
            "nodes_warned": stats.get("warn", 0),
            "nodes_failed": stats.get("error", 0),
            "nodes_skipped": stats.get("skip", 0),
        }
        return StepResult(BUILD, "failed" if done.code else "ok", counts=counts if stats else {})

    def _build_arguments(self) -> list[str]:
        # Unit tests bring rows of their own, so they say nothing of what was loaded. A test that compares what
        # was selected with what was not says nothing of the selection.
        selection = ["--select", *self._state.select] if self._state.select else []
        selection += ["--indirect-selection", "buildable"] if selection else []
        return ["build", "--exclude-resource-type", "unit_test", "--exclude", _NOT_BUILT, *selection]

    def _build_ahead(self, lock: Lock) -> DbtChild:
        """Starts dbt, which takes as long to start as many a load; it builds when it is told to."""
        options = self._options
        given = ["--target", options.target]
        return DbtChild(self._build_arguments(), options.project, options.schema_prefix, self._log, lock, options=given)

    def _publish(self, lock: Lock) -> StepResult:
        reason = (
            "the build failed"
            if self._state.steps[BUILD] != "ok"
            else "only a selection was built"
            if self._state.select
            else "PostgreSQL's readers see each mart as it is replaced"
            if self._options.target != "dev"
            else ""
            if self._options.has_copy
            else "not asked for"
        )
        if reason:
            return StepResult(PUBLISH, "skipped", note=reason)
        path, size = publish(self._stop.check)
        return StepResult(PUBLISH, "ok", counts={"bytes": size}, note=str(path))

    def _docs(self, lock: Lock) -> StepResult:
        if not self._options.has_docs:
            return StepResult(DOCS, "skipped", note="not asked for")
        if self._state.steps[BUILD] != "ok":
            return StepResult(DOCS, "skipped", note="the build failed")
        # In a folder of its own, so that the site of before stays until the new one is whole.
        fresh = self._folder / "docs.new"
        arguments = ["docs", "generate", "--static", "--no-compile", "--target", self._options.target]
        arguments += ["--target-path", str(fresh.absolute())]
        try:
            shutil.rmtree(fresh, ignore_errors=True)  # of a run that was killed
            fresh.mkdir()
            for name in _NEEDED_BY_DOCS:
                if (self._folder / name).exists():
                    shutil.copy(self._folder / name, fresh)
            done = self._dbt(arguments, DOCS, lock)
            for name in () if done.code else _DOCS:
                os.replace(fresh / name, self._folder / name)
        except OSError as error:
            raise PlumblineError(f"The docs site cannot be written: {error}") from None
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        page = self._folder / _DOCS[-1]
        return StepResult(DOCS, "failed" if done.code else "ok", note="" if done.code else str(page))

    def _observe(self, lock: Lock) -> StepResult:
        config = self._options.config
        own = [feed for feed in config.feeds if isinstance(feed, DbtFeed) and self._is_own(config.folder / feed.path)]
        if not own:
            return StepResult(OBSERVE, "skipped", note=f"no feed reads {self._folder}")
        return self._load_feeds(OBSERVE, own)

    def _notify(self, lock: Lock) -> StepResult:
        options = self._options
        reason = (
            "plumbline.yml names nobody to notify"
            if options.config.notifications is None
            else "not asked for"
            if not options.has_notifications
            else "the build failed"
            if self._state.steps[BUILD] != "ok"
            else "only a selection was built"
            if self._state.select
            else ""
        )
        if reason:
            return StepResult(NOTIFY, "skipped", note=reason)
        done = notify(options.config, options.target, options.schema_prefix, self._log, self._stop)
        return StepResult(NOTIFY, "failed" if done.failed or done.unknown else "ok", counts=done.counts)

    def _is_own(self, path: Path) -> bool:
        return path.resolve() == self._folder.resolve()

    def _dbt(self, arguments: list[str], step: str, lock: Lock) -> DbtResult:
        options = self._options
        done = run_dbt(arguments, step, options.project, options.schema_prefix, self._log, lock, self._stop)
        self._stop.check()
        return done

    def _invocation_of_results(self) -> str | None:
        try:
            results: dict[str, Any] = json.loads((self._folder / "run_results.json").read_text(encoding="utf-8"))
            return str(results["metadata"]["invocation_id"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _exit_code(self) -> ExitCode:
        failed = {result.step for result in self.results if result.result == "failed"}
        codes = {BUILD: ExitCode.BUILD_FAILED, LOAD: ExitCode.FEED_FAILED}
        return next((code for step, code in codes.items() if step in failed), None) or (
            ExitCode.AFTER_BUILD_FAILED if failed else ExitCode.OK
        )
