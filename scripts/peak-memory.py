#!/usr/bin/env python3
"""Runs a command and writes down its peak memory as the kernel accounts for it.

    peak-memory.py FILE COMMAND [ARGUMENT...]

FILE gets the bytes of the most memory that was resident at once (getrusage(2), ru_maxrss); the status is that of
the command. A child starts with its parent's peak, so nothing below this program's own 10 MB can be told.
"""

import os
import sys

child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    print(usage.ru_maxrss * 1024, file=file)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
