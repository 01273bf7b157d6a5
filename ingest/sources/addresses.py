"""Which network addresses content may be fetched from: public ones only."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from assistant.errors import ForbiddenAddress, SourceError

Resolver = Callable[[str, int], list[str]]
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
COMPATIBLE = IPv6Network("::/96")  # RFC 4291 §2.5.5.1, deprecated, still routed by some systems
# Special blocks of the IANA registries that not every Python release knows as such.
SPECIAL = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
)


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses of a host as the operating system resolves it."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def resolve(host: str, port: int, *, resolver: Resolver, permitted: frozenset[str] = frozenset()) -> str:
    """One address of the host, checked; connect to exactly this one, or a second look-up may answer otherwise.

    Raises:
        ForbiddenAddress: one of its addresses is not public (and not `permitted`).
        SourceError: the host does not resolve.
    """
    try:
        found = resolver(host, port)
    except (OSError, UnicodeError) as error:
        raise SourceError(f"{host} does not resolve: {error}") from error
    if not found:
        raise SourceError(f"{host} does not resolve.")
    for address in found:
        if address not in permitted and not is_public(address):
            raise ForbiddenAddress(
                f"{host} is at {address}, which is not a public address.",
                hint="Only public web content is fetched; ingest internal content from files.",
            )
    return found[0]


def is_public(address: str) -> bool:
    """Whether an address is a global unicast one, also after unwrapping the IPv4 address inside an IPv6 one."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _embedded(parsed) if isinstance(parsed, IPv6Address) else None
    if inner is not None:
        return _global(inner)
    return _global(parsed)


def _global(address: IPv4Address | IPv6Address) -> bool:
    special = any(address in network for network in SPECIAL)
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not (special or site_local or address.is_multicast or address.is_reserved)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in NAT64 or address in COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
