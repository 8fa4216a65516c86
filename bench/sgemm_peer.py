"""sgemm_peer.py: GFLOP/s of a product of 512 x 512 matrices of floats by numpy's BLAS on one thread, the best of 60: what the
machine can do, not what its other users leave. Prints "GFLOPS NAME AND VERSION"."""
import ctypes
import re
import time

import numpy

a = numpy.random.default_rng(1).random((512, 512), dtype=numpy.float32)
b, best = a.T.copy(), 0.0
for _ in range(60):
    begun = time.process_time()
    a @ b
    best = max(best, 2 * 512 ** 3 / (time.process_time() - begun) / 1e9)

# OpenBLAS picks its kernel by the processor; its name says whether it knew this one.
name = "BLAS"
found = re.search(r"\S*openblas\S*\.so\S*", open("/proc/self/maps").read())
if found:
    library = ctypes.CDLL(found[0])
    for prefix in ("openblas", "scipy_openblas"):
        for suffix in ("", "64_"):
            said = getattr(library, f"{prefix}_get_config{suffix}", None)
            if said:
                said.restype = ctypes.c_char_p
                words = said().decode().split()
                name = f"{words[0]} {words[1]} ({words[-2]})"
print(f"{best:.1f} {name}, numpy {numpy.__version__}")
