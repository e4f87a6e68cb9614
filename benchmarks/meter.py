"""Run a command and print ``{"status", "seconds", "peak_bytes", "output", "error"}``: a process as small as can be.

A child's peak memory counts its parent's at the fork, so nothing may be imported here that takes room.
"""

import json
import os
import subprocess
import sys
import tempfile
import time


def main() -> None:
    """Run the command line's command."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as error:
        start = time.perf_counter()
        child = subprocess.Popen(sys.argv[1:], stdout=output, stderr=error)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        error.seek(0)
        report = {
            "status": child.returncode,
            "seconds": seconds,
            "peak_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
            "output": output.read(),
            "error": error.read(),
        }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
