"""Which portals may be on one server, before the first contact: with the names that every machine knows."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from monitoring.nights import plan_batches
from phuongchi.runners.servers import servers_of, together
from storage.records import Portal


def portal(name: str, url: str, server: str = "") -> Portal:
    """A portal by name."""
    return Portal(id=name, url=url, server=server)


def test_servers_of_when_names_lead_to_one_address_then_each_port_of_loopback_is_a_server() -> None:
    portals = [
        portal("name", "http://localhost:8801/"), portal("address", "http://127.0.0.1:8801/"),
        portal("other", "http://127.0.0.1:8802/"), portal("known", "http://localhost:8802/", "192.0.2.7"),
        portal("nowhere", "http://no-such-host.invalid/"),
    ]  # fmt: skip
    found = asyncio.run(servers_of(portals))
    assert "127.0.0.1:8801" in found["name"] & found["address"]
    assert found["other"] == {"127.0.0.1:8802"}
    assert (found["known"], found["nowhere"]) == ({"192.0.2.7"}, {"no-such-host.invalid"})


def test_together_when_names_share_any_address_then_they_share_a_batch() -> None:
    portals = [portal(name, f"https://{name}/") for name in "abcd"]
    servers = {"a": frozenset("12"), "b": frozenset("5"), "c": frozenset("23"), "d": frozenset("34")}
    batches = plan_batches(together(portals, servers), size=3)
    assert [{one.id for one in batch} for batch in batches] == [{"a", "c", "d"}, {"b"}]
    assert together([replace(portals[1], server="5")], servers)[0].server == "5"
