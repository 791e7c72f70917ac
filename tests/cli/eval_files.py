# SPDX-License-Identifier: Apache-2.0
"""What `eval` reads and says, for its tests."""
import csv
import json

UNITS = [f"AU{n}" for n in (1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)]


def write_pairs(path, *rows: dict):
    """A CSV of pairs; columns are those of all rows."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path.name


def method(result) -> dict:
    [only] = json.loads(result.out)["methods"]
    return only


def write_table(path, header: list[str], *rows: list) -> str:
    """A table as another program writes it."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path.name
