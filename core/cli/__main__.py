"""`python -m core.cli`: the command line without the window."""

import sys

from core.cli.program import main

sys.exit(main(sys.argv[1:]))
