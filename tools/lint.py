"""Run every linter of the project, and fail at the end if one of them complained."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BRITISH = Path("tools") / "british.txt"
SCRIPTS = Path(sysconfig.get_path("scripts"))


def commands() -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "evaluate").rglob("*.py"))
    return {
        "ruff": [*python, "ruff", "check"],
        "format": [*python, "ruff", "format", "--check"],
        "types": [*python, "mypy"],
        "layers": [str(SCRIPTS / "lint-imports")],
        "docstrings": [*python, "numpydoc", "lint", *sources],
        "spelling": [*python, "codespell_lib", "--dictionary=-", f"--dictionary={BRITISH}"],
        "changelog": [*python, "towncrier", "build", "--draft", "--version", "next"],
    }


def main(names: list[str]) -> int:
    failed = []
    for name, command in commands().items():
        if names and name not in names:
            continue
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        print(f"{name:<11}{'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
