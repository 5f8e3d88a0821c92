"""`python -m console`: the same as the command `understudy`."""

import sys

from console.cli import main

sys.exit(main())
