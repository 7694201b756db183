"""The offline half: documents in, searchable index out. `python -m index` is its command."""

import os

# Matrices are small here. Where other threads want the cores too, OpenBLAS's own wait for each
# other a hundred times as long as one takes alone. It reads this once, when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
