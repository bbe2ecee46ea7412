"""One command to set up, run, test and measure SD Studio: `python3 packaging/dev.py run`, `… test`.

This file must be readable by any Python 3, so that an old one is told what it lacks; the work is in `steps/`.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the sentence below is what this block is for
    sys.exit(
        "SD Studio needs Python 3.11 or later, and this is Python "
        + ".".join(str(part) for part in sys.version_info[:3])
        + ".\nInstall a newer one (python.org, or your system's packages) and call it by name: "
        + "python3.11 packaging/dev.py "
        + " ".join(sys.argv[1:])
    )

from steps.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
