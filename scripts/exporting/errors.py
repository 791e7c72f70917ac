# SPDX-License-Identifier: Apache-2.0
"""The one error that an export ends with."""


class ExportError(Exception):
    """One sentence for the user: file, key, expected and actual."""


def listed(names: list[str], limit: int = 5) -> str:
    """The first few names, and how many there are beyond them."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
