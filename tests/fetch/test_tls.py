from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory

from crawler.fetch.tls import Faults, PortalTls


def test_tls_when_hosts_are_verified_then_share_what_trust_is_made_of_and_each_its_own_name() -> None:
    policy = PortalTls(_ScrapyClientContextFactory(verify_certificates=True), frozenset({"lax.vn"}), Faults())
    protocol = SimpleNamespace(factory=SimpleNamespace(wrappedFactory=None))
    names = (b"mot.vn", b"hai.vn", b"lax.vn")
    connections: list[Any] = [policy.creatorForNetloc(name, 443).clientConnectionForTLS(protocol) for name in names]
    one, two, excused = (connection.get_context() for connection in connections)
    assert one is two
    assert one is not excused
    assert [connection.get_servername() for connection in connections] == list(names)
