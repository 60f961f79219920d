"""Functions as a notebook's cell defines them: with a source that can be read back."""

import itertools
import linecache
from typing import Any

_numbers = itertools.count(1)


def cell(source: str, **notebook: Any) -> dict[str, Any]:
    """Run a cell in a notebook that already holds these names; return all that it then holds."""
    file = f"<cell {next(_numbers)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), notebook)
    return notebook
