"""`python -m cocomposer` is the `cocomposer` command."""

import sys

from cocomposer.cli import main

sys.exit(main())
