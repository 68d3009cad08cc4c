"""The local page: the same judging as ``check``, with nothing of its own but the way in and out.

``serve`` runs it until it is stopped. Nothing here is imported by the command line before it is asked for.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import webbrowser

__all__ = ["serve"]

OPEN_AFTER_S = 0.6


def serve(*, host: str = "127.0.0.1", port: int = 8765, reveal: bool = False, open_browser: bool = True) -> int:
    """Serve the page on ``host`` until interrupted; the exit code. Port 0 takes any free one."""
    import uvicorn

    from evidence_kit.web.app import build_app
    from evidence_kit.web.guard import allowed_hosts, listen

    try:
        listener = listen(host, port)
    except OSError as problem:
        print(f"evidence-kit: {host}:{port}: {problem.strerror or problem}", file=sys.stderr)
        return 2
    with listener:
        port = int(listener.getsockname()[1])
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else shown}:{port}/"  # noqa: S104
        app = build_app(hosts=allowed_hosts(host, port), reveal=reveal)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=3, lifespan="on"
        )
        print(f"{address}  (Ctrl+C 停止 / stops)", file=sys.stderr, flush=True)
        if open_browser:
            opener = threading.Timer(OPEN_AFTER_S, webbrowser.open, [address])
            opener.daemon = True
            opener.start()
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    return 0
