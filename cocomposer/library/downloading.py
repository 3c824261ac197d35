"""Downloads that survive a bad line: begun again where they broke, and looked at only when they are whole."""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from cocomposer import __version__
from cocomposer.errors import Cancelled, PresetError

__all__ = ["check_address", "download"]

SECONDS, TRIES, PAUSE = 15.0, 8, 0.3
"""How long a server may say nothing, how often in a row a line may break without bringing anything, and the pause
before another try in seconds, which doubles."""
_CHUNK = 65_536


def check_address(address: str) -> None:
    """Raises PresetError unless the address is https, or http to this very computer."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - raises ValueError for a port that is none
    except ValueError as error:
        raise PresetError(f"{address!r} is no address.") from error
    if parts.username or parts.password:
        raise PresetError("An address with a password in it is not used: it would be passed on.")
    if parts.scheme == "https" and host:
        return
    if parts.scheme == "http" and _is_here(host):
        return
    raise PresetError(f"{address!r} is not used: a shelf on the web has an address that begins with https://.")


def download(
    address: str, into: Path, limit: int, *, sha256: str = "", progress: Callable[[int], None] = lambda count: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Path:  # fmt: skip
    """Fetch `address` to `into`, of up to `limit` bytes and with that SHA-256 where one is known.

    What came before a break stays in `into`.part, and is gone on from, now or another day, where the file is known by
    its hash or the server says that it is still the same.  `progress` is told the bytes so far.  Raises PresetError,
    and Cancelled.
    """
    check_address(address)
    part = into.with_name(f"{into.name}.part")
    if not sha256:
        part.unlink(missing_ok=True)  # of another day, and perhaps of another file
    fetching = _Download(address, part, limit, bool(sha256), progress, cancelled)
    failed, reason = 0, "the connection broke off"
    while failed < TRIES:
        before = fetching.have
        try:
            if fetching.go_on():
                break
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 416:
                raise PresetError(f"{address} answers: {error.code} {error.reason}.") from error
            if error.code == 416:  # it is there whole, or is another by now
                if sha256 and part.exists() and _sha256(part) == sha256:
                    break
                part.unlink(missing_ok=True)
            reason = f"{error.code} {error.reason}"
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
        if cancelled():
            raise Cancelled("The download was stopped.")
        failed = 0 if fetching.have > before else failed + 1
        if 0 < failed < TRIES:
            time.sleep(min(PAUSE * 2 ** (failed - 1), 5.0))
    else:
        raise PresetError(f"{address} cannot be fetched: {reason}. What came of it is kept for another try.")
    if sha256 and _sha256(part) != sha256:
        part.unlink()
        raise PresetError(f"{address} is not the file the shelf names: it was changed or damaged, and thrown away.")
    part.replace(into)
    return into


@dataclass
class _Download:
    """A file on its way; `known` where its hash tells that what came earlier belongs to it, else `tag` does."""

    address: str
    part: Path
    limit: int
    known: bool
    progress: Callable[[int], None]
    cancelled: Callable[[], bool]
    tag: str = ""

    @property
    def have(self) -> int:
        """The bytes that are here."""
        return self.part.stat().st_size if self.part.exists() else 0

    def go_on(self) -> bool:
        """Ask for what is missing; tells whether all is here now."""
        have = self.have if self.tag or self.known else 0
        headers = {"User-Agent": f"cocomposer/{__version__}", "Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-"} | ({"If-Range": self.tag} if self.tag else {})
        with _OPENER.open(urllib.request.Request(self.address, headers=headers), timeout=SECONDS) as answer:
            goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            if answer.status == 206 and not goes_on:
                raise http.client.HTTPException("the server sent another piece than was asked for")
            have = have if goes_on else 0
            announced = answer.headers.get("Content-Length", "")
            total = have + int(announced) if announced.isascii() and announced.isdigit() else None
            if total is not None and total > self.limit:
                raise PresetError(f"{self.address} has {total:,} bytes, more than the {self.limit:,} that are fetched.")
            self.tag = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
            with self.part.open("ab" if goes_on else "wb") as file:
                have = self._copy(answer, file, have)
        return total is None or have >= total

    def _copy(self, answer: IO[bytes], file: IO[bytes], have: int) -> int:
        while chunk := answer.read(_CHUNK):
            if self.cancelled():
                raise Cancelled("The download was stopped.")
            have += len(chunk)
            if have > self.limit:
                raise PresetError(f"{self.address} is longer than the {self.limit:,} bytes that are fetched.")
            file.write(chunk)
            self.progress(have)
        return have


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Leads only to addresses that could have been asked for."""

    def redirect_request(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str,
                         headers: http.client.HTTPMessage, newurl: str) -> urllib.request.Request | None:  # fmt: skip
        check_address(newurl)
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            raise PresetError(f"{req.full_url} leads to this computer, which no shelf on the web has business with.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_OPENER = urllib.request.OpenerDirector()
for _handler in (
    urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler(), _SafeRedirects(),
    urllib.request.HTTPDefaultErrorHandler(), urllib.request.HTTPErrorProcessor(), urllib.request.UnknownHandler(),
):  # fmt: skip
    _OPENER.add_handler(_handler)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
