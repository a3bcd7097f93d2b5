"""The socket that `serve` listens on."""

from __future__ import annotations

import socket

import pytest

from phuongchi.commands.serve import listen
from storage.errors import UsageError


def test_connection_when_accepted_then_it_sends_at_once() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_listen_when_the_place_is_taken_then_told_to_take_another() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(UsageError, match="--port"):
        listen("127.0.0.1", listener.getsockname()[1])
