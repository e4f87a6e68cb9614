"""The epochs' logs to a server."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from denim.callbacks.callback import Callback, Logs


class RemoteMonitor(Callback):
    """Post each epoch's number and logs to a server, with the package requests.

    Args:
        root: the server's address.
        path: what comes after it.
        field: the form's field that the logs are in, as JSON.
        headers: more HTTP headers.
        send_as_json: send JSON itself, instead of a form.

    Raises:
        ImportError: at the end of an epoch, where requests is not installed.
    Warns:
        UserWarning: if the server cannot be reached; training goes on.

    Source: https://keras.io/api/callbacks/remote_monitor/
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Mapping[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        self.root, self.path, self.field = root, path, field
        self.headers, self.send_as_json = headers, send_as_json

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Send them."""
        try:
            import requests
        except ImportError as error:
            raise ImportError("RemoteMonitor requires the `requests` library. Type: pip install requests") from error
        event = {"epoch": epoch} | {name: _plain(value) for name, value in (logs or {}).items()}
        body: dict[str, Any] = {"json": event} if self.send_as_json else {"data": {self.field: json.dumps(event)}}
        try:
            requests.post(self.root + self.path, headers=self.headers, **body)
        except requests.exceptions.RequestException:
            warnings.warn(f"Could not reach RemoteMonitor root server at {self.root}", stacklevel=2)


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
