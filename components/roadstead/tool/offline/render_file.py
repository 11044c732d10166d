"""Renders one stack into a graph file, in a process of its own: `python -P render_file.py <project> <stack> <file>`.

It is run by its path, not as a module: the program and the recording engine are whatever revision the process imports, and
what it writes has the form that the caller reads. Ends with 0; with 2 where settings cannot be used and with 1 where the
program fails, and then the file says why.
"""

import gc
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from roadstead.tool.offline.errors import InputError, OfflineError
from roadstead.tool.offline.render import render

BAD_INPUT, FAILED = 2, 1


def main(project: str, stack: str, file: str) -> int:
    """Renders, and says how it ended."""
    try:
        text, code = _callers_graph_file().dumps(render(Path(project), stack)), 0
    except InputError as error:
        text, code = str(error), BAD_INPUT
    except OfflineError as error:
        text, code = str(error), FAILED
    Path(file).write_text(text, encoding="utf-8")
    return code


def _callers_graph_file() -> ModuleType:
    spec = spec_from_file_location("callers_graph_file", Path(__file__).with_name("graph_file.py"))
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    # The process ends soon after it has its graph: looking through millions of objects for garbage is not worth it.
    gc.disable()
    sys.exit(main(*sys.argv[1:]))
