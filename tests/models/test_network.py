"""Addresses of machines that carry part of a language model."""

from __future__ import annotations

import socket

import pytest

from core.errors import BadRequest, ModelProblem
from core.models import network


def test_addresses_are_read_as_people_write_them() -> None:
    assert network.machines("") == network.machines(" , ") == ()
    assert network.machines(" 192.168.0.5:50052,desk.lan:50052 , 192.168.0.5:50052") == (
        "192.168.0.5:50052", "desk.lan:50052",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["desk", "desk:", ":50052", "desk:0", "desk:65536", "desk:5x", "http://desk:50052", "[::1]:50052", "a b:1"]
)
def test_what_is_no_address_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadRequest, match="no address") as caught:
        network.machines(f"192.168.0.5:50052, {text}")
    assert text in caught.value.title and "`machines`" in caught.value.advice


def test_what_leaves_this_machine_is_told() -> None:
    addresses = ("127.0.0.1:1", "localhost:2", "192.168.0.5:3", "desk.lan:4")
    assert network.leaving(addresses) == "192.168.0.5:3, desk.lan:4"
    assert network.leaving(addresses[:2]) == ""


def test_a_machine_is_looked_for_before_it_is_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as there:
        address = f"127.0.0.1:{there.getsockname()[1]}"
        network.reach(address)
    with pytest.raises(ModelProblem, match=f"{address} cannot be reached"):
        network.reach(address)
    with pytest.raises(BadRequest, match="MOA_OFFLINE"):
        network.reach("192.168.0.5:50052")
