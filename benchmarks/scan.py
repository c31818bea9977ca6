"""Look at the size and time of each file in some folders, importing nothing for it.

It is the least that a build has to do where nothing changed.
"""

import os
import sys

waiting = sys.argv[1:]
while waiting:
    with os.scandir(waiting.pop()) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                entry.stat()
