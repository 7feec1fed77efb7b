"""Opens an embedder on a thread of its own: minutes at worst, once, for the export of a large model, during which files
are compared and read. Knows nothing of what it is opened for.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future

from core.index.embedding.space import TextEmbedder
from core.index.lane.orders import Orders


class Opening:
    """For the thread that indexes."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._under_way: dict[TextEmbedder, Future[None]] = {}

    def ready(self, embedder: TextEmbedder) -> bool:
        """Whether it is open by now; waits for it until there is something else to do. Raises `errors.SetupProblem`
        when it cannot be opened."""
        opening = self._under_way.get(embedder)
        if opening is None:
            # Nobody asks for those any more that were given up while they were opened.
            self._under_way = {other: f for other, f in self._under_way.items() if not f.done()}
            opening = self._under_way[embedder] = self._begin(embedder)
        self._orders.wait(lambda: self._orders.urgent or self._orders.paused or opening.done())
        if opening.done():
            del self._under_way[embedder]
            opening.result()
        return opening.done()

    def _begin(self, embedder: TextEmbedder) -> Future[None]:
        future: Future[None] = Future()

        def work() -> None:
            try:
                embedder.load()
                future.set_result(None)
            except BaseException as e:
                future.set_exception(e)
            self._orders.notify()

        threading.Thread(target=work, name="open embedder", daemon=True).start()
        return future
