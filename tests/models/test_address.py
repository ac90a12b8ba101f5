"""Endpoint addresses have one interpretation, contain no credentials, and are known to be public or private."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.errors import ConfigurationError
from codesteer.models.address import Address, is_local_name, is_public, parse_address, parse_model_url
from codesteer.models.endpoint_pattern import parse_endpoint_pattern

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("HTTPS://API.OpenAI.com/v1", "https://api.openai.com:443"),
        ("https://api.openai.com.:443/v1/", "https://api.openai.com:443"),
        ("http://h.example", "http://h.example:80"),
        ("http://h.example:8080/v1", "http://h.example:8080"),
        ("http://bücher.example/v1", "http://xn--bcher-kva.example:80"),
        ("http://ａｐｉ.example", "http://api.example:80"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]:80"),
        ("http://127.1/v1", "http://127.0.0.1:80"),
        ("http://2130706433", "http://127.0.0.1:80"),
        ("http://0x7f000001/", "http://127.0.0.1:80"),
        ("http://0177.0.0.1/", "http://127.0.0.1:80"),
        ("http://１２７.０.０.１/", "http://127.0.0.1:80"),
        ("http://localhost./v1", "http://localhost:80"),
        ("http://ⓛocalhost/v1", "http://localhost:80"),
    ],
)
def test_notations_of_one_address_are_equal(text: str, origin: str) -> None:
    address = parse_address(text, "it")
    assert address.origin == origin
    assert parse_address(address.url, "it") == address, "what is connected to is read as it was checked"


@pytest.mark.parametrize(
    "text",
    [
        f"http://user:{SECRET}@h.example/v1",
        f"http://{SECRET}@h.example/v1",
        f"http://api.openai.com:{SECRET}@h.example/v1",
        f"http://h.example/v1?api_key={SECRET}",
        f"http://h.example/v1?{SECRET}",
        f"http://[::1]@{SECRET}:80/",
        f"http://h.example\\@{SECRET}/v1",
        f"http://h.example/{SECRET}%2f..",
        f"http://h.example/../{SECRET}",
        f"http://h.example:{SECRET}/",
        f"http://h.example:0/{SECRET}",
        f"http://{SECRET} .example/",
        f"http://h.example/\r\nX: {SECRET}",
        f"ftp://user:{SECRET}@h.example",
        f"http:///{SECRET}",
        f"http://[fe80::1%25{SECRET}]/",
        f"http://a..{SECRET}/",
        f"http://{SECRET * 400}.example",
        f"http://h.example/v1?#{SECRET}",
    ],
)
def test_invalid_addresses_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        parse_address(text, "the model's address")
    assert SECRET not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_error_says_where_to_put_the_key() -> None:
    with pytest.raises(ConfigurationError, match="CODESTEER_ENDPOINT_KEYS"):
        parse_model_url(f"https://user:{SECRET}@h.example/v1#m")


def read(text: str) -> Address | str:
    """The address, or why it is none."""
    try:
        return parse_address(text, "it")
    except ConfigurationError as error:
        return str(error)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_one_line_error(text: str) -> None:
    for candidate in (text, f"http://{text}", f"https://h.example/{text}", f"http://h.example:{text}"):
        found = read(candidate)
        if isinstance(found, Address):
            assert read(found.url) == found
            assert not {"@", "?", "#"} & set(found.origin)
        else:
            assert "\n" not in found


PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("ip", PRIVATE)
def test_private_addresses_are_not_public(ip: str) -> None:
    assert not is_public(ip_address(ip))


@pytest.mark.parametrize("ip", ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111"])
def test_public_addresses_are_public(ip: str) -> None:
    assert is_public(ip_address(ip))


@given(st.integers(0, 2**32 - 1))
def test_embedded_ipv4_addresses_are_never_public(number: int) -> None:
    for prefix in (0, 0xFFFF << 32, 0x64FF9B << 96, 0x2002 << 112):
        shift = 80 if prefix == 0x2002 << 112 else 0
        assert not is_public(ip_address((prefix | number << shift).to_bytes(16)))


@pytest.mark.parametrize("name", ["localhost", "a.localhost", "redis", "db.internal", "printer.local"])
def test_local_host_names(name: str) -> None:
    assert is_local_name(name)
    assert not is_local_name("api.example")


@pytest.mark.parametrize(
    ("place", "address", "covered"),
    [
        ("http://h.example", "http://h.example/v1", True),
        ("http://h.example:80/v1", "http://H.example./v1/", True),
        ("http://h.example/v1", "http://h.example/v2", False),
        ("http://h.example/v1", "http://h.example/v1/x", False),
        ("http://h.example", "https://h.example", False),
        ("http://h.example", "http://h.example:81", False),
        ("http://h.example:*", "http://h.example:81/v1", True),
        ("http://h.example:*", "http://h.example.evil:81", False),
        ("http://h.example", "http://xh.example", False),
    ],
)
def test_an_endpoint_pattern_matches_its_addresses(place: str, address: str, covered: bool) -> None:
    assert parse_endpoint_pattern(place, "it").matches(parse_address(address, "it")) is covered
