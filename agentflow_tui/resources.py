"""Where the files that come with agentflow-tui are: themes and sample flows."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_folder(name: str, *, package: Path = _PACKAGE) -> Path:
    """Return the folder `name` ("themes" or "sample_configs") that ships with the program.

    An installed wheel keeps it in `_data` inside the package; a checkout keeps it beside the package.

    Args:
        name: The folder's name, a single path part.
        package: The package's own folder.

    Raises:
        FileNotFoundError: Neither place has such a folder.
    """
    candidates = (package / "_data" / name, package.parent / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    places = " nor ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"'{name}' is part of agentflow-tui but is neither in {places}; please reinstall")
