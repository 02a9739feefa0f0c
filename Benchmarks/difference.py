#!/usr/bin/env python3
"""Writes what a full root file system has beyond a base one, as the tar of an image's layer.
usage: difference.py BASE.tar FULL.tar LAYER.tar"""
import sys, tarfile

base = {}
with tarfile.open(sys.argv[1]) as archive:
    for member in archive:
        base[member.name] = (member.type, member.size, member.linkname, member.mode)
kept = set()
with tarfile.open(sys.argv[2]) as archive, tarfile.open(sys.argv[3], 'w', format=tarfile.PAX_FORMAT) as layer:
    for member in archive:
        facts = (member.type, member.size, member.linkname, member.mode)
        same = base.get(member.name) == facts
        # Devices are the base's; a hard link needs its target in the same layer.
        if same or member.isdev() or (member.islnk() and member.linkname not in kept):
            continue
        kept.add(member.name)
        member.pax_headers = {}
        layer.addfile(member, archive.extractfile(member) if member.isreg() else None)
