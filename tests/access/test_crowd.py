"""Two hundred people search at once while somebody writes: nobody gets an error but the one that says when to come again."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from storage.engine import connect
from tests.access.conftest import Shelf
from tests.access.served import serve
from tests.builders import make_reading, put_article

PEOPLE, WRITTEN = 200, 60


@pytest.mark.long
def test_searches_when_two_hundred_at_once_while_somebody_writes_then_answered_or_told_when_to_come_again(
    own_shelf: Shelf,
) -> None:
    database, done = connect(own_shelf.url, patience=0.0), threading.Event()  # a commit waits for no reader
    for number in range(200):
        put_article(database, make_reading(f"Tin cũ số {number}"))
    answers: Counter[tuple[int, bool]] = Counter()
    lock = threading.Lock()

    with serve(own_shelf.url, own_shelf.library.folder, seconds=2.0, patience=1.0) as server:

        def person() -> None:
            while True:
                answer = server.get("/api/v1/articles", q="tin cu", hits="true")
                with lock:
                    answers[answer.status, "Retry-After" in answer.headers] += 1
                if done.is_set():
                    return

        people = [threading.Thread(target=person) for _ in range(PEOPLE)]
        for one in people:
            one.start()
        for number in range(WRITTEN):  # ends, however many come in between
            put_article(database, make_reading(f"Tin mới số {number}"))
        done.set()
        for one in people:
            one.join()
        assert set(answers) <= {(200, False), (503, True)}
        assert answers[200, False] > 0
        assert server.api("/articles", q='"tin moi"', limit=200)["next"] is None
        assert len(server.api("/articles", q='"tin moi"', limit=200)["items"]) == WRITTEN
    database.close()
