"""A small web server for a shelf, to try it and to share it in a rehearsal room.

Any static server does; this one answers ranges, so that a broken download can go on, and shows nothing but the shelf.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cocomposer.library.pack import SUFFIX
from cocomposer.library.shelf import INDEX, SEAL

__all__ = ["shelf_server"]

_SHOWN = re.compile(rf"/(?:{re.escape(INDEX)}|{re.escape(SEAL)}|[a-z0-9][a-z0-9-]*{re.escape(SUFFIX)})")
_RANGE = re.compile(r"bytes=(\d{1,12})-")
_CHUNK = 65_536


def shelf_server(folder: Path, host: str = "127.0.0.1", port: int = 0) -> ThreadingHTTPServer:
    """A server of the shelf in `folder`, to be run with `serve_forever`; port 0 takes a free one.  Raises OSError."""

    class Handler(ShelfHandler):
        shelf = folder

    return ThreadingHTTPServer((host, port), Handler)


class ShelfHandler(BaseHTTPRequestHandler):
    """Answers for one shelf."""

    shelf: Path
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not _SHOWN.fullmatch(self.path) or not (path := self.shelf / self.path[1:]).is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        with path.open("rb") as file:
            status = path.stat()
            tag, size, first = f'"{status.st_mtime_ns:x}-{status.st_size:x}"', status.st_size, 0
            asked = _RANGE.fullmatch(self.headers.get("Range", ""))
            if asked and self.headers.get("If-Range", tag) == tag:
                first = int(asked[1])
                if first >= size:
                    self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                    return
                self.send_response(HTTPStatus.PARTIAL_CONTENT)
                self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
            else:
                self.send_response(HTTPStatus.OK)
            for name, value in (("Content-Length", size - first), ("ETag", tag), ("Accept-Ranges", "bytes")):
                self.send_header(name, str(value))
            self.end_headers()
            file.seek(first)
            while chunk := file.read(_CHUNK):
                self.wfile.write(chunk)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nobody is watched."""
