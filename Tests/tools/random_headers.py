#!/usr/bin/env python3
"""Makes layers whose members are ordinary and whose headers are odd, always the same ones for one seed, and says what they mean.
usage: random_headers.py SEED COUNT FOLDER
Writes FOLDER/0000/1.tar and so on, and FOLDER/expected.jsonl as random_layers.py does. Knows nothing of the program under test."""
import json, os, random, sys
from layer_cases import GNU, USTAR, V7, long_name, m, member_x, record
from merge_layers import both

STAR = b'tar\0'
KEYS = [b'path', b'linkpath', b'uid', b'gid', b'mtime', b'atime', b'size', b'uname', b'comment', b'hdrcharset', b'SCHILY.xattr.user.a',
        b'SCHILY.dev', b'SCHILY.realsize', b'GNU.sparse.name', b'GNU.sparse.major', b'GNU.sparse.minor', b'GNU.sparse.realsize', b'LIBARCHIVE.creationtime']
NUMBERS = [b'0', b'1', b'7', b'-2', b'4294967296', b'1700000000.5', b'-1.25', b'+5', b' 5', b'5 ', b'0x5', b'', b'1e3', b'99999999999999999999', b'1.', b'.5', b'1_0']


class HeaderMaker:
    def __init__(self, random):
        self.random = random
        self.number = 0

    def layer(self):
        blocks = [self.member() for _ in range(self.random.randint(1, 5))]
        if self.random.random() < 0.1:
            blocks.insert(self.random.randrange(len(blocks) + 1), bytes(512 * self.random.randint(1, 3)))
        data = b''.join(blocks) + bytes(self.random.choice([1024] * 8 + [512, 0, 10240]))
        roll = self.random.random()
        if roll < 0.06:
            data = data[:self.random.randrange(len(data))]
        elif roll < 0.1:
            data += self.random.randbytes(self.random.randint(1, 700))
        return data

    def name(self):
        self.number += 1
        return self.random.choice([b'f%d', b'd/f%d', b'./f%d', b'/f%d', b'f%d/', b'f%d\0hidden']) % self.number

    def numeric(self, value, width):
        """The same number as a header may spell it, rarely something that is none."""
        octal = b'%o' % value
        spelled = [octal.rjust(width - 1, b'0') + b'\0'] * 8 + [
            octal.rjust(width - 1, b'0') + b' ', octal.rjust(width - 2, b' ') + b' \0', octal.rjust(width, b'0'), octal + b'\0' * 2,
            b' ' + octal, (value | 1 << 8 * width - 1).to_bytes(width, 'big'), b'', b' ' * width]
        broken = [b'-1', b'8', b'0x1', octal + b'\0 1', b'\xff' * width, b'\x80' + b'\xff' * (width - 1), b'\xc0' + bytes(width - 1)]
        return self.random.choice(broken if self.random.random() < 0.01 else spelled)[:width].ljust(width, b'\0')

    def records(self):
        data = b''
        for _ in range(self.random.randint(0, 3)):
            key = self.random.choice(KEYS)
            text = [b'p%d' % self.number, b'd/p%d/' % self.number, b'', b'\xff', b'a=b', b'l' * 120]
            numeric = key in (b'uid', b'gid', b'size', b'mtime', b'atime') or b'sparse.m' in key or key.endswith(b'size')
            value = self.random.choice(NUMBERS[:3] if numeric and self.random.random() < 0.8 else NUMBERS if numeric else text)
            data += record(key, value)
        if self.random.random() < 0.04:
            data = self.random.choice([data + b'\0' * 5, data[:-1], b' ' + data, b'5 a=\n' + data, b'006 a=\n' + data, data + b'9 path\n'])
        return data

    def meta(self):
        roll = self.random.random()
        if roll < 0.6:
            return member_x(self.records())
        if roll < 0.7:
            return member_x(self.records(), b'g')
        if roll < 0.9:
            return long_name(self.random.choice([b'long%d' % self.number, b'L' * 130 + b'%d' % self.number, b'd/long%d/' % self.number, b'']))
        return long_name(b'target' * 20, b'K')

    def member(self):
        pick = self.random.choice
        name = self.name()
        metas = b''.join(self.meta() for _ in range(pick([0, 0, 0, 1, 1, 2, 3])))
        type = pick([b'0'] * 6 + [b'\0'] * 3 + [b'5', b'2', b'3', b'6', b'1', b'7'])
        magic = pick([USTAR] * 4 + [GNU] * 3 + [V7, b'ustar\0  ', b'ustar  0', b'ustar\0\0\0', b'USTAR\00000'])
        content = pick([b'', b'text', b'x' * 512, b'y' * 700]) if type in b'0\x007' else b''
        link = b'/target' if type == b'2' else b'f1' if type == b'1' else b''
        tail = pick([b''] * 6 + [b'prefix', b'd', b'\0' * 163 + STAR, b'prefix'.ljust(131, b'\0') + bytes(32) + STAR])
        sizes = self.numeric(len(content), 12)
        return metas + m(name, type, content, link=link, mode=self.numeric(0o644, 8), uid=self.numeric(pick([0, 5, 70000]), 8),
                         gid=self.numeric(0, 8), mtime=self.numeric(1700000000, 12), size=sizes, magic=magic, tail=tail,
                         device=(1, 3), checksum=b'garbage ' if self.random.random() < 0.005 else None)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    seed, count, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'expected.jsonl'), 'w') as expected:
        for number in range(count):
            name = '%04d' % number
            layer = HeaderMaker(random.Random('%s %d' % (seed, number))).layer()
            os.makedirs(os.path.join(folder, name), exist_ok=True)
            with open(os.path.join(folder, name, '1.tar'), 'wb') as file:
                file.write(layer)
            json.dump({'image': name, 'layers': 1, **both([layer])}, expected)
            expected.write('\n')


if __name__ == '__main__':
    main()
