"""What deploy/ holds is well formed, by the tools that know it, and starts the command that is there."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import click
import kubernetes_validate
import pytest
import yaml
from click.testing import CliRunner

from plumbline.cli import cli
from plumbline.exit_codes import ExitCode
from support import BIN, ROOT, run

DEPLOY = ROOT / "deploy"
SERVICE = DEPLOY / "systemd" / "plumbline.service"
TIMER = DEPLOY / "systemd" / "plumbline.timer"
DOCKERFILE = DEPLOY / "docker" / "Dockerfile"
CHECK_CHANGE = DEPLOY / "github" / "check-change.yml"
CRONJOB = DEPLOY / "kubernetes" / "cronjob.yaml"
DAG = DEPLOY / "airflow" / "plumbline_dag.py"
# CronJobs have a timeZone since 1.27.
OLDEST_KUBERNETES = "1.27"

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


def setting(path: Path, name: str) -> list[str]:
    """The values of a setting in a unit file, a Dockerfile or the like."""
    return re.findall(rf"^{name}[= ](.*)$", path.read_text(), re.MULTILINE)


def commands() -> dict[str, list[str]]:
    """The arguments with which each of them starts plumbline."""
    dag = re.search(r"exec \.venv/bin/plumbline ([^\"]+)\"", DAG.read_text())
    workflow = re.search(r"run: \.venv/bin/plumbline (run .*)", (ROOT / ".github/workflows/production.yml").read_text())
    assert dag
    assert workflow
    return {
        "systemd": shlex.split(setting(SERVICE, "ExecStart")[0])[1:],
        "docker": json.loads(setting(DOCKERFILE, "CMD")[0]),
        "airflow": shlex.split(dag[1]),
        "github": shlex.split(workflow[1]),
    }


def test_the_check_of_changes_is_started_with_options_that_there_are() -> None:
    jobs = yaml.safe_load(CHECK_CHANGE.read_text())["jobs"]
    step = next(step for step in jobs["check"]["steps"] if "check-change" in step.get("run", ""))
    name, *arguments = shlex.split(step["run"])[1:]
    context = cli.commands[name].make_context(name, arguments)
    assert context.params["target"] == "prod"
    assert str(context.params["output"]) == "report.md"


@pytest.mark.parametrize("place", ["systemd", "docker", "airflow", "github"])
def test_it_starts_plumbline_with_options_that_there_are(place: str) -> None:
    arguments = commands()[place]
    assert arguments[0] == "run"
    context = cli.commands["run"].make_context("run", arguments[1:])
    assert context.params["target"] == "prod"


def test_a_wrong_option_would_be_found() -> None:
    with pytest.raises(click.NoSuchOption):
        cli.commands["run"].make_context("run", ["--targets", "prod"])


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units as they would be on a machine where the command is in this environment."""
    copies = []
    for path in (SERVICE, TIMER):
        text = path.read_text().replace("/opt/plumbline/.venv/bin", str(BIN)).replace("=/opt/plumbline", f"={ROOT}")
        copies.append(tmp_path / path.name)
        copies[-1].write_text(text)
    return copies


@needs_systemd
def test_systemd_finds_nothing_wrong(units: list[Path]) -> None:
    done = run("systemd-analyze", "verify", "--man=no", *units)
    of_ours = [line for line in done.stdout.splitlines() if "plumbline." in line]
    assert (done.returncode, of_ours) == (0, []), done.stdout


@needs_systemd
def test_systemd_finds_a_wrong_word(units: list[Path]) -> None:
    units[0].write_text(units[0].read_text().replace("TimeoutStartSec=3h", "TimeoutStartSec=soon"))
    done = run("systemd-analyze", "verify", "--man=no", *units)
    assert "TimeoutStartSec" in done.stdout


@needs_systemd
def test_the_service_is_exposed_to_little(units: list[Path]) -> None:
    """systemd's own measure of it, from 0 (safest) to 10, here times ten."""
    done = run("systemd-analyze", "security", "--offline=true", "--threshold=20", units[0])
    assert done.returncode == 0, done.stdout[-500:]


def test_the_service_takes_a_held_lock_for_no_failure() -> None:
    assert setting(SERVICE, "SuccessExitStatus") == [str(int(ExitCode.LOCKED))]
    assert f"LOCKED = {int(ExitCode.LOCKED)}\n" in DAG.read_text()


def test_hadolint_finds_nothing() -> None:
    done = run(BIN / "hadolint", DOCKERFILE)
    assert done.returncode == 0, done.stdout


def test_hadolint_finds_a_fault(tmp_path: Path) -> None:
    broken = tmp_path / "Dockerfile"
    broken.write_text(DOCKERFILE.read_text().replace("python:3.13-slim-bookworm", "python:latest"))
    assert run(BIN / "hadolint", broken).returncode == 1


def test_the_image_runs_as_nobody_and_takes_only_what_is_locked() -> None:
    assert setting(DOCKERFILE, "USER") == ["10001:10001"]
    assert all("--require-hashes" in line for line in re.findall(r"pip install.*", DOCKERFILE.read_text()))


def copied_by_the_image(folder: Path) -> Path:
    """The project as the image holds it."""
    build = DOCKERFILE.read_text().split("\nFROM ")[1]
    for line in re.findall(r"^COPY (.*)$", build, re.MULTILINE):
        *sources, destination = line.split()
        for source in (path for pattern in sources for path in ROOT.glob(pattern.rstrip("/"))):
            place = folder / destination
            if source.is_dir():
                shutil.copytree(source, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, place)
    return folder


def test_the_image_holds_all_of_the_project_that_a_run_needs(tmp_path: Path, manifest: dict[str, Any]) -> None:
    image = copied_by_the_image(tmp_path / "image")
    done = run(BIN / "dbt", "parse", "--target-path", tmp_path / "target", "--log-path", tmp_path / "logs", cwd=image)
    assert done.returncode == 0, done.stdout
    parsed = json.loads((tmp_path / "target" / "manifest.json").read_text())

    def needed(nodes: dict[str, Any]) -> set[str]:
        return {
            unique_id
            for unique_id, node in nodes.items()
            if node["resource_type"] != "analysis" and not node["original_file_path"].startswith("tests/of_tests/")
        }

    assert needed(parsed["nodes"]) == needed(manifest["nodes"])
    assert parsed["sources"].keys() == manifest["sources"].keys()
    ignored = (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text()
    sources = {word for line in setting(DOCKERFILE, "COPY") if "--from" not in line for word in line.split()[:-1]}
    assert {f"!{source.rstrip('/')}" for source in sources} <= set(ignored.splitlines())


@pytest.fixture(scope="module")
def objects() -> dict[str, dict[str, Any]]:
    return {document["kind"]: document for document in yaml.safe_load_all(CRONJOB.read_text())}


@pytest.mark.parametrize("version", [OLDEST_KUBERNETES, kubernetes_validate.latest_version()])
def test_kubernetes_knows_every_word(objects: dict[str, dict[str, Any]], version: str) -> None:
    for document in objects.values():
        kubernetes_validate.validate(document, version, strict=True)


def test_a_word_that_kubernetes_does_not_know_is_found(objects: dict[str, dict[str, Any]]) -> None:
    text = json.dumps(objects["CronJob"]).replace("concurrencyPolicy", "concurrencePolicy")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(json.loads(text), OLDEST_KUBERNETES, strict=True)


def test_the_pod_fits_the_image(objects: dict[str, dict[str, Any]]) -> None:
    pod = objects["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == "10001:10001"
    assert container["securityContext"]["readOnlyRootFilesystem"]
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts == {"/etc/plumbline", "/var/lib/plumbline", "/tmp"}  # noqa: S108
    names = {volume["name"] for volume in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == names


def test_the_settings_in_the_config_map_are_a_configuration(
    objects: dict[str, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_DB_URL", f"sqlite:///{tmp_path}/nothing.db")
    monkeypatch.setenv("PLUMBLINE_DUCKDB_PATH", str(tmp_path / "warehouse.duckdb"))
    (tmp_path / "plumbline.yml").write_text(objects["ConfigMap"]["data"]["plumbline.yml"])
    done = CliRunner().invoke(cli, ["load", "--config", str(tmp_path / "plumbline.yml")])
    assert done.exit_code == ExitCode.FEED_FAILED, done.output
    assert "nothing.db does not exist" in done.output


def test_the_dag_compiles() -> None:
    compile(DAG.read_text(), DAG, "exec")


@pytest.mark.skipif(importlib.util.find_spec("airflow") is None, reason="Airflow is not in this environment")
def test_airflow_imports_the_dag(tmp_path: Path) -> None:
    done = run(
        sys.executable,
        "-c",
        "import runpy, sys; dag = runpy.run_path(sys.argv[1])['dag']; assert dag.task_ids == ['run']",
        DAG,
        env={"AIRFLOW_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout
