"""Search by meaning and by words over the whole history.

Whatever of it computes with numpy does so in one thread: with one for each core, OpenBLAS
and Accelerate spend twice the processor time on vectors of this size and are no faster.
They read that when numpy is first imported, which therefore happens below here.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
