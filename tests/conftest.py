"""What every test runs under: no network beyond this machine, no telemetry, few threads."""

from __future__ import annotations

import os

# Before any library reads them. MOA_OFFLINE also holds for the child processes that tests start.
os.environ["MOA_OFFLINE"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["ANONYMIZED_TELEMETRY"] = "False"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ.setdefault("OMP_NUM_THREADS", "2")
