"""Runs openssl for each line of input, its arguments, and answers with the CPU time of the run in milliseconds."""

import resource
import subprocess
import sys

for line in sys.stdin:
    subprocess.run(["openssl", *line.rstrip("\n").split("\t")], check=True, capture_output=True)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    # The sum since the start; the caller takes differences.
    print((usage.ru_utime + usage.ru_stime) * 1000, flush=True)
