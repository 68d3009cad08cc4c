"""``python -m evidence_kit`` is the command line."""

import sys

from evidence_kit.cli import main

sys.exit(main())
