"""The wheel carries what lies outside the package, and works far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout without touching it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the installed wheel."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", str(folder), str(wheel)], check=True)
    return folder


def run(installed: Path, cwd: Path, *arguments: str) -> str:
    """What the installed program prints, run from another folder."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ILL_")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd, env={**environment, "PYTHONPATH": str(installed), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_template_and_the_example_configuration_are_inside(wheel: Path) -> None:
    inside = set(ZipFile(wheel).namelist())
    outside = {p.relative_to(ROOT / "templates") for p in (ROOT / "templates").rglob("*.*")}
    assert {path.parts[0] for path in outside} >= {"email", "xlsx"}
    wanted = {f"ill_workflows/_templates/{path.as_posix()}" for path in outside}
    assert wanted | {"ill_workflows/_templates/config.toml"} <= inside


def test_every_module_and_migration_is_inside(wheel: Path) -> None:
    inside = set(ZipFile(wheel).namelist())
    assert {
        p.relative_to(ROOT).as_posix() for p in (ROOT / "ill_workflows").rglob("*.py")
    } <= inside


def test_nothing_else_is_inside(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in ZipFile(wheel).namelist()}
    assert tops == {"ill_workflows", wheel.name.partition("-py3")[0] + ".dist-info"}


def test_the_program_runs_from_another_folder(installed: Path, tmp_path: Path) -> None:
    told = run(installed, tmp_path, "-c", "import ill_workflows as i; print(i.__file__)")
    assert Path(told.strip()).is_relative_to(installed)
    assert "collect" in run(installed, tmp_path, "-m", "ill_workflows", "--help")


def test_an_alliance_can_be_founded_and_checked_without_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    run(installed, tmp_path, "-m", "ill_workflows", "init", "alliance")
    assert (tmp_path / "alliance" / "config.toml").is_file()
    told = run(installed, tmp_path, "-m", "ill_workflows", "--home", "alliance", "check")
    assert "✗" not in told
