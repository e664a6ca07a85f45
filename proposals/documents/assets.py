"""The only things a document may load: files that the job brought along. Everything else is refused and reported."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "asset:"
REPORTED_LENGTH = 200


class RefusedURL(ValueError):
    """The document asked for something outside the job."""


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # the renderer has no types
    """Serves `asset:<name>` from memory. No files, no network, no redirects, not even `data:`.

    `refused` collects what was asked and not served, shortened, for the log of the application.
    """

    def __init__(self, assets: Mapping[str, str]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, timeout=1)
        self.assets = assets
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The asset behind an `asset:` address; raises `RefusedURL` for any other address."""
        name = url.removeprefix(SCHEME)
        if url.startswith(SCHEME) and name in self.assets:
            content = self.assets[name]
            if name.endswith(".png"):
                return URLFetcherResponse(url, body=base64.b64decode(content), headers={"Content-Type": "image/png"})
            return URLFetcherResponse(url, body=content, headers={"Content-Type": "image/svg+xml"})
        self.refused.append(url[:REPORTED_LENGTH])
        raise RefusedURL(f"Not part of the document: {url[:REPORTED_LENGTH]}")
