"""Config: a dictionary whose values are attributes too."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from typing import Any

from denim.suggest import did_you_mean


class Config(MutableMapping[str, Any]):
    """Named values, such as ``Config(learning_rate=0.1)``: ``config.learning_rate`` is ``config["learning_rate"]``.

    Once frozen it raises a ValueError when it is changed.
    """

    def __init__(self, **values: Any) -> None:
        vars(self).update(_config=values, _frozen=False)

    @property
    def frozen(self) -> bool:
        """Whether it may not be changed."""
        return bool(self._frozen)

    def freeze(self) -> None:
        """Forbid changes."""
        vars(self)["_frozen"] = True

    def unfreeze(self) -> None:
        """Allow changes again."""
        vars(self)["_frozen"] = False

    def as_dict(self) -> dict[str, Any]:
        """A copy as a plain dictionary."""
        return dict(self._config)

    def to_json(self) -> str:
        """All values as JSON."""
        return json.dumps(self._config)

    def __getattr__(self, name: str) -> Any:
        values = vars(self).get("_config", {})
        if name in values:
            return values[name]
        raise AttributeError(f"Unknown attribute: {name!r}.{did_you_mean(name, values)}")

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __getitem__(self, name: str) -> Any:
        return self._config[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._check()
        self._config[name] = value

    def __delitem__(self, name: str) -> None:
        self._check()
        del self._config[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._config))

    def __len__(self) -> int:
        return len(self._config)

    def __repr__(self) -> str:
        return f"<Config {self._config}>"

    def _check(self) -> None:
        if self._frozen:
            raise ValueError("Cannot mutate attribute(s) because the config is frozen.")
