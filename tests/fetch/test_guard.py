from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.failures import Blocked
from crawler.fetch.guard import GuardedResolver, address_refusal, hosts_of, is_public, place, private_places, refusal
from storage.records import Portal

WARD = Portal(id="phuong7.gov.vn", url="https://phuong7.gov.vn/")
LOCAL = Portal(id="127.0.0.1-8801", url="http://127.0.0.1:8801/")
INSIDE = Portal(id="10.0.0.5", url="http://10.0.0.5/", allow_private=("10.0.0.5:80",))


@pytest.mark.parametrize(
    "url",
    [
        "https://phuong7.gov.vn/a", "http://phuong7.gov.vn/", "https://www.phuong7.gov.vn/b?c=1", "HTTPS://PHUONG7.gov.vn./",
        "https://phuong7.gov.vn:443/",
    ],
)  # fmt: skip
def test_refusal_when_url_is_on_the_portals_doorsteps_then_empty(url: str) -> None:
    assert refusal(url, WARD) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://phuong8.gov.vn/", "https://phuong7.gov.vn:8443/", "https://phuong7.gov.vn.example.com/",
        "https://phuong7.gov.vn@example.com/", "https://a:b@phuong7.gov.vn/", "file:///etc/passwd", "ftp://phuong7.gov.vn/",
        "javascript:alert(1)", "//phuong7.gov.vn/", "https:///x", "https://[::1", "http://127.0.0.1/", "http://169.254.169.254/",
        "https://phuong7.gov.vn/" + "a" * 3000, "",
    ],
)  # fmt: skip
def test_refusal_when_url_leads_away_then_says_why(url: str) -> None:
    assert refusal(url, WARD) != ""


def test_refusal_when_portal_is_loopback_then_exactly_its_port_is_open() -> None:
    assert refusal("http://127.0.0.1:8801/x", LOCAL) == ""
    assert refusal("http://127.0.0.1:8802/x", LOCAL) != ""
    assert refusal("http://localhost:8801/x", LOCAL) != ""
    assert private_places(LOCAL) == {"127.0.0.1:8801"}


def test_refusal_when_address_is_private_then_only_an_exact_entry_opens_it() -> None:
    assert refusal("http://10.0.0.5/", INSIDE) == ""
    assert refusal("http://10.0.0.5:81/", INSIDE) != ""
    assert refusal("http://10.0.0.5/", Portal(id="10.0.0.5", url="http://10.0.0.5/")) != ""


def test_address_refusal_when_a_name_leads_inside_then_says_why() -> None:
    assert address_refusal("127.0.0.1", "https://phuong7.gov.vn/", WARD) != ""
    assert address_refusal("113.160.1.1", "https://phuong7.gov.vn/", WARD) == ""
    assert address_refusal("127.0.0.1", "http://127.0.0.1:8801/", LOCAL) == ""


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.1.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "100.64.0.1", "::1", "fe80::1", "fc00::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::"],
)  # fmt: skip
def test_is_public_when_address_is_private_in_any_clothes_then_false(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


def test_is_public_when_address_is_of_the_open_network_then_true() -> None:
    assert is_public(ipaddress.ip_address("113.160.1.1"))
    assert is_public(ipaddress.ip_address("2001:4860:4860::8888"))


def test_hosts_of_when_portal_names_more_hosts_then_all_are_open() -> None:
    portal = Portal(id="a.vn", url="http://www.a.vn/", hosts=("www.a.vn", "tin.a.vn:8080"))
    assert hosts_of(portal) == {"a.vn", "www.a.vn", "tin.a.vn:8080", "www.tin.a.vn:8080"}


@given(st.text())
def test_refusal_when_given_anything_then_it_never_raises(url: str) -> None:
    assert isinstance(refusal(url, WARD), str)


@given(st.integers(min_value=1, max_value=65535))
def test_place_when_port_is_default_then_it_is_left_out(port: int) -> None:
    assert place(f"http://a.vn:{port}/") == ("a.vn" if port == 80 else f"a.vn:{port}")


def test_resolver_when_a_name_leads_inside_then_it_is_blocked() -> None:
    resolver = GuardedResolver(None, 0, 1.0)  # type: ignore[arg-type]  # the reactor is not needed to check an answer
    assert resolver._checked("113.160.1.1", "phuong7.gov.vn") == "113.160.1.1"
    with pytest.raises(Blocked):
        resolver._checked("10.0.0.5", "phuong7.gov.vn")
