#!/usr/bin/env python3
"""Writes desideratas for images NAMEFIRST to NAMELAST of a registry into a database, faster than a command for each.
usage: wishes.py DATABASE HOST:PORT REPOSITORY NAME FIRST LAST"""
import sqlite3, sys

database, host, repository, name, first, last = sys.argv[1:]
with sqlite3.connect(database) as connection:
    for number in range(int(first), int(last) + 1):
        image = connection.execute(
            'INSERT INTO image (text, scheme, registry, canonical_registry, repository, tag, is_thin) '
            "VALUES (?, 'http', ?, ?, ?, '1', 0)",
            (f'http://{host}/{name}{number}:1', host, host, f'{name}{number}'),
        ).lastrowid
        connection.execute(
            'INSERT INTO desiderata (input_image, cvmfs_repository, added_at, formats) '
            "VALUES (?, ?, strftime('%Y-%m-%d %H:%M:%f', 'now'), 'layers,flat')",
            (image, repository),
        )
connection.close()
