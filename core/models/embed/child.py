"""The embedder's process: `python -m core.models.embed.child`. Requests come in as lines of JSON, replies go out so.

Knows llama.cpp through core.models.llama.embedding only, and nothing of the engine. Requests (`id` is repeated in the
reply): load, tokens, embed. Replies: `done`, or `error` with title, advice and whether it will always be so.
"""

from __future__ import annotations

import base64
import json
import traceback
from pathlib import Path
from typing import Any

from core.errors import MoaError
from core.models.llama.embedding import EmbeddingModel
from core.models.process.child import pipes


def main() -> None:
    """Serve until the pipe ends, which is when the engine does."""
    requests, replies = pipes()
    model: EmbeddingModel | None = None
    for line in requests:
        request: dict[str, Any] = json.loads(line)
        try:
            if request["op"] == "load":
                model = EmbeddingModel(Path(request["path"]), **request["setup"])
                done: Any = [model.dim, model.device]
            else:
                assert model, "load comes first"
                texts = request["texts"]
                counts = request["op"] == "tokens"
                done = [model.count(t) for t in texts] if counts else base64.b64encode(model.embed(texts)).decode()
            reply: dict[str, Any] = {"done": done}
        except MoaError as e:
            reply = {"error": [e.title, e.advice, getattr(e, "for_good", False)]}
        except Exception as e:
            traceback.print_exc()
            title = f"The embedding model's process met an unexpected problem ({type(e).__name__})."
            reply = {"error": [title, "Choose another embedding model.", True]}
        replies.write(json.dumps({"id": request["id"], **reply}).encode() + b"\n")
        replies.flush()


if __name__ == "__main__":
    main()
