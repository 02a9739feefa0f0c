#!/usr/bin/env python3
"""Makes one small image for each oddity of layers that has been seen or that one can think of.
usage: layer_cases.py FOLDER
Writes FOLDER/CASE/1.tar, 2.tar, … (the lowest layer first); the ending names the media type, and `.tar.gz` may hold anything.
Knows nothing of the program under test."""
import bz2, gzip, lzma, os, struct, sys

TIME = 1700000000
USTAR, GNU, V7 = b'ustar\00000', b'ustar  \0', bytes(8)


def number(value, width):
    """Octal where it fits, else base 256; bytes stay as they are."""
    if isinstance(value, bytes):
        return value.ljust(width, b'\0')
    if 0 <= value < 8 ** (width - 1):
        return b'%0*o\0' % (width - 1, value)
    return (value & ((1 << 8 * width) - 1) | 1 << 8 * width - 1).to_bytes(width, 'big')


def m(name, type=b'0', content=b'', link=b'', mode=0o644, uid=0, gid=0, mtime=TIME, device=(0, 0), magic=USTAR, size=None,
      prefix=b'', pax=None, tail=b'', checksum=None):
    """One member, with a pax header before it where `pax` has records."""
    before = member_x(pax) if pax is not None else b''
    devices = number(device[0], 8) + number(device[1], 8) if magic != V7 else bytes(16)
    block = b''.join((name.ljust(100, b'\0'), number(mode, 8), number(uid, 8), number(gid, 8),
                      number(len(content) if size is None else size, 12), number(mtime, 12), b' ' * 8, type,
                      link.ljust(100, b'\0'), magic, bytes(64), devices, tail or prefix))
    block = block.ljust(512, b'\0')
    total = b'%06o\0 ' % sum(block) if checksum is None else checksum
    return before + block[:148] + total + block[156:] + content + bytes(-len(content) % 512)


def member_x(records, type=b'x'):
    """A pax header of (key, value) pairs, or of the bytes given."""
    content = records if isinstance(records, bytes) else b''.join(record(*pair) for pair in records)
    return m(b'PaxHeaders/x', type, content)


def record(key, value):
    rest = b' ' + key + b'=' + value + b'\n'
    length = len(rest)
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return b'%d' % length + rest


def d(name, mode=0o755, **fields):
    return m(name, b'5', mode=mode, **fields)


def long_name(name, type=b'L'):
    return m(b'././@LongLink', type, name + b'\0', magic=GNU)


END = bytes(1024)
LOWER = d(b'd/', 0o700, uid=5, gid=6) + m(b'd/x', content=b'x') + m(b'd/y', content=b'y') + m(b'f', content=b'f', mode=0o600) + \
    d(b'usr/') + d(b'usr/lib/', 0o750) + m(b'usr/lib/a', content=b'a') + m(b'lib', b'2', link=b'usr/lib')
MARK = m(b'good', content=b'good')


def names():
    yield 'name-dotdot-inside', d(b'a/') + m(b'a/../b', content=b'1')
    yield 'name-dotdot-outside', m(b'../../b', content=b'1')
    yield 'name-dotdot-after-link', d(b'a/') + d(b'a/b/') + m(b'l', b'2', link=b'a/b') + m(b'l/../x', content=b'1')
    yield 'name-dotdot-alone', d(b'..') + MARK
    yield 'name-absolute', d(b'/a/') + m(b'/a/b', content=b'1') + m(b'//c', content=b'2')
    yield 'name-dots-and-slashes', m(b'./a//./b', content=b'1') + d(b'./')
    yield 'name-empty-file', m(b'', content=b'1') + MARK
    yield 'name-empty-directory', d(b'') + MARK
    yield 'name-root-file', m(b'./', content=b'1') + MARK
    yield 'name-root-link', m(b'.', b'2', link=b'/etc') + MARK
    yield 'name-root-attributes', d(b'./', 0o700, uid=3, gid=4) + MARK
    yield 'name-nul', m(b'a\0b', content=b'1')
    yield 'name-pax-nul', m(b'x', content=b'1', pax=[(b'path', b'a\0b')])
    yield 'name-not-utf8', m(b'\xff\xfe', content=b'1')
    yield 'name-file-slash', m(b'a/', content=b'1')
    yield 'name-old-file-slash', m(b'a/', b'\0', magic=V7) + m(b'a/b', content=b'1')
    yield 'name-old-file-slash-content', m(b'a/', b'\0', b'1', magic=V7)
    yield 'name-link-slash', m(b'a/', b'2', link=b'x')
    yield 'name-255', long_name(b'n' * 255) + m(b'n', content=b'1', magic=GNU)
    yield 'name-256', long_name(b'n' * 256) + m(b'n', content=b'1', magic=GNU)
    yield 'name-path-4096', long_name(b'/'.join([b'n' * 200] * 21)) + m(b'n', content=b'1', magic=GNU)
    yield 'name-hard-link-target-dotdot', m(b'a', content=b'1') + m(b'b', b'1', link=b'../a')
    yield 'name-hard-link-target-absolute', m(b'a', content=b'1') + m(b'b', b'1', link=b'/a')


def links():
    yield 'link-outside-relative', m(b'l', b'2', link=b'../../..') + m(b'l/x', content=b'1')
    yield 'link-outside-absolute', m(b'l', b'2', link=b'/etc/out') + m(b'l/x', content=b'1')
    yield 'link-outside-dotdot', d(b'a/') + m(b'l', b'2', link=b'/..') + m(b'l/x', content=b'1')
    yield 'link-dangling', m(b'l', b'2', link=b'nowhere/deep') + m(b'l/x', content=b'1')
    yield 'link-to-file', m(b'f', content=b'1') + m(b'l', b'2', link=b'f') + m(b'l/x', content=b'1')
    yield 'link-circle', m(b'l', b'2', link=b'm') + m(b'm', b'2', link=b'l') + m(b'l/x', content=b'1')
    yield 'link-to-itself', m(b'l', b'2', link=b'l') + MARK
    yield 'link-50-deep', b''.join(m(b'l%d' % n, b'2', link=b'l%d' % (n + 1)) for n in range(50)) + d(b'l50') + m(b'l0/x', content=b'1')
    yield 'link-empty', m(b'l', b'2', link=b'') + MARK
    yield 'link-mode', m(b'l', b'2', link=b'x', mode=0o600)
    yield 'link-size', m(b'k', b'2', link=b'x', size=1) + m(b'l', b'2', link=b'x', size=512, pax=[(b'comment', b'')]) + MARK
    yield 'link-4096', long_name(b't' * 4096, b'K') + m(b'l', b'2', link=b't', magic=GNU)
    yield 'link-dotdot-through-link', d(b'a/') + d(b'a/b/') + m(b'k', b'2', link=b'a/b') + m(b'l', b'2', link=b'k/../x') + m(b'l/y', content=b'1')
    yield 'link-lower-dangling-here', LOWER, m(b'k', b'2', link=b'usr/lib') + m(b'k/b', content=b'1')
    yield 'link-replaced-by-directory', LOWER, d(b'lib/') + m(b'lib/b', content=b'1')
    yield 'directory-and-link-then-below', LOWER, m(b'd', b'2', link=b'usr/lib') + m(b'd/b', content=b'1')
    yield 'file-below-file', m(b'f', content=b'1') + m(b'f/x', content=b'2')
    yield 'file-below-lower-file', LOWER, m(b'f/x', content=b'2')
    yield 'file-below-link-to-lower-file', LOWER, m(b'l', b'2', link=b'f') + m(b'l/x', content=b'2')


def hard_links():
    yield 'hard-link', m(b'a', content=b'1') + m(b'b', b'1', link=b'a')
    yield 'hard-link-attributes', m(b'a', content=b'1', mode=0o600, uid=1) + m(b'b', b'1', link=b'a', mode=0o777, uid=9, mtime=5)
    yield 'hard-link-xattr', m(b'a', content=b'1') + m(b'b', b'1', link=b'a', pax=[(b'SCHILY.xattr.user.a', b'1')])
    yield 'hard-link-size', m(b'a', content=b'1') + m(b'b', b'1', link=b'a', size=1) + MARK
    yield 'hard-link-size-pax', m(b'a', content=b'1') + m(b'b', b'1', link=b'a', size=512, pax=[(b'comment', b'')]) + MARK
    yield 'hard-link-size-gnu', m(b'a', content=b'1', magic=GNU) + m(b'b', b'1', link=b'a', size=512, magic=GNU) + MARK
    yield 'hard-link-content', m(b'a', content=b'1') + m(b'b', b'1', b'1', link=b'a') + MARK
    yield 'hard-link-to-itself', m(b'a', content=b'1') + m(b'a', b'1', link=b'a')
    yield 'hard-link-to-itself-alone', m(b'a', b'1', link=b'a')
    yield 'hard-link-to-directory', d(b'a/') + m(b'b', b'1', link=b'a')
    yield 'hard-link-to-link', m(b'a', b'2', link=b'x') + m(b'b', b'1', link=b'a')
    yield 'hard-link-through-link', d(b'd/') + m(b'd/a', content=b'1') + m(b'l', b'2', link=b'd') + m(b'b', b'1', link=b'l/a')
    yield 'hard-link-to-device', m(b'a', b'3', device=(1, 3)) + m(b'b', b'1', link=b'a')
    yield 'hard-link-forward', m(b'b', b'1', link=b'a') + m(b'a', content=b'1')
    yield 'hard-link-to-nothing', m(b'b', b'1', link=b'a') + MARK
    yield 'hard-link-empty', m(b'b', b'1', link=b'') + MARK
    yield 'hard-link-circle', m(b'a', b'1', link=b'b') + m(b'b', b'1', link=b'a')
    yield 'hard-link-lower', LOWER, m(b'b', b'1', link=b'f')
    yield 'hard-link-lower-replaced-later', LOWER, m(b'b', b'1', link=b'f') + m(b'f', content=b'new')
    yield 'hard-link-lower-through-link', LOWER, m(b'b', b'1', link=b'lib/a')
    below = m(b'lib/q', content=b'q')  # goes to usr/lib/q where layers are unpacked one upon the other
    deep = LOWER + d(b'usr/lib/s/') + m(b'usr/lib/s/a', content=b's')
    yield 'hard-link-implied-over-link', LOWER, below + m(b'b', b'1', link=b'lib/a')
    yield 'hard-link-implied-over-link-deep', deep, m(b'lib/s/q', content=b'q') + m(b'b', b'1', link=b'lib/s/a')
    yield 'hard-link-implied-over-two-links', LOWER + m(b'k', b'2', link=b'lib'), m(b'k/q', content=b'q') + m(b'b', b'1', link=b'k/a')
    yield 'hard-link-implied-over-absolute-link', LOWER + m(b'k', b'2', link=b'/usr/lib'), m(b'k/q', content=b'q') + m(b'b', b'1', link=b'k/a')
    yield 'hard-link-implied-over-link-outside', LOWER + m(b'k', b'2', link=b'../../usr/lib'), m(b'k/q', content=b'q') + m(b'b', b'1', link=b'k/a')
    yield 'hard-link-implied-over-dangling-link', LOWER + m(b'k', b'2', link=b'no/where'), m(b'k/q', content=b'q') + m(b'b', b'1', link=b'k/a')
    yield 'hard-link-implied-later', LOWER, m(b'b', b'1', link=b'lib/a') + below
    yield 'hard-link-implied-into-own', LOWER, below + m(b'b', b'1', link=b'usr/lib/q')
    yield 'hard-link-implied-into-own-new', LOWER, m(b'lib/n/q', content=b'q') + m(b'b', b'1', link=b'usr/lib/n/q')
    yield 'hard-link-implied-into-own-named', deep, below + d(b'lib/s/') + m(b'lib/s/q', content=b'q') + m(b'b', b'1', link=b'usr/lib/s/q')
    yield 'hard-link-implied-into-own-by-link', LOWER + m(b'k', b'2', link=b'lib'), below + m(b'b', b'1', link=b'k/q')
    yield 'hard-link-implied-named-over-link', LOWER, d(b'lib/') + below + m(b'b', b'1', link=b'lib/a')
    yield 'hard-link-implied-below-it-named', deep, below + d(b'lib/s/') + m(b'b', b'1', link=b'lib/s/a')
    yield 'hard-link-implied-both-named', deep, d(b'lib/') + d(b'lib/s/') + m(b'b', b'1', link=b'lib/s/a')
    yield 'hard-link-implied-opaque', LOWER, below + m(b'usr/lib/.wh..wh..opq') + m(b'b', b'1', link=b'lib/a')
    yield 'hard-link-implied-whiteout', LOWER, below + m(b'usr/lib/.wh.a') + m(b'b', b'1', link=b'lib/a')
    yield 'hard-link-implied-link-whiteout', LOWER, m(b'.wh.lib') + below + m(b'b', b'1', link=b'lib/a')
    yield 'hard-link-implied-own-link', LOWER, m(b'k', b'2', link=b'lib') + m(b'k/q', content=b'q') + m(b'b', b'1', link=b'k/a')
    yield 'hard-link-deleted-before', LOWER, m(b'.wh.f') + m(b'b', b'1', link=b'f')
    yield 'hard-link-deleted-after', LOWER, m(b'b', b'1', link=b'f') + m(b'.wh.f')
    yield 'hard-link-over-directory', LOWER, m(b'd', b'1', link=b'f')
    yield 'hard-link-into-replaced-directory', LOWER, m(b'd', b'1', link=b'd/x')
    yield 'aufs-plink-deep', d(b'.wh..wh.plnk/') + m(b'.wh..wh.plnk/1.2', content=b'1') + d(b'd/e/') + m(b'd/e/x', b'1', link=b'.wh..wh.plnk/1.2')
    yield 'aufs-plink-missing', d(b'.wh..wh.plnk/') + m(b'x', b'1', link=b'.wh..wh.plnk/1.2')


def whiteouts():
    yield 'whiteout-file', LOWER, m(b'.wh.f')
    yield 'whiteout-directory', LOWER, m(b'.wh.d')
    yield 'whiteout-of-nothing', LOWER, m(b'.wh.nothing')
    yield 'whiteout-below-nothing', LOWER, m(b'no/where/.wh.x')
    yield 'whiteout-below-lower-link', LOWER, m(b'lib/.wh.a')
    yield 'whiteout-below-own-link', LOWER, m(b'k', b'2', link=b'usr/lib') + m(b'k/.wh.a')
    yield 'whiteout-below-lower-file', LOWER, m(b'f/.wh.x')
    yield 'whiteout-below-own-file', LOWER, m(b'f', content=b'1') + m(b'f/.wh.x')
    yield 'whiteout-is-directory', LOWER, d(b'.wh.f/')
    yield 'whiteout-is-directory-with-file', LOWER, d(b'.wh.d/') + m(b'.wh.d/z', content=b'1')
    yield 'whiteout-is-link', LOWER, m(b'.wh.f', b'2', link=b'x')
    yield 'whiteout-is-hard-link', LOWER, m(b'.wh..wh.aufs') + m(b'.wh.f', b'1', link=b'.wh..wh.aufs')
    yield 'whiteout-is-device', LOWER, m(b'.wh.f', b'3', device=(0, 0))
    yield 'whiteout-has-content', LOWER, m(b'.wh.f', content=b'text')
    yield 'whiteout-no-name', LOWER, m(b'.wh.')
    yield 'whiteout-dot', LOWER, m(b'd/.wh..')
    yield 'whiteout-dotdot', LOWER, m(b'd/.wh...')
    yield 'whiteout-of-whiteout-name', LOWER, m(b'.wh..wh.f')
    yield 'whiteout-member-below', LOWER, m(b'.wh.d/z', content=b'1')
    yield 'whiteout-before-file', LOWER, m(b'.wh.f') + m(b'f', content=b'new')
    yield 'whiteout-after-file', LOWER, m(b'f', content=b'new') + m(b'.wh.f')
    yield 'whiteout-before-directory', LOWER, m(b'.wh.d') + d(b'd/') + m(b'd/z', content=b'1')
    yield 'whiteout-after-directory', LOWER, d(b'd/') + m(b'd/z', content=b'1') + m(b'.wh.d')
    yield 'whiteout-before-implicit', LOWER, m(b'.wh.d') + m(b'd/z', content=b'1')
    yield 'whiteout-after-implicit', LOWER, m(b'd/z', content=b'1') + m(b'.wh.d')
    yield 'whiteout-twice', LOWER, m(b'.wh.f') + m(b'.wh.f')
    yield 'whiteout-case-of-root', LOWER, m(b'./.wh.f') + m(b'/.wh.d')
    yield 'opaque', LOWER, d(b'd/') + m(b'd/.wh..wh..opq') + m(b'd/z', content=b'1')
    yield 'opaque-after', LOWER, m(b'd/z', content=b'1') + m(b'd/.wh..wh..opq')
    yield 'opaque-implicit', LOWER, m(b'd/.wh..wh..opq')
    yield 'opaque-and-whiteout', LOWER, m(b'd/.wh..wh..opq') + m(b'd/.wh.x')
    yield 'opaque-root', LOWER, m(b'.wh..wh..opq') + MARK
    yield 'opaque-is-directory', LOWER, d(b'd/.wh..wh..opq/')
    yield 'opaque-in-nothing', LOWER, m(b'no/where/.wh..wh..opq')
    yield 'opaque-below-lower-link', LOWER, m(b'lib/.wh..wh..opq')
    yield 'aufs-bookkeeping', m(b'.wh..wh.aufs') + d(b'.wh..wh.orph/') + d(b'd/') + m(b'd/.wh..wh.foo') + MARK
    yield 'whiteout-three-layers', LOWER, m(b'.wh.d'), m(b'd/z', content=b'1')
    yield 'opaque-three-layers', d(b'd/') + d(b'd/e/', 0o700) + m(b'd/e/x'), d(b'd/') + m(b'd/.wh..wh..opq'), m(b'd/e/z', content=b'1')


def kinds():
    yield 'member-twice', m(b'a', content=b'1') + m(b'a', content=b'2', mode=0o600)
    yield 'member-twice-directory', d(b'a/', 0o700) + m(b'a/x') + d(b'a/', 0o750, pax=[(b'SCHILY.xattr.user.b', b'2')])
    yield 'member-twice-xattr', d(b'a/', pax=[(b'SCHILY.xattr.user.a', b'1')]) + d(b'a/', pax=[(b'SCHILY.xattr.user.b', b'2')])
    yield 'directory-xattr-over-lower', d(b'a/', pax=[(b'SCHILY.xattr.user.a', b'1')]), d(b'a/', pax=[(b'SCHILY.xattr.user.b', b'2')])
    yield 'implicit-xattr', d(b'a/', 0o700, pax=[(b'SCHILY.xattr.user.a', b'1')]), m(b'a/x')
    yield 'implicit-over-link', LOWER, m(b'lib/b', content=b'1')
    yield 'implicit-three-layers', d(b'a/', 0o700), d(b'a/', 0o711), m(b'a/x')
    yield 'file-to-directory', LOWER, m(b'd', content=b'1') + d(b'd/')
    yield 'directory-to-file', d(b'a/') + m(b'a/x') + m(b'a', content=b'1')
    yield 'file-over-lower-directory', LOWER, m(b'd', content=b'1')
    yield 'directory-over-lower-file', LOWER, d(b'f/')
    yield 'device', m(b'c', b'3', device=(1, 3), mode=0o666) + m(b'b', b'4', device=(259, 300), mode=0o660)
    yield 'device-0-0', LOWER, m(b'f', b'3', device=(0, 0)) + MARK
    yield 'device-0-0-hard-link', m(b'a', b'3', device=(0, 0)) + m(b'b', b'1', link=b'a') + MARK
    yield 'device-block-0-0', LOWER, m(b'f', b'4', device=(0, 0)) + MARK
    yield 'device-out-of-range', m(b'c', b'3', device=(4096 + 1, 0o7777777))
    yield 'device-out-of-range-to-0', m(b'c', b'3', device=(4096, 1048576))
    yield 'device-negative', m(b'c', b'3', device=(-1, -1))
    yield 'device-64-bits', m(b'c', b'3', device=(1 << 33, 1 << 40))
    yield 'fifo', m(b'p', b'6')
    yield 'device-size', m(b'p', b'6', size=512) + m(b'c', b'3', device=(1, 3), size=512) + MARK
    yield 'type-contiguous', m(b'a', b'7', b'1') + MARK
    yield 'type-socket', m(b'a', b's') + MARK
    yield 'type-unknown', m(b'a', b'?') + MARK
    yield 'type-8', m(b'a', b'8', b'1') + MARK
    yield 'type-label', m(b'label', b'V', magic=GNU) + MARK
    yield 'type-multi-volume', m(b'a', b'M', b'1', magic=GNU) + MARK
    yield 'type-incremental', m(b'a/', b'D', b'Yx\0\0', magic=GNU) + m(b'a/x', content=b'1')
    yield 'type-long-names', m(b'a', b'N', b'1', magic=GNU) + MARK
    yield 'type-solaris-header', m(b'a', b'X', record(b'path', b'b')) + m(b'c', content=b'1')
    yield 'type-old-nul', m(b'a', b'\0', b'1', magic=V7)
    yield 'directory-size', d(b'a/', size=512) + MARK
    yield 'directory-content', m(b'a/', b'5', b'1') + MARK


def numbers():
    for field in ('uid', 'gid'):
        for value in (-1, -2, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 5, 2 ** 40):
            yield '%s-%d' % (field, value), m(b'f', content=b'1', **{field: value})
        yield '%s-pax-negative' % field, m(b'f', content=b'1', pax=[(field.encode(), b'-2')])
        yield '%s-pax-64-bits' % field, m(b'f', content=b'1', pax=[(field.encode(), b'99999999999999999999')])
        yield '%s-pax-no-number' % field, m(b'f', content=b'1', pax=[(field.encode(), b'root')])
    yield 'uid-spaces', m(b'f', content=b'1', uid=b'  1750 \0')
    yield 'uid-empty', m(b'f', content=b'1', uid=b'')
    yield 'uid-no-octal', m(b'f', content=b'1', uid=b'0000009\0')
    yield 'uid-base256-too-large', m(b'f', content=b'1', mtime=b'\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff')
    yield 'mode-type-bits', m(b'f', content=b'1', mode=0o100644)
    yield 'mode-setuid', m(b'f', content=b'1', mode=0o6755) + d(b'd', 0o3777)
    yield 'mode-large', m(b'f', content=b'1', mode=0o7777777)
    yield 'mode-negative', m(b'f', content=b'1', mode=-1)
    yield 'mtime-negative', m(b'f', content=b'1', mtime=-86400) + d(b'd', mtime=-5)
    yield 'mtime-negative-nanoseconds', m(b'f', content=b'1', pax=[(b'mtime', b'-1.5')])
    yield 'mtime-after-2262', m(b'f', content=b'1', mtime=1 << 34)
    yield 'mtime-64-bits', m(b'f', content=b'1', mtime=(1 << 62))
    yield 'mtime-nanoseconds', m(b'f', content=b'1', pax=[(b'mtime', b'1700000000.123456789')])
    yield 'mtime-digits', m(b'f', content=b'1', pax=[(b'mtime', b'1700000000.1234567899999')])
    yield 'mtime-no-number', m(b'f', content=b'1', pax=[(b'mtime', b'now')])
    yield 'atime-no-number', m(b'f', content=b'1', pax=[(b'atime', b'now')])
    yield 'size-pax', m(b'f', content=b'123', size=0, pax=[(b'size', b'3')]) + MARK
    yield 'size-pax-0', m(b'f', content=b'', size=3, pax=[(b'size', b'0')]) + MARK
    yield 'size-pax-negative', m(b'f', content=b'123', pax=[(b'size', b'-3')]) + MARK
    yield 'size-pax-huge', m(b'f', content=b'123', pax=[(b'size', b'99999999999999')]) + MARK
    yield 'size-negative', m(b'f', content=b'', size=-3) + MARK
    yield 'checksum-wrong', m(b'f', content=b'1', checksum=b'000000\0 ')
    yield 'checksum-signed', signed_checksum()
    yield 'checksum-spaces', m(b'f', content=b'1')[:148] + b'  ' + m(b'f', content=b'1')[150:]


def headers():
    yield 'header-ustar-prefix', m(b'f', content=b'1', prefix=b'some/where')
    yield 'header-ustar-no-version', m(b'f', content=b'1', magic=b'ustar\0\0\0', prefix=b'some/where')
    yield 'header-gnu-prefix-of-go-1.7', m(b'f', content=b'1', magic=GNU, uid=3000000, prefix=b'some/where')
    yield 'header-gnu-prefix-not-ascii', m(b'f', content=b'1', magic=GNU, prefix='söme/where'.encode())
    yield 'header-gnu-times', m(b'f', content=b'1', magic=GNU, tail=b'%011o\0%011o\0' % (TIME, TIME))
    yield 'header-gnu-no-version', m(b'f', content=b'1', magic=b'ustar  0', prefix=b'some/where')
    yield 'header-star', m(b'f', content=b'1', tail=b'some/where'.ljust(131, b'\0') + b'%011o %011o ' % (TIME, TIME) + bytes(8) + b'tar\0')
    yield 'header-v7-prefix', m(b'f', content=b'1', magic=V7, prefix=b'some/where')
    yield 'header-upper-case', m(b'f', content=b'1', magic=b'USTAR\00000', prefix=b'some/where')


def signed_checksum():
    member = m(b'\xff\xfe', content=b'1')
    as_if = member[:148] + b' ' * 8 + member[156:512]
    return member[:148] + b'%06o\0 ' % sum(b - 256 if b > 127 else b for b in as_if) + member[156:]


def pax():
    yield 'pax-two-headers', member_x([(b'path', b'a'), (b'uid', b'7')]) + member_x([(b'path', b'b')]) + m(b'x', content=b'1')
    yield 'pax-long-name-and-path', long_name(b'long') + m(b'x', content=b'1', pax=[(b'path', b'pax')])
    yield 'pax-path-and-long-name', member_x([(b'path', b'pax')]) + long_name(b'long') + m(b'x', content=b'1')
    yield 'pax-two-long-names', long_name(b'one') + long_name(b'two') + m(b'x', content=b'1', magic=GNU)
    yield 'pax-record-twice', m(b'x', content=b'1', pax=[(b'path', b'a'), (b'path', b'b')])
    yield 'pax-empty-value', m(b'x', content=b'1', pax=[(b'path', b''), (b'uid', b'')])
    yield 'pax-invalid-length', m(b'x', content=b'1', pax=b'99 path=a\n')
    yield 'pax-no-length', m(b'x', content=b'1', pax=b'path=a\n')
    yield 'pax-no-equals', m(b'x', content=b'1', pax=b'8 patha\n')
    yield 'pax-no-newline', m(b'x', content=b'1', pax=b'9 path=ab')
    yield 'pax-length-0', m(b'x', content=b'1', pax=b'0 path=a\n')
    yield 'pax-length-negative', m(b'x', content=b'1', pax=b'-9 path=a\n')
    yield 'pax-length-zeros', m(b'x', content=b'1', pax=b'0010 path=a\n'.replace(b'0010', b'0012'))
    yield 'pax-no-key', m(b'x', content=b'1', pax=b'5 =a\n')
    yield 'pax-nul-padding', m(b'x', content=b'1', pax=record(b'path', b'a') + bytes(10))
    yield 'pax-nul-in-value', m(b'x', content=b'1', pax=[(b'SCHILY.xattr.user.a', b'1\0' b'2')])
    yield 'pax-nul-in-key', m(b'x', content=b'1', pax=[(b'SCHILY.xattr.user.\0a', b'1')])
    yield 'pax-empty', m(b'x', content=b'1', pax=b'')
    yield 'pax-alone-at-end', MARK + member_x([(b'path', b'a')])
    yield 'pax-header-large', m(b'x', content=b'1', pax=[(b'comment', b'c' * (1 << 20))])
    yield 'pax-global-path', member_x([(b'path', b'global')], b'g') + m(b'x', content=b'1')
    yield 'pax-global-uid', member_x([(b'uid', b'7')], b'g') + m(b'x', content=b'1')
    yield 'pax-global-xattr', member_x([(b'SCHILY.xattr.user.a', b'1')], b'g') + m(b'x', content=b'1')
    yield 'pax-global-comment', m(b'pax_global_header', b'g', record(b'comment', b'0123')) + m(b'x', content=b'1')
    yield 'pax-global-between', member_x([(b'path', b'a')]) + member_x([(b'comment', b'a')], b'g') + m(b'x', content=b'1')
    yield 'pax-charset', m(b'x', content=b'1', pax=[(b'hdrcharset', b'BINARY'), (b'path', b'\xff')])
    yield 'pax-linkpath', m(b'x', b'2', link=b'short', pax=[(b'linkpath', b'long')])
    yield 'pax-path-slash', m(b'x', b'5', pax=[(b'path', b'a/b/')])


def sparse():
    data = b'A' * 512 + b'B' * 512
    old = b''.join((number(0, 12), number(512, 12), number(4096, 12), number(512, 12)))
    tail = (bytes(41) + old).ljust(41 + 96, b'\0') + b'\0' + number(8192, 12)
    yield 'sparse-old', m(b'f', b'S', data, magic=GNU, tail=tail) + MARK
    zero = [(b'GNU.sparse.size', b'8192'), (b'GNU.sparse.numblocks', b'2'), (b'GNU.sparse.offset', b'0'), (b'GNU.sparse.numbytes', b'512'),
            (b'GNU.sparse.offset', b'4096'), (b'GNU.sparse.numbytes', b'512')]
    yield 'sparse-0.0', m(b'f', b'0', data, pax=zero) + MARK
    one = [(b'GNU.sparse.size', b'8192'), (b'GNU.sparse.numblocks', b'2'), (b'GNU.sparse.name', b'real'), (b'GNU.sparse.map', b'0,512,4096,512')]
    yield 'sparse-0.1', m(b'GNUSparseFile.0/f', b'0', data, pax=one) + MARK
    head = [(b'GNU.sparse.major', b'1'), (b'GNU.sparse.minor', b'0'), (b'GNU.sparse.name', b'real'), (b'GNU.sparse.realsize', b'8192')]
    map = b'2\n0\n512\n4096\n512\n'.ljust(512, b'\0')
    yield 'sparse-1.0', m(b'GNUSparseFile.0/f', b'0', map + data, pax=head) + MARK
    yield 'sparse-1.0-overlap', m(b'f', b'0', b'2\n0\n512\n256\n512\n'.ljust(512, b'\0') + data, pax=head) + MARK
    yield 'sparse-1.0-outside', m(b'f', b'0', b'2\n0\n512\n8000\n512\n'.ljust(512, b'\0') + data, pax=head) + MARK
    yield 'sparse-1.0-little-data', m(b'f', b'0', map + data[:512], pax=head) + MARK
    yield 'sparse-1.0-much-data', m(b'f', b'0', map + data + data, pax=head) + MARK
    yield 'sparse-1.0-negative', m(b'f', b'0', b'1\n-1\n512\n'.ljust(512, b'\0') + data, pax=head) + MARK
    yield 'sparse-1.0-empty', m(b'f', b'0', b'0\n'.ljust(512, b'\0'), pax=head) + MARK
    yield 'sparse-version-2', m(b'f', b'0', data, pax=[(b'GNU.sparse.major', b'2'), (b'GNU.sparse.minor', b'0')]) + MARK
    yield 'sparse-huge', m(b'f', b'0', b'1\n0\n512\n'.ljust(512, b'\0') + data[:512],
                           pax=head[:3] + [(b'GNU.sparse.realsize', b'1099511627776')]) + MARK
    yield 'sparse-records-alone', m(b'f', content=b'1', pax=[(b'GNU.sparse.name', b'real'), (b'GNU.sparse.realsize', b'9')]) + MARK
    yield 'sparse-records-at-directory', d(b'd/', pax=[(b'GNU.sparse.name', b'real'), (b'GNU.sparse.major', b'1')]) + MARK
    yield 'sparse-star', m(b'f', content=b'1', pax=[(b'SCHILY.realsize', b'9')]) + MARK
    yield 'sparse-link', m(b'f', b'2', link=b'x', pax=one) + MARK


def attributes():
    def xattr(*pairs, type=b'0'):
        return m(b'f', type, link=b'x' if type == b'2' else b'', pax=[(b'SCHILY.xattr.' + key, value) for key, value in pairs])
    yield 'xattr', xattr((b'user.a', b'1'), (b'user.b', b'\0\n='))
    yield 'xattr-capability', xattr((b'security.capability', b'\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0'))
    yield 'xattr-twice', xattr((b'user.a', b'1'), (b'user.a', b'2'))
    yield 'xattr-empty-value', xattr((b'user.a', b''))
    yield 'xattr-empty-name', xattr((b'', b'1'))
    yield 'xattr-no-namespace', xattr((b'a', b'1'))
    yield 'xattr-unknown-namespace', xattr((b'x.a', b'1'))
    yield 'xattr-namespace-alone', xattr((b'user.', b'1'))
    yield 'xattr-name-256', xattr((b'user.' + b'n' * 251, b'1'))
    yield 'xattr-value-64k', xattr((b'user.a', b'v' * 65537))
    yield 'xattr-trusted', xattr((b'trusted.a', b'1'))
    yield 'xattr-overlay', LOWER, d(b'd/', pax=[(b'SCHILY.xattr.trusted.overlay.opaque', b'y'), (b'SCHILY.xattr.user.overlay.opaque', b'y')])
    yield 'xattr-overlay-redirect', LOWER, d(b'e/', pax=[(b'SCHILY.xattr.trusted.overlay.redirect', b'/d')])
    yield 'xattr-acl', xattr((b'system.posix_acl_access', b'\2\0\0\0\1\0\6\0\xff\xff\xff\xff\4\0\4\0\xff\xff\xff\xff\x20\0\4\0\xff\xff\xff\xff'))
    yield 'xattr-schily-acl', m(b'f', pax=[(b'SCHILY.acl.access', b'user::rw-,user:1:rwx,group::r--,mask::rwx,other::r--')])
    yield 'xattr-libarchive', m(b'f', pax=[(b'LIBARCHIVE.xattr.user.a', b'MQ==')])
    yield 'xattr-selinux', xattr((b'security.selinux', b'system_u:object_r:bin_t:s0'))
    yield 'xattr-ima', xattr((b'security.ima', b'\1\2'))
    yield 'xattr-user-on-link', xattr((b'user.a', b'1'), type=b'2')
    yield 'xattr-user-on-fifo', xattr((b'user.a', b'1'), type=b'6')


def streams():
    plain = MARK + m(b'z', content=b'z' * 600)
    yield 'stream-no-end', raw(plain)
    yield 'stream-one-end-block', raw(plain + bytes(512))
    yield 'stream-zero-block-then-member', raw(MARK + bytes(512) + m(b'z', content=b'z') + END)
    yield 'stream-end-then-member', raw(MARK + END + m(b'z', content=b'z') + END)
    yield 'stream-garbage-after-end', raw(plain + END + b'garbage' * 100)
    yield 'stream-cut-in-content', raw(plain[:-700])
    yield 'stream-cut-in-padding', raw(plain[:-100])
    yield 'stream-cut-in-header', raw(plain[:1024 + 300])
    yield 'stream-cut-in-end', raw(plain + bytes(100))
    yield 'stream-cut-in-second-end-block', raw(plain + bytes(612))
    yield 'stream-0-bytes', raw(b'')
    yield 'stream-end-only', raw(END)
    yield 'stream-one-byte', raw(b'a')
    yield 'stream-text', raw(b'not a tar\n' * 100)
    tar = plain + END
    yield 'gzip', ('tar.gz', gzip.compress(tar, mtime=0))
    yield 'gzip-0-bytes-inside', ('tar.gz', gzip.compress(b'', mtime=0))
    yield 'gzip-0-bytes', ('tar.gz', b'')
    yield 'gzip-two-members', ('tar.gz', gzip.compress(tar[:700], mtime=0) + gzip.compress(tar[700:], mtime=0))
    yield 'gzip-empty-member-first', ('tar.gz', gzip.compress(b'', mtime=0) + gzip.compress(tar, mtime=0))
    yield 'gzip-cut', ('tar.gz', gzip.compress(tar, mtime=0)[:-20])
    yield 'gzip-no-trailer', ('tar.gz', gzip.compress(tar, mtime=0)[:-8])
    yield 'gzip-wrong-crc', ('tar.gz', gzip.compress(tar, mtime=0)[:-8] + b'\1\2\3\4' + gzip.compress(tar, mtime=0)[-4:])
    yield 'gzip-garbage-after', ('tar.gz', gzip.compress(tar, mtime=0) + b'garbage')
    yield 'gzip-zeros-after', ('tar.gz', gzip.compress(tar, mtime=0) + bytes(512))
    yield 'gzip-two-archives', ('tar.gz', gzip.compress(tar, mtime=0) + gzip.compress(m(b'y', content=b'y') + END, mtime=0))
    yield 'plain-as-gzip', ('tar.gz', tar)
    yield 'gzip-as-plain', ('tar', gzip.compress(tar, mtime=0))
    yield 'xz', ('tar.gz', lzma.compress(tar))
    yield 'xz-as-plain', ('tar', lzma.compress(tar))
    yield 'bzip2', ('tar.gz', bz2.compress(tar))
    yield 'lzma', ('tar.gz', lzma.compress(tar, lzma.FORMAT_ALONE))
    yield 'zstd', ('tar.zst', zstd(tar))
    yield 'zstd-as-gzip', ('tar.gz', zstd(tar))
    yield 'zstd-two-frames', ('tar.zst', zstd(tar[:700]) + zstd(tar[700:]))
    yield 'zstd-skippable-frame', ('tar.zst', b'\x50\x2a\x4d\x18\4\0\0\0abcd' + zstd(tar))
    yield 'zstd-window-26', ('tar.zst', zstd(tar, window=26))
    yield 'zstd-window-27', ('tar.zst', zstd(tar, window=27))
    yield 'zstd-window-28', ('tar.zst', zstd(tar, window=28))
    yield 'zstd-window-29', ('tar.zst', zstd(tar, window=29))
    yield 'zstd-window-30', ('tar.zst', zstd(tar, window=30))
    yield 'zstd-window-31', ('tar.zst', zstd(tar, window=31))
    yield 'zstd-cut', ('tar.zst', zstd(tar)[:-8])
    yield 'zstd-garbage-after', ('tar.zst', zstd(tar) + b'garbage')


def raw(data):
    return ('tar', data)


def zstd(data, window=None):
    """A frame of plain blocks, so that it is the same with every version of zstd (RFC 8878); `window` is a power of 2."""
    header = b'\xa0' + struct.pack('<I', len(data)) if window is None else b'\0' + bytes([window - 10 << 3])
    pieces = [data[at:at + (1 << 17)] for at in range(0, len(data), 1 << 17)] or [b'']
    blocks = [struct.pack('<I', len(piece) << 3 | (number == len(pieces)))[:3] + piece for number, piece in enumerate(pieces, 1)]
    return b'\x28\xb5\x2f\xfd' + header + b''.join(blocks)


def cases():
    """(name, [(ending, bytes)]) of each case."""
    for group in (names, links, hard_links, whiteouts, kinds, numbers, headers, pax, sparse, attributes, streams):
        for name, *layers in group():
            yield name, [layer if isinstance(layer, tuple) else ('tar', layer + END) for layer in layers]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, layers in cases():
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        for place, (ending, data) in enumerate(layers, 1):
            with open(os.path.join(folder, '%d.%s' % (place, ending)), 'wb') as file:
                file.write(data)


if __name__ == '__main__':
    main()
