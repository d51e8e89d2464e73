"""Find trailing spaces, tabs for indentation, foreign line ends and missing final newlines."""

import sys
from pathlib import Path

TABS_BELONG_IN = {"Makefile"}


def faults(path: Path) -> list[str]:
    """Say what is wrong with a file, one line a fault."""
    text = path.read_bytes()
    if not text:
        return []
    found = []
    if b"\r" in text:
        found.append(f"{path}: line ends are not plain newlines")
    if not text.endswith(b"\n") or text.endswith(b"\n\n"):
        found.append(f"{path}: must end with one newline")
    for number, line in enumerate(text.split(b"\n"), start=1):
        if line.endswith((b" ", b"\t")):
            found.append(f"{path}:{number}: trailing space")
        if line.startswith(b"\t") and path.name not in TABS_BELONG_IN:
            found.append(f"{path}:{number}: tab for indentation")
    return found


def main(names: list[str]) -> int:
    """Check the files that are named; return 1 where one has a fault."""
    found = [fault for name in names for fault in faults(Path(name))]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
