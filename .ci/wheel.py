"""Fail when the wheel lacks a file of the package, or holds anything else."""

import sys
import zipfile
from pathlib import Path

LARGEST = 2_000_000  # bytes
ROOT = Path(__file__).parents[1]


def problems(wheel: Path) -> list[str]:
    """Return what is wrong with a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if not name.endswith("/")}
        scripts = [name for name in held if name.endswith("entry_points.txt")]
        entry = archive.read(scripts[0]).decode() if scripts else ""
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "magnet_sklearn").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    about = {name for name in held if ".dist-info/" in name}
    found = [f"lacks {name}" for name in sorted(package - held)]
    found += [f"holds {name}" for name in sorted(held - package - about)]
    if not any(name.endswith("/licenses/LICENSE") for name in about):
        found.append("lacks the licence")
    if "magnet-sklearn = magnet_sklearn._cli:main" not in entry:
        found.append("lacks the command magnet-sklearn")
    if (size := wheel.stat().st_size) > LARGEST:
        found.append(f"has {size} bytes, at most {LARGEST} are expected")
    return found


(wheel,) = Path(sys.argv[1]).glob("*.whl")
print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.2f} MB")
sys.exit("\n".join(problems(wheel)) or None)
