#!/usr/bin/env python3
"""Makes a tar archive with every kind of entry, lists one as JSON, or a folder line by line. Knows nothing of the program under test.
usage: every_kind.py make FILE | list FILE | tree FOLDER"""
import hashlib, io, json, os, stat, sys, tarfile
from datetime import datetime, timedelta, timezone
from decimal import Decimal


def make(path):
    archive = tarfile.open(path, 'w', format=tarfile.PAX_FORMAT)

    def add(name, kind, content=b'', **fields):
        entry = tarfile.TarInfo(name)
        entry.type = kind
        entry.size = len(content)
        entry.mode = 0o644
        entry.mtime = 1700000000
        xattrs = fields.pop('xattrs', {})
        entry.pax_headers = {'SCHILY.xattr.' + key: value for key, value in xattrs.items()}
        for key, value in fields.items():
            setattr(entry, key, value)
        archive.addfile(entry, io.BytesIO(content) if content else None)

    add('.', tarfile.DIRTYPE, mode=0o755, mtime=1600000000)
    add('bin', tarfile.DIRTYPE, mode=0o755, uid=1, gid=2, xattrs={'user.of': 'directory'})
    add('bin/su', tarfile.REGTYPE, b'#!/bin/su\n', mode=0o4755)
    add('bin/ping', tarfile.REGTYPE, b'ping', mode=0o755, xattrs={'user.b': '2', 'user.a': '1'})
    add('bin/wall', tarfile.REGTYPE, b'wall', mode=0o2755, gid=5)
    add('tmp', tarfile.DIRTYPE, mode=0o1777)
    add('empty', tarfile.REGTYPE, mode=0)
    add('old', tarfile.REGTYPE, b'old', mtime=-86400)
    add('precise', tarfile.REGTYPE, b'precise', mtime=1700000000.25)
    add('owned', tarfile.REGTYPE, b'owned', uid=70000, gid=4000000000)
    add('large', tarfile.REGTYPE, bytes(range(256)) * 40000)
    add('names/späße 漢字 "q" \\', tarfile.REGTYPE, b'name')
    add('long/' + 'n' * 255, tarfile.REGTYPE, b'long')
    add('link', tarfile.SYMTYPE, linkname='../../bin/su', mode=0o777)
    add('bin/su-too', tarfile.LNKTYPE, linkname='bin/su')
    add('elsewhere', tarfile.LNKTYPE, linkname='bin/su')
    add('fifo', tarfile.FIFOTYPE, mode=0o600)
    add('null', tarfile.CHRTYPE, mode=0o666, devmajor=1, devminor=3)
    add('disk', tarfile.BLKTYPE, mode=0o660, devmajor=259, devminor=300, gid=6)
    archive.close()


def show(path):
    archive = tarfile.open(path)
    names = {tarfile.REGTYPE: 'file', tarfile.DIRTYPE: 'directory', tarfile.SYMTYPE: 'symlink',
             tarfile.FIFOTYPE: 'fifo', tarfile.CHRTYPE: 'character_device', tarfile.BLKTYPE: 'block_device'}
    rows = []
    for member in archive.getmembers():
        entry = archive.getmember(member.linkname) if member.islnk() else member
        time = Decimal(entry.pax_headers.get('mtime', entry.mtime))
        seconds, nanoseconds = divmod(int(time * 1000000000), 1000000000)
        device = entry.ischr() or entry.isblk()
        xattrs = {key[13:]: value for key, value in entry.pax_headers.items() if key.startswith('SCHILY.xattr.')}
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
        content = archive.extractfile(entry).read() if entry.isreg() else b''
        rows.append({
            'path': member.name, 'type': names[entry.type], 'mode': '%o' % entry.mode, 'uid': str(entry.uid),
            'gid': str(entry.gid), 'size': str(entry.size if entry.isreg() else len(entry.linkname)),
            'device': '%d,%d' % (entry.devmajor, entry.devminor) if device else '',
            'mtime': moment.strftime('%Y-%m-%dT%H:%M:%SZ'), 'mtime_ns': str(nanoseconds), 'target': entry.linkname,
            'xattrs': ' '.join('%s=%s' % (key, value.encode().hex()) for key, value in sorted(xattrs.items())),
            'sha256': hashlib.sha256(content).hexdigest() if entry.isreg() else '',
        })
    json.dump(rows, sys.stdout)



def tree(folder):
    first = {}
    paths = [folder] + [os.path.join(top, name) for top, folders, files in os.walk(folder) for name in folders + files]
    for path in sorted(paths):
        info = os.lstat(path)
        regular = stat.S_ISREG(info.st_mode)
        print(repr(os.path.relpath(path, folder)), oct(info.st_mode), info.st_uid, info.st_gid, info.st_mtime_ns,
              first.setdefault(info.st_ino, os.path.relpath(path, folder)) if not stat.S_ISDIR(info.st_mode) else '',
              info.st_rdev, os.readlink(path) if stat.S_ISLNK(info.st_mode) else '',
              {name: os.getxattr(path, name, follow_symlinks=False)
               for name in sorted(os.listxattr(path, follow_symlinks=False))},
              hashlib.sha256(open(path, 'rb').read()).hexdigest() if regular else '')


{'make': make, 'list': show, 'tree': tree}[sys.argv[1]](sys.argv[2])
