"""The practice endpoint: AUTOMATIC1111's HTTP API served on loopback, with no neural network.

Its sampler is real, its denoiser the analytic local score of a few procedurally painted pictures, so it needs no
weights and no graphics card. Nothing outside this package but the command line knows it.
"""

import os

# The sampler multiplies many small matrices; a BLAS that wakes all cores for each is ten times slower than one
# thread. Read when NumPy is first imported, so it has to be set here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
