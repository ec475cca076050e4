"""``python -m obspy_tng``: the same as ``obspy-tng``."""

import sys

from .scripts.main import main

if __name__ == "__main__":
    sys.exit(main())
