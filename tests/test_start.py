"""start.py: what it decides before and around the long work of installing."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def start(tmp_path: Path) -> ModuleType:
    """start.py as a module of its own, in a copy of the project's folder that it may fill.

    The folder's name holds what shells, pip and URIs each treat in their own way.
    """
    folder = tmp_path / "my music #1 100% é"
    folder.mkdir()
    for name in ("start.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder / name)
    spec = importlib.util.spec_from_file_location("start_under_test", folder / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def filled(start: ModuleType) -> ModuleType:
    """start.py beside a finished environment: a real, empty one, with a package and a stamp."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(start.VENV)], check=True)
    packages = next(start.VENV.glob("Lib/site-packages" if sys.platform == "win32" else "lib/python*/site-packages"))
    (packages / "melody").mkdir()
    version = start.python_version([start.venv_program("python")])
    stamp = {"fingerprint": start.fingerprint(version), "extras": ["dev"], "installed": start.installed()}
    start.STAMP.write_text(json.dumps(stamp))
    return start


@pytest.mark.parametrize("version", [(2, 7), (3, 8), (3, 10), (3, 15), (4, 0)])
def test_unsupported_python_is_named_in_one_sentence(start: ModuleType, version: tuple[int, int]) -> None:
    problem = start.python_problem(version)
    assert f"{version[0]}.{version[1]}" in problem
    assert "3.11" in problem
    assert "\n" not in problem


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_supported_python_is_no_problem(start: ModuleType, version: tuple[int, int]) -> None:
    assert start.python_problem(version) is None


def test_a_python_is_found_and_its_version_read(start: ModuleType) -> None:
    assert start.python_version([sys.executable]) == sys.version_info[:2]
    assert start.python_version(["/no/such/python"]) is None


def test_the_requirement_in_pyproject_is_the_oldest_python(start: ModuleType) -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={start.OLDEST[0]}.{start.OLDEST[1]}"


def test_every_requirement_is_pinned(start: ModuleType) -> None:
    """Whatever pyproject.toml asks for, by whatever name, has its line in constraints.txt."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    pinned = {
        line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line
    }
    names = {requirement.replace("<", ">").replace("=", ">").split(">")[0].strip().lower() for requirement in wanted}
    assert names | set(start.WITHOUT_DEPENDENCIES) <= pinned


def test_a_finished_environment_is_ready(filled: ModuleType) -> None:
    assert filled.is_ready({"dev"})
    assert filled.is_ready(set())


def test_a_missing_extra_is_to_be_installed(filled: ModuleType) -> None:
    assert not filled.is_ready({"dev", "app"})


def test_changed_requirements_are_noticed(filled: ModuleType) -> None:
    with (filled.ROOT / "constraints.txt").open("a") as file:
        file.write("another==1.0\n")
    assert not filled.is_ready(set())


def test_a_lost_package_is_noticed(filled: ModuleType) -> None:
    next(filled.VENV.rglob("melody")).rmdir()
    assert not filled.is_ready(set())


def test_a_lost_python_is_noticed(filled: ModuleType) -> None:
    Path(filled.venv_program("python")).unlink()
    assert not filled.is_ready(set())


def test_an_interrupted_set_up_is_noticed(filled: ModuleType) -> None:
    filled.UNFINISHED.touch()
    assert not filled.is_ready(set())


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"fingerprint": 1}', '{"extras": 3, "fingerprint": "", "installed": []}']
)
def test_a_damaged_stamp_is_no_stamp(filled: ModuleType, text: str) -> None:
    filled.STAMP.write_text(text)
    assert not filled.is_ready(set())


def test_a_full_disk_is_said_before_anything_is_made(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))
    with pytest.raises(start.SetupError, match="disk is too full"):
        start.set_up(set())
    assert not start.VENV.exists()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk became full"),
        ("WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError'", "check the network"),
        ("Error: ensurepip is not available", "apt-get install python3"),
        ("ERROR: ResolutionImpossible: these conflict", "ResolutionImpossible"),
        ("", "no reason was printed"),
    ],
)
def test_a_failed_step_is_explained(start: ModuleType, output: str, sentence: str) -> None:
    assert sentence in start.explain(output, "installing", start.LOG)


class Pip:
    """Stands in for pip: notes what it is asked for, and fails while `refusals` are left."""

    def __init__(self, start: ModuleType, refusals: int) -> None:
        self._start, self._refusals, self.asked = start, refusals, []

    def __call__(self, *words: str, log: Path) -> None:
        self.asked.append(words)
        self._refusals -= 1
        if self._refusals >= 0:
            raise self._start.SetupError(f"No matching distribution for {words[-2]}.")


@pytest.mark.parametrize(
    ("platform", "refusals", "torch", "indexes"),
    [("linux", 0, "+cpu", [False]), ("linux", 1, "+cpu", [False, True]), ("darwin", 0, "torch", [False])],
)
def test_only_pytorch_without_cuda_is_ever_asked_for(
    filled: ModuleType, monkeypatch: pytest.MonkeyPatch, platform: str, refusals: int, torch: str, indexes: list[bool]
) -> None:
    """From where pip looks anyway, and on Linux from PyTorch's own index where it is not there."""
    pip = Pip(filled, refusals)
    monkeypatch.setattr(filled.sys, "platform", platform)
    monkeypatch.setattr(filled, "pip_install", pip)
    monkeypatch.setattr(filled, "import_problem", lambda _: None)
    assert filled.add_model()
    assert [filled.CPU_INDEX in words for words in pip.asked] == indexes
    assert all(words[-2].startswith("torch") and words[-2].endswith(torch) for words in pip.asked)
    assert not filled.UNFINISHED.exists()


def test_without_pytorch_the_set_up_is_finished_all_the_same(
    filled: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(filled, "pip_install", Pip(filled, 2))
    filled.set_up({"dev", filled.MODEL})
    said = capsys.readouterr().err
    assert "style composer plays alone, as PyTorch cannot be installed: No matching distribution for torch==" in said
    assert filled.is_ready({"dev"})
    assert not filled.is_ready({filled.MODEL})


def test_pytorch_that_does_not_load_is_taken_away(filled: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(filled, "pip_install", Pip(filled, 0))
    monkeypatch.setattr(filled, "run_logged", lambda command, *_: ran.append(command))
    filled.set_up({filled.MODEL})  # the environment of this test is empty: nothing can be imported in it
    assert [command[3:] for command in ran] == [["uninstall", "--yes", "torch"]]
    assert not filled.is_ready({filled.MODEL})


def test_a_disk_too_small_for_pytorch_alone_is_no_obstacle(filled: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filled.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))
    assert "GB free" in filled.install_model()
    assert not filled.add_model()


def test_the_extra_model_is_what_start_installs(start: ModuleType) -> None:
    import tomllib

    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"][start.MODEL]
    assert tuple(requirement.split(">")[0] for requirement in extra) == start.MODEL_PACKAGES


def test_what_pytorch_needs_is_pinned_with_it() -> None:
    from importlib import metadata

    pytest.importorskip("torch")
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text().split()}
    needed, seen = ["torch", "safetensors"], set()
    while needed:
        name = needed.pop()
        if name not in seen:
            seen.add(name)
            wanted = metadata.requires(name) or []
            needed += [re.split(r"[^\w-]", each)[0].lower() for each in wanted if "extra ==" not in each]
    assert seen <= pinned


def test_missing_system_packages_come_with_the_command(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.shutil, "which", lambda name: "/usr/bin/dnf" if name == "dnf" else None)
    with pytest.raises(start.SetupError, match="sudo dnf install -y libglvnd-glx libatomic glib2"):
        start.install_system_packages("the audio libraries", libraries=start.AUDIO)
    monkeypatch.setattr(start.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(start, "is_root", lambda: False)
    with pytest.raises(start.SetupError, match=r"sudo apt-get install .* gcc"):
        start.install_system_packages("the tests", ("gcc",))


def test_a_window_that_cannot_open_is_no_obstacle(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(start, "WINDOW_LIBRARIES", ("libno-such-thing.so.9",))
    monkeypatch.setattr(start.shutil, "which", lambda name: "/usr/bin/dnf" if name == "dnf" else None)
    start.prepare_window()
    said = capsys.readouterr().err
    assert "sudo dnf install -y libglvnd-egl" in said
    assert "the commands work all the same" in said
    monkeypatch.setenv("DISPLAY", ":0")
    assert not start.window_can_open()


def test_without_a_display_no_window_is_tried(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(start, "WINDOW_LIBRARIES", ())
    monkeypatch.setattr(start, "import_problem", lambda _: None)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not start.window_can_open()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert start.window_can_open()


def test_an_unreachable_index_is_one_sentence(start: ModuleType) -> None:
    """The real thing: an environment is made, pip runs into a dead index, and the person is told what to check."""
    environment = {
        "PATH": "",
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_RETRIES": "1",
        "HOME": str(start.ROOT),
    }
    done = subprocess.run(
        [sys.executable, str(start.ROOT / "start.py"), "styles"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "could not be reached" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("word", "sentence"),
    [("tset", "did you mean test?"), ("Bench", "did you mean bench?"), ("propse", "did you mean propose?"),
     ("zzz", "The commands are test, bench, screenshots"), ("my song.mid", 'start.py propose "my song.mid"')],
)  # fmt: skip
def test_a_mistyped_word_is_answered_before_anything_is_set_up(start: ModuleType, word: str, sentence: str) -> None:
    done = subprocess.run(
        [sys.executable, str(start.ROOT / "start.py"), word], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert not start.VENV.exists()


def test_every_command_of_the_program_can_be_said(start: ModuleType) -> None:
    from cocomposer.cli import COMMANDS

    assert ("test", "bench", "screenshots", *COMMANDS) == start.WORDS
    assert [start.word_problem(word) for word in (*start.WORDS, "--version")] == [None] * (len(start.WORDS) + 1)
