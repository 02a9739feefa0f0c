#!/usr/bin/env python3
"""Makes images of a few small, odd layers, always the same ones for one seed, and says what they mean.
usage: random_layers.py [--tame] SEED COUNT FOLDER
Writes FOLDER/0000/1.tar, 2.tar, … and so on, the lowest layer first, and FOLDER/expected.jsonl: for each image one line
{"image": "0000", "layers": n, "unpack": {…}, "mount": {…}} as merge_layers.py makes them. `--tame` leaves out what some real
unpacker refuses or reads in its own way. Knows nothing of the program under test."""
import json, os, random, sys
from layer_rules import Mounting, Node, Unpacking, overlay
from merge_layers import both
from tar_members import Refused, members

NAMES = [b'a', b'b', b'c', b'd', b'e', b'f', b'lib', b'usr']
ODD_NAMES = [b'n' * 255, b'\xff\xfe', b'line\nbreak', b' ', b'...', b'.wh', b'..a', 'ä'.encode(), b'a\xcc\x88', b'-r', b'\\', b'%41']
TARGETS = [b'a', b'/a', b'b/c', b'/usr/lib', b'../b', b'../../..', b'/..', b'.', b'nowhere', b'nowhere/../a', b'../nowhere/x', b'usr//lib/',
           b'./d', b'/d/../e', b'c/../../../d']
TIMES = [(0, 0), (1, 0), (1700000000, 0), (1600000000, 123456789), (1700000000, 500000000), (1 << 33, 0), (4000000000, 0)]
OWNERS = [0, 0, 0, 1, 1000, 65534, 70000, 2097151, 2097152, 4294967294, -2, -70000, 1 << 32, (1 << 33) + 7]
MODES = [0o644, 0o755, 0o700, 0o600, 0o4755, 0o2755, 0o1777, 0, 0o7777, 0o100644, 0o40755]
DEVICES = [(1, 3), (259, 300), (0, 1), (4095, 1048575), (0, 0)]
XATTRS = {b'user.a': b'1', b'user.b': b'\0\xff\n=', b'security.capability': b'\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0',
          b'trusted.overlay.opaque': b'y', b'user.overlay.whiteout': b'', b'trusted.x': b''}
END = bytes(1024)
BOLD = 0.01  # how often something stays that refuses the image


class Writer:
    """Writes the members of one tar, each in a format that can hold it."""

    def __init__(self, random):
        self.random, self.blocks = random, []

    def add(self, name, type, link=b'', content=b'', mode=0o644, uid=0, gid=0, mtime=(0, 0), device=(0, 0), xattrs={}):
        choice = self.random.choice(['pax', 'ustar', 'gnu', 'v7'])
        seconds, nanoseconds = mtime
        records = [(b'SCHILY.xattr.' + key, value) for key, value in xattrs.items()]
        if nanoseconds:
            records.append((b'mtime', b'%d.%09d' % mtime))
        if type in b'34' and choice == 'v7' or records:
            choice = 'pax'
        wide = lambda value, digits: not 0 <= value < 8 ** digits
        numbers = wide(uid, 7) or wide(gid, 7) or wide(seconds, 11)
        long = len(name) > 100 or len(link) > 100
        if choice in ('v7', 'ustar') and (numbers or long):
            choice = self.random.choice(['pax', 'gnu'])
        if choice == 'gnu':
            if len(name) > 100:
                self.raw(b'././@LongLink', b'L', name + b'\0', magic=b'ustar  \0')
            if len(link) > 100:
                self.raw(b'././@LongLink', b'K', link + b'\0', magic=b'ustar  \0')
        if choice == 'pax':
            if len(name) > 100 or self.random.random() < 0.1:
                records.append((b'path', name))
            if len(link) > 100 or link and self.random.random() < 0.1:
                records.append((b'linkpath', link))
            for key, value, digits in ((b'uid', uid, 7), (b'gid', gid, 7)):
                if wide(value, digits):
                    records.append((key, b'%d' % value))
            if wide(seconds, 11) and not nanoseconds:
                records.append((b'mtime', b'%d' % seconds))
            if records:
                self.raw(b'PaxHeaders/x', b'x', b''.join(record(*pair) for pair in records))
            uid, gid, seconds = [0 if wide(value, digits) else value for value, digits in ((uid, 7), (gid, 7), (seconds, 11))]
        magic = {'pax': b'ustar\00000', 'ustar': b'ustar\00000', 'gnu': b'ustar  \0', 'v7': bytes(8)}[choice]
        if choice == 'v7' and type == b'0':
            type = b'\0'
        if choice == 'v7' and type == b'5' and name.endswith(b'/') and self.random.random() < 0.5:
            type = b'\0'
        self.raw(name, type, content, link, mode, uid, gid, seconds, device, magic)

    def raw(self, name, type, content=b'', link=b'', mode=0o644, uid=0, gid=0, seconds=0, device=(0, 0), magic=b'ustar\00000'):
        size = self.random.choice([0, 0, 512]) if type in b'12' and not content else len(content)
        block = b''.join((name[:100].ljust(100, b'\0'), number(mode, 8), number(uid, 8), number(gid, 8), number(size, 12),
                          number(seconds, 12), b' ' * 8, type, link[:100].ljust(100, b'\0'), magic, bytes(64),
                          number(device[0], 8) if magic[0] else bytes(8), number(device[1], 8) if magic[0] else bytes(8)))
        block = block.ljust(512, b'\0')
        block = block[:148] + b'%06o\0 ' % sum(block) + block[156:]
        self.blocks += [block, content, bytes(-len(content) % 512)]

    def finish(self):
        end = self.random.choice([1024] * 8 + [512, 0, 9216])
        return b''.join(self.blocks) + bytes(end if self.blocks else 1024)


def number(value, width):
    """Octal where it fits, else base 256."""
    if 0 <= value < 8 ** (width - 1):
        return b'%0*o\0' % (width - 1, value)
    return (value & ((1 << 8 * width) - 1) | 1 << 8 * width - 1).to_bytes(width, 'big')


def record(key, value):
    rest = b' ' + key + b'=' + value + b'\n'
    length = len(rest)
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return b'%d' % length + rest


class ImageMaker:
    """Makes the layers of one image. Remembers names so that members meet, and mostly leaves out what refuses the image."""

    def __init__(self, random, tame=False):
        self.random, self.tame = random, tame
        self.directories, self.files = [b''], []
        self.said = {}  # what the last file of a path was
        self.tree, self.image = Node('directory'), Node('directory')

    def layers(self):
        layers = []
        for _ in range(self.random.randint(2, 5)):
            layer = self.layer()
            if self.tame and any('refused' in reading or 'tolerated' in reading for reading in both([*layers, layer]).values()):
                continue
            layers.append(layer)
        return layers or [END]

    def layer(self):
        writer = Writer(self.random)
        here, later = [], []
        unpacking, mounting = Unpacking(self.tree, set()), Mounting(self.image, set())
        for _ in range(self.random.choice([0, 1, 3, 6, 10, 15])):
            start = len(writer.blocks)
            self.member(writer, here)
            self.try_out(writer, start, (unpacking, mounting), later)
        for name in dict.fromkeys(later):
            start = len(writer.blocks)
            self.said[name] = self.said.get(name) or self.fields()
            writer.add(name, b'0', content=b'later', **self.said[name])
            self.try_out(writer, start, (unpacking, mounting), [])
        try:
            for trial in (unpacking, mounting):
                trial.resolve()
            self.image = overlay(mounting.root, self.image)
        except Refused:
            pass
        return writer.finish()

    def try_out(self, writer, start, trials, later):
        """Mostly takes members away again that refuse the image, and remembers the later members that they need."""
        for trial in trials:
            trial.notes.clear()
            try:
                for member in members(b''.join(writer.blocks[start:])):
                    trial.add(member)
                    if 'hard link to a later member' in trial.notes:
                        later.append(member.link)
                if self.tame and trial.notes:
                    raise Refused
            except Refused:
                if self.tame or self.random.random() > BOLD:
                    del writer.blocks[start:]
                return

    def name(self):
        return self.random.choice(ODD_NAMES if self.random.random() < 0.05 else NAMES)

    def path(self):
        roll = self.random.random()
        if self.files and roll < 0.25:
            return self.random.choice(self.files)
        if roll < 0.35:
            return self.random.choice(self.directories) or self.name()
        parent = self.random.choice(self.directories)
        if roll < 0.45:
            parent = join(parent, self.name())
        return join(parent, self.name())

    def spelled(self, path):
        """The same place in other words."""
        roll = self.random.random()
        if roll < 0.85:
            return path
        return self.random.choice([b'./' + path, b'/' + path, b'../' + path, path.replace(b'/', b'//'), path.replace(b'/', b'/./'),
                                   b'../../' + path, b'zz/../' + path, path.replace(b'/', b'/q/../', 1)])

    def fields(self):
        pick = self.random.choice
        return dict(mode=pick(MODES[:4] if self.tame else MODES), uid=pick(OWNERS), gid=pick(OWNERS), mtime=pick(TIMES))

    def xattrs(self):
        if self.random.random() < 0.8:
            return {}
        if self.tame:
            return {b'user.a': XATTRS[b'user.a']}
        return {key: XATTRS[key] for key in self.random.sample(sorted(XATTRS), self.random.randint(1, 3))}

    def member(self, writer, here):
        pick, roll = self.random.choice, self.random.random()
        path = self.path()
        if self.tame and path in here:
            return
        if roll < 0.24:
            here.append(path)
            if self.random.random() < 0.1 and not self.tame:
                path = b''
            self.directories.append(path)
            name = self.spelled(path) or b'./'
            writer.add(name + (pick([b'/', b'/', b'', b'//']) if not name.endswith(b'/') else b''), b'5',
                       xattrs=self.xattrs(), **self.fields())
        elif roll < 0.5:
            size = pick([0, 1, 511, 512, 513, 3072, self.random.randint(0, 3072)])
            content = self.random.randbytes(2) * (size // 2 + 1)
            self.remember(path, here)
            self.said[path] = self.fields()
            writer.add(self.spelled(path), b'0', content=content[:size], xattrs=self.xattrs(), **self.said[path])
        elif roll < 0.62:
            target = pick(TARGETS) if self.random.random() < 0.6 else b'/' + pick(self.directories)
            if self.random.random() < 0.7:
                self.directories.append(path)  # so that members lie behind it
            self.remember(path, here)
            writer.add(self.spelled(path), b'2', link=target, **self.fields())
        elif roll < 0.74:
            target = pick(here) if here and self.random.random() < 0.6 else self.path()
            if self.files and self.random.random() < 0.5:
                target = pick(self.files)
            self.remember(path, here)
            said = self.said.get(target) if self.random.random() < 0.9 else None
            self.said[path] = said or self.fields()
            writer.add(self.spelled(path), b'1', link=self.spelled(target), **self.said[path])
        elif roll < 0.88:
            parent, _, name = path.rpartition(b'/')
            name = pick([b'.wh.' + name] * 5 + [b'.wh..wh..opq'] * 3)
            if len(name) <= 255:
                kind = pick([b'0'] * 8 + [b'5', b'1', b'2'])
                link = b'.wh..wh.aufs' if kind == b'1' else b'x' if kind == b'2' else b''
                content = pick([b'', b'', b'text']) if kind == b'0' else b''
                writer.add(self.spelled(join(parent, name)), kind, link=link, content=content, **self.fields())
        elif roll < 0.92:
            if not self.tame:
                self.plink(writer, path)
        elif roll < 0.96:
            self.remember(path, here)
            writer.add(path, b'6', **self.fields())
        else:
            writer.add(path, pick([b'3', b'4']), device=pick(DEVICES), **self.fields())

    def plink(self, writer, path):
        writer.add(b'.wh..wh.aufs', b'0')
        writer.add(b'.wh..wh.plnk', b'5', mode=0o700)
        name = b'.wh..wh.plnk/%d.%d' % (self.random.randint(1, 3), self.random.randint(1, 3))
        fields = self.fields()
        writer.add(name, b'0', content=b'plink', **fields)
        writer.add(path, b'1', link=name, **fields)

    def remember(self, path, here):
        self.files.append(path)
        here.append(path)


def join(parent, name):
    return parent + b'/' + name if parent else name


def images(seed, count, tame=False):
    """The layers of each image, as bytes."""
    for number in range(count):
        yield ImageMaker(random.Random('%s %d' % (seed, number)), tame).layers()


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != '--tame']
    if len(arguments) != 3:
        sys.exit(__doc__)
    seed, count, folder = arguments[0], int(arguments[1]), arguments[2]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'expected.jsonl'), 'w') as expected:
        for number, layers in enumerate(images(seed, count, '--tame' in sys.argv)):
            name = '%04d' % number
            os.makedirs(os.path.join(folder, name), exist_ok=True)
            for place, layer in enumerate(layers, 1):
                with open(os.path.join(folder, name, '%d.tar' % place), 'wb') as file:
                    file.write(layer)
            json.dump({'image': name, 'layers': len(layers), **both(layers)}, expected)
            expected.write('\n')


if __name__ == '__main__':
    main()
