#!/usr/bin/env python3
"""Sets Cocomposer up in `.venv` beside this file, then runs it.  Needs nothing but Python itself.

    python3 start.py                 set up, then open the window; without a display, arrange a shipped sketch into out/
    python3 start.py test [...]      set up, then run every check (further words go to pytest)
    python3 start.py bench [...]     set up, then measure everything, or only what is named (--quick: fewer rounds)
    python3 start.py screenshots     set up, then take pictures of the window into screenshots/, or the folder named
    python3 start.py propose ...     set up, then run the `cocomposer` command with these words

Setting up is done once; a stamp in `.venv` says for which requirements and which Python it was done.
The syntax stays within Python 3.8, so that an older Python gets a sentence instead of a syntax error.
"""

from __future__ import annotations

import ctypes
import difflib
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "cocomposer-setup.json"
UNFINISHED = VENV / "cocomposer-setup-unfinished"
LOG = VENV / "cocomposer-setup.log"
MODEL_LOG = VENV / "cocomposer-setup-model.log"
FIRST_SKETCH = ROOT / "assets" / "sketches" / "first_light.mid"

OLDEST, NEWEST = (3, 11), (3, 14)  # the audio libraries have ready-made packages for these
FREE_SPACE = 1_500_000_000  # bytes; the packages take about half of it once installed, the rest while unpacking
MODEL_SPACE = 1_200_000_000  # bytes that PyTorch needs besides: two thirds once installed, the rest while unpacking

# What the neural composer is made of.  From PyPI, PyTorch for Linux drags gigabytes of CUDA along; its builds for the
# processor alone are called `+cpu` there and lie on an index of their own.  Asking for exactly that name can only get
# the small one: from where pip looks anyway, else from that index.  macOS and Windows get the small one from PyPI.
MODEL = "model"
MODEL_PACKAGES = ("torch", "safetensors")
CPU_INDEX = "https://download.pytorch.org/whl/cpu"

# The first words there are: those of this file, then the commands of `cocomposer`.
WORDS = (
    "test",
    "bench",
    "screenshots",
    "propose",
    "render",
    "info",
    "provenance",
    "adapt",
    "plugins",
    "preset",
    "shelf",
    "taste",
    "styles",
)

# How each package manager installs, its names for what the audio libraries link to (OpenGL, libatomic, GLib), and those
# for what the window needs beside them (EGL, the X client libraries of Qt, PortAudio).
PACKAGE_MANAGERS = {
    "apt-get": (
        "apt-get install -y --no-install-recommends",
        ("libgl1", "libatomic1", "libglib2.0-0"),
        ("libegl1", "libxkbcommon0", "libxkbcommon-x11-0", "libdbus-1-3", "libfontconfig1", "libxcb-cursor0",
         "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-render-util0", "libxcb-shape0",
         "libxcb-xinerama0", "libxcb-xkb1", "libportaudio2"),
    ),
    "dnf": (
        "dnf install -y",
        ("libglvnd-glx", "libatomic", "glib2"),
        ("libglvnd-egl", "libxkbcommon-x11", "dbus-libs", "fontconfig", "xcb-util-cursor", "xcb-util-wm",
         "xcb-util-image", "xcb-util-keysyms", "xcb-util-renderutil", "portaudio"),
    ),
    "zypper": (
        "zypper install -y",
        ("libGL1", "libatomic1", "libglib-2_0-0"),
        ("libEGL1", "libxkbcommon-x11-0", "libdbus-1-3", "fontconfig", "libxcb-cursor0", "libxcb-icccm4",
         "libxcb-image0", "libxcb-keysyms1", "libxcb-render-util0", "libportaudio2"),
    ),
    "pacman": (
        "pacman -S --needed",
        ("libglvnd", "gcc-libs", "glib2"),
        ("libxkbcommon-x11", "dbus", "fontconfig", "xcb-util-cursor", "xcb-util-wm", "xcb-util-image",
         "xcb-util-keysyms", "xcb-util-renderutil", "portaudio"),
    ),
}  # fmt: skip
AUDIO, WINDOW = 1, 2  # places of the two kinds of libraries above
# The libraries that Qt opens only when a window does, and the one for sound cards, by the names they have everywhere.
WINDOW_LIBRARIES = ("libEGL.so.1", "libxkbcommon-x11.so.0", "libdbus-1.so.3", "libfontconfig.so.1",
                    "libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-image.so.0",
                    "libxcb-keysyms.so.1", "libxcb-render-util.so.0", "libxcb-xkb.so.1",
                    "libportaudio.so.2")  # fmt: skip
APP = "app"
TEST_PACKAGES = (
    "gcc",
    "libc6-dev",
    "amsynth",
    "zynaddsubfx-vst",
    "xvfb",
)  # real and broken plugins for the tests and a display for the window, by their Debian names

# The SoundFont player of first choice asks for PyAudio, which must be compiled on Linux and is not needed to render.
WITHOUT_DEPENDENCIES = ("tinysoundfont",)

# What must load before anything is run.
LOADED = ("numpy", "dawdreamer", "pedalboard", "symusic", "mido", "rich", "cocomposer")

NO_NETWORK = ("Retrying (", "NewConnectionError", "ConnectTimeout", "Name or service not known", "ProxyError",
              "Temporary failure in name resolution", "Network is unreachable", "Read timed out")  # fmt: skip


class SetupError(Exception):
    """Why nothing can be run, in one sentence."""


# --- Python ---------------------------------------------------------------------------------------------------------


def python_problem(version: tuple[int, int]) -> str | None:
    """What is wrong with a Python of that version, None if nothing is."""
    if OLDEST <= version <= NEWEST:
        return None
    return (
        f"Cocomposer needs Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]} and this is {version[0]}."
        f"{version[1]}: install one of those (https://www.python.org/downloads/) and run this file with it."
    )


def find_python() -> list[str] | None:
    """A command that starts a supported Python from the PATH, None where there is none."""
    versions = [f"{NEWEST[0]}.{minor}" for minor in (12, 11, *range(13, NEWEST[1] + 1))]
    candidates = [[f"python{version}"] for version in versions] + [["python3"], ["python"]]
    if os.name == "nt":
        candidates = [["py", f"-{version}"] for version in versions] + candidates
    for candidate in candidates:
        if shutil.which(candidate[0]):
            version = python_version([*candidate])
            if version and python_problem(version) is None:
                return candidate
    return None


def python_version(command: list[str]) -> tuple[int, int] | None:
    """Major and minor version of the Python that `command` starts, None where it does not start."""
    try:
        probe = subprocess.run(
            [*command, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, timeout=60, check=True
        )
        major, minor = probe.stdout.split()
        return int(major), int(minor)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def venv_program(name: str) -> str:
    """Path of a program inside the virtual environment."""
    return str(VENV / "Scripts" / f"{name}.exe" if os.name == "nt" else VENV / "bin" / name)


# --- Is anything to be done? ----------------------------------------------------------------------------------------


def fingerprint(version: tuple[int, int]) -> str:
    """A hash of all that decides what `.venv` must hold: requirements, pins, Python version, place."""
    digest = hashlib.sha256(f"{version} {ROOT}".encode())
    for name in ("pyproject.toml", "constraints.txt", "start.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def installed() -> list[str]:
    """Names of the files and folders of the installed packages, without those that carry a version."""
    folders = VENV.glob("Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages")
    return sorted(
        entry.name
        for folder in folders
        for entry in folder.iterdir()
        if not entry.name.endswith((".dist-info", ".pth"))
    )


def read_stamp() -> dict[str, Any]:
    """What the last finished set-up wrote down, empty where nothing readable is there."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        return {
            "fingerprint": stamp["fingerprint"],
            "extras": set(stamp["extras"]),
            "installed": set(stamp["installed"]),
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def is_ready(extras: set[str]) -> bool:
    """True where `.venv` holds what the requirements ask for, with these extras, and its Python starts."""
    stamp = read_stamp()
    if not stamp or UNFINISHED.exists() or not extras <= stamp["extras"] or not stamp["installed"] <= set(installed()):
        return False
    version = python_version([venv_program("python")])
    return version is not None and stamp["fingerprint"] == fingerprint(version)


# --- Setting up -----------------------------------------------------------------------------------------------------


def set_up(extras: set[str]) -> None:
    """Make `.venv` hold what is needed, and the extra `model` too where that can be had.

    Does nothing, quickly, where all of `extras` is there.
    """
    if is_ready(extras):
        return
    extras = (extras | read_stamp().get("extras", set())) - {MODEL}
    if not is_ready(extras):
        set_up_without_model(extras)
    if APP in extras:
        prepare_window()
    if add_model():
        extras.add(MODEL)
    version = python_version([venv_program("python")])
    assert version is not None
    written = {"fingerprint": fingerprint(version), "extras": sorted(extras), "installed": installed()}
    STAMP.write_text(json.dumps(written), encoding="utf-8")
    say("Ready.")


def set_up_without_model(extras: set[str]) -> None:
    """Make `.venv` hold the program and `extras`, and see to it that they load."""
    say("Setting Cocomposer up; this happens once and takes one to four minutes.")
    stamp = read_stamp()
    broken = not stamp.get("installed", set()) <= set(installed())
    if broken or UNFINISHED.exists() or python_version([venv_program("python")]) is None:
        remove_venv()  # packages or Python are gone, an interruption left it half-filled, or it was never made
    fill_venv(extras)
    problem = import_problem()
    if problem and ".so" in problem:
        install_system_packages("the audio libraries", libraries=AUDIO)
        problem = import_problem()
    if problem and ".so" not in problem:
        say("The environment is damaged; building it anew.")
        remove_venv()
        fill_venv(extras)
        problem = import_problem()
    if problem:
        raise SetupError(f"The installed packages do not load: {problem}")


def remove_venv() -> None:
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)


def fill_venv(extras: set[str]) -> None:
    """Create `.venv` where it is missing and install the program and `extras` into it."""
    free = shutil.disk_usage(ROOT).free
    if free < FREE_SPACE:
        raise SetupError(
            f"The disk is too full: Cocomposer needs {FREE_SPACE / 1e9:.1f} GB free at {ROOT} to set itself up, "
            f"and {free / 1e9:.1f} GB are left."
        )
    if python_version([venv_program("python")]) is None:
        if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
            install_system_packages("Python's venv module", packages=venv_packages())
        run_logged([sys.executable, "-m", "venv", str(VENV)], Path(os.devnull), "making .venv")
    UNFINISHED.touch()
    target = str(ROOT) + (f"[{','.join(sorted(extras))}]" if extras else "")
    pip_install("-e", target)
    try:
        pip_install("--no-deps", "--only-binary", ":all:", *WITHOUT_DEPENDENCIES)
    except SetupError:
        names = " or ".join(WITHOUT_DEPENDENCIES)
        say(f"There is no ready-made {names} for this Python: the second choice plays instead.")
    UNFINISHED.unlink()


def add_model() -> bool:
    """Install what the neural composer needs; where that cannot be done it says why and returns False."""
    UNFINISHED.touch()
    problem = install_model()
    UNFINISHED.unlink()
    if problem:
        say(f"The style composer plays alone, as PyTorch cannot be installed: {problem}")
    return problem is None


def install_model() -> str | None:
    """Install PyTorch without CUDA and all else in the extra `model`; the reason where that fails, else None."""
    free = shutil.disk_usage(ROOT).free
    if free < MODEL_SPACE:
        return f"it needs {MODEL_SPACE / 1e9:.1f} GB free at {ROOT}, and {free / 1e9:.1f} GB are left."
    packages, sources = list(MODEL_PACKAGES), [[]]
    if sys.platform == "linux":
        packages[0] = f"{torch_pin()}+cpu"
        sources.append(["--extra-index-url", CPU_INDEX])
    problem = None
    for source in sources:
        try:
            pip_install("--only-binary", ":all:", *source, *packages, log=MODEL_LOG)
        except SetupError as failed:
            problem = str(failed)
        else:
            problem = import_problem(MODEL_PACKAGES)
            if problem:  # whoever finds it there would take it for working
                pip = [venv_program("python"), "-m", "pip", "uninstall", "--yes", MODEL_PACKAGES[0]]
                run_logged(pip, MODEL_LOG, "removing PyTorch")
            break
    return problem


def torch_pin() -> str:
    """The line `torch==...` of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    return next(line for line in lines if line.startswith("torch=="))


def pip_install(*words: str, log: Path = LOG) -> None:
    """Install into `.venv` at the pinned versions."""
    pip = [venv_program("python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    run_logged([*pip, "-c", str(ROOT / "constraints.txt"), *words], log, "installing")


def venv_packages() -> tuple[str, ...]:
    """Debian's package of the venv module for this Python."""
    return (f"python{sys.version_info[0]}.{sys.version_info[1]}-venv",)


def run_logged(command: list[str], log: Path, doing: str) -> None:
    """Run a step with its output in `log` and its latest line on the terminal; raises SetupError with the cause."""
    # pip also builds this package in a place of its own, which only heeds what the environment says (the second name
    # since pip 25.3).  pip splits these values at spaces, which a path may have and a URI has not.
    pins = (ROOT / "constraints.txt").as_uri()
    environment = {"PIP_RETRIES": "2", **os.environ, "PIP_CONSTRAINT": pins, "PIP_BUILD_CONSTRAINT": pins}
    lines = []
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=str(ROOT),
            encoding="utf-8", errors="replace",
        )  # fmt: skip
        assert process.stdout is not None
        try:
            for line in process.stdout:
                lines.append(line)
                file.write(line)
                show_status(f"{doing}: {line.strip()}")
        finally:
            if process.poll() is None and sys.exc_info()[0] is not None:
                process.terminate()
            process.wait()
            show_status("")
    if process.returncode in (-signal.SIGINT, 130) or "Operation cancelled by user" in "".join(lines[-3:]):
        raise KeyboardInterrupt  # Ctrl-C reached the step before it reached this process
    if process.returncode != 0:
        raise SetupError(explain("".join(lines), doing, log))


def explain(output: str, doing: str, log: Path) -> str:
    """One sentence for what made a step fail, from what it printed."""
    if "No space left on device" in output or "Errno 28" in output:
        return f"The disk became full while {doing}: free {FREE_SPACE / 1e9:.1f} GB and run this again."
    if "CERTIFICATE_VERIFY_FAILED" in output:
        return (
            "The Python package index answered with a certificate that is not trusted here: if a proxy of yours "
            "replaces certificates, name its certificate file in the environment variable PIP_CERT."
        )
    if any(sign in output for sign in NO_NETWORK):
        return (
            "The Python package index could not be reached: check the network connection (or the proxy, or the "
            "index pip is set to) and run this again; what is downloaded already is kept."
        )
    if "ensurepip is not available" in output:
        return f"This Python lacks ensurepip; on Debian and Ubuntu run: apt-get install {venv_packages()[0]}"
    errors = [line.strip() for line in output.splitlines() if "error" in line.lower()]
    where = f" All of what was printed is in {log}." if log.exists() and str(log) != os.devnull else ""
    return f"Something failed while {doing}: {errors[-1] if errors else 'no reason was printed.'}{where}"


def import_problem(modules: tuple[str, ...] = LOADED) -> str | None:
    """The error of loading `modules`, by default the native libraries and the program, in `.venv`; None if all load."""
    check = f"import {', '.join(modules)}"
    probe = subprocess.run(
        [venv_program("python"), "-c", check], cwd=str(VENV), capture_output=True, encoding="utf-8", errors="replace"
    )
    if probe.returncode == 0:
        return None
    return (probe.stderr.strip().splitlines() or [f"Python stopped with code {probe.returncode}."])[-1]


# --- System packages ------------------------------------------------------------------------------------------------


def install_command(packages: tuple[str, ...] = (), libraries: int = 0) -> tuple[str, str] | None:
    """The package manager found here and its command for `packages` (Debian's names) or a kind of libraries."""
    for manager, names in PACKAGE_MANAGERS.items():
        if shutil.which(manager) and (libraries or manager == "apt-get"):
            return manager, " ".join([names[0], *(names[libraries] if libraries else packages)])
    return None


def install_system_packages(purpose: str, packages: tuple[str, ...] = (), libraries: int = 0) -> None:
    """Install with apt-get as root; raises SetupError with the command to run where that cannot be done."""
    found = install_command(packages, libraries)
    if found is None:
        wanted = {
            AUDIO: "OpenGL (libGL.so.1), libatomic and GLib",
            WINDOW: ", ".join(WINDOW_LIBRARIES),
        }.get(libraries, purpose)
        raise SetupError(f"Your system lacks what {purpose} needs: install {wanted} and run this again.")
    manager, command = found
    if manager != "apt-get" or not is_root():
        raise SetupError(f"Your system lacks what {purpose} needs; run this, then start again: sudo {command}")
    say(f"Installing system packages for {purpose}: {command}")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for step in (["apt-get", "update"], command.split()):
        done = subprocess.run(step, env=environment, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason was printed"])[-1]
        raise SetupError(f"System packages for {purpose} could not be installed ({last}); run this yourself: {command}")


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def missing_libraries() -> list[str]:
    """Names of the libraries of the window that this system lacks; Qt brings its own to macOS and Windows."""
    if sys.platform != "linux":
        return []
    missing = []
    for name in WINDOW_LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    return missing


def prepare_window() -> None:
    """Get the libraries that the window needs; without them the commands work all the same, and that is said."""
    if not missing_libraries():
        return
    try:
        install_system_packages("the window", libraries=WINDOW)
    except SetupError as problem:
        say(f"{problem}\nWithout it the window does not open; the commands work all the same.")


def window_can_open() -> bool:
    """Whether there is a display and everything the window is made of."""
    display = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(display) and not missing_libraries() and import_problem(("PyQt6.QtWidgets",)) is None


def prepare_plugins() -> None:
    """Get the plugins, the compiler and the display that some tests use; without them those tests are skipped."""
    if shutil.which("apt-get") is None:
        return
    query = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *TEST_PACKAGES],
        capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    present = {line.split()[0] for line in query.stdout.splitlines() if line.endswith(" installed")}
    missing = tuple(name for name in TEST_PACKAGES if name not in present)
    if missing:
        try:
            install_system_packages("the tests of real plugins and windows", missing)
        except SetupError as problem:
            say(f"{problem}\nWithout them those tests are skipped.")


# --- What to run ----------------------------------------------------------------------------------------------------


def run_checks(arguments: list[str]) -> int:
    """Every check of the project, all of them even when one fails; 0 where all are satisfied."""
    prepare_plugins()
    python = venv_program("python")
    checks = [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format --check", [python, "-m", "ruff", "format", "--check", "."]),
        ("mypy --strict", [python, "-m", "mypy", "--strict"]),
        ("import rules", [venv_program("lint-imports")]),
        ("pytest", [python, "-m", "pytest", *arguments]),
    ]
    if MODEL not in read_stamp()["extras"]:
        say("Left out, as they need PyTorch: mypy and the tests of the neural composer.")
        checks = [check for check in checks if check[0] != "mypy --strict"]
    failed = []
    for name, command in checks:
        say(f"\n== {name}")
        if subprocess.run(command, cwd=str(ROOT)).returncode != 0:
            failed.append(name)
    if failed:
        say(f"Not satisfied: {', '.join(failed)}.")
    return 1 if failed else 0


def word_problem(word: str) -> str | None:
    """What is wrong with the first word of the command line, None if nothing is; `cocomposer` judges the options."""
    if word in WORDS or word.startswith("-"):
        return None
    if Path(word).suffix:
        name = f'"{word}"' if " " in word else word
        return f"Say what to do with {word}: python3 start.py propose {name}"
    near = difflib.get_close_matches(word.lower(), WORDS, n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    return f"There is no command {word!r}{hint} The commands are {', '.join(WORDS)}; without any, the window opens."


def hand_over(command: list[str]) -> int:
    """Become `command` where the system can, else run it and pass its exit code on."""
    sys.stdout.flush()
    if os.name == "posix":
        os.execvp(command[0], command)
    return subprocess.call(command)


def show_status(text: str) -> None:
    """Overwrite the terminal's last line; nothing where there is no terminal."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write("\r" + text[:width].ljust(width) + ("" if text else "\r"))
        sys.stderr.flush()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(__doc__, end="")
        return 0
    wrong = word_problem(arguments[0]) if arguments else None
    if wrong:
        say(wrong)
        return 2
    problem = python_problem((sys.version_info[0], sys.version_info[1]))
    if problem:
        other = find_python()
        if other is None:
            raise SetupError(problem)
        return hand_over([*other, str(Path(__file__).resolve()), *arguments])
    if arguments[:1] == ["test"]:
        set_up({"dev", APP, MODEL})
        return run_checks(arguments[1:])
    if arguments[:1] == ["bench"]:
        set_up({"dev", APP, MODEL})
        return hand_over([venv_program("python"), str(ROOT / "tests" / "benchmarks" / "bench.py"), *arguments[1:]])
    set_up({APP} if arguments else {APP, MODEL})  # with words, no time is lost trying again for what could not be had
    python = venv_program("python")
    if arguments[:1] == ["screenshots"]:
        return hand_over([python, "-m", "cocomposer.ui.screenshots", *arguments[1:]])
    if not arguments and window_can_open():
        say("Opening the window.")
    elif not arguments:
        say("No window can open here.")
        say("Arranging a sketch that comes with Cocomposer.  Your own: python3 start.py propose FILE")
        arguments = ["propose", str(FIRST_SKETCH), "--out", str(ROOT / "out")]
    return hand_over([python, "-m", "cocomposer", *arguments])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("\nStopped. Run it again to go on.")
        sys.exit(130)
    except SetupError as problem:
        say(str(problem))
        sys.exit(1)
    except OSError as problem:
        if problem.errno == 28:  # ENOSPC
            say(f"The disk is full: free {FREE_SPACE / 1e9:.1f} GB at {ROOT} and run this again.")
        else:
            say(f"{problem.filename or ROOT}: {problem.strerror}. Check that this folder can be written to.")
        sys.exit(1)
