"""Who may talk to the page: a browser on the page's own address, and nobody on another site's behalf.

A page of another site can make a browser send requests to 127.0.0.1, and by DNS rebinding even under its own name.
So the Host header must be ours, a request that changes something must come from our own page (Origin, Sec-Fetch-Site
and a header that other sites cannot set without asking first), and every answer carries a strict content policy.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OWN_HEADER = b"x-evidence-kit"
"""Set by our own script. Another site's script cannot set it without a preflight, which is never granted."""
SAFE = {"GET", "HEAD"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cache-control", b"no-store"),
)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends small lines at once; without, each waits 40 ms for the last one's receipt.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.bind((host, port))
        listener.listen(64)
    except OSError:
        listener.close()
        raise
    return listener


def allowed_hosts(host: str, port: int) -> frozenset[str]:
    """The Host headers that are ours. On all addresses (0.0.0.0) only this machine's own names count."""
    names = {"127.0.0.1", "localhost", "[::1]"}
    if host in ("0.0.0.0", "::"):  # noqa: S104 - the user asked for it
        names |= {socket.gethostname().lower(), *_own_addresses()}
    else:
        names.add(f"[{host}]" if ":" in host else host.lower())
    return frozenset({f"{name}:{port}" for name in names} | (names if port == 80 else set()))


def _own_addresses() -> set[str]:
    try:
        return {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    except OSError:
        return set()


class Guard:
    """Refuses what did not come from the page itself; adds the security headers to every answer."""

    def __init__(self, app: App, *, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # no web sockets here
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [pair for pair in message.get("headers", []) if pair[0].lower() != b"server"]
                named = {name.lower() for name, _ in given}
                message["headers"] = [*given, *(pair for pair in HEADERS if pair[0] not in named)]
            await send(message)

        why = self.objection(scope)
        if why is None:
            await self.app(scope, receive, with_headers)
            return
        body = why.encode()
        head = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await with_headers(
            {"type": "http.response.start", "status": 403, "headers": [*head, (b"connection", b"close")]}
        )
        await send({"type": "http.response.body", "body": body})

    def objection(self, scope: Scope) -> str | None:
        """Why the request is refused, or None."""
        headers = [(name.lower(), value) for name, value in scope["headers"]]
        hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return "this address is not served here"
        first = dict(reversed(headers))
        origin = first.get(b"origin")
        if origin is not None and origin.decode("latin-1").lower() != f"http://{hosts[0]}":
            return "requests from other sites are refused"
        site = first.get(b"sec-fetch-site", b"none")
        if site not in (b"same-origin", b"none") and not (scope["method"] in SAFE and scope["path"] == "/"):
            return "requests from other sites are refused"
        if scope["method"] not in SAFE and first.get(OWN_HEADER) != b"1":
            return "only the page itself may send this"
        return None
