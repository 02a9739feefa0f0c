"""Reads the members of a layer's tar as Go's archive/tar does, which Docker, containerd, podman and umoci all use.
Knows nothing of the program under test. A stream that Go refuses raises Refused."""
import bz2, lzma, re, subprocess, zlib
from dataclasses import dataclass, field

BLOCK = 512
HEADER_ONLY = b'123456'  # these have no content, whatever their size says
META_LIMIT = 1 << 20     # Go reads at most this much of a long name or of pax records


class Refused(Exception):
    """Why an unpacker stops."""


@dataclass
class Member:
    name: bytes
    type: bytes
    link: bytes = b''
    size: int = 0
    mode: int = 0
    uid: int = 0
    gid: int = 0
    mtime: tuple = (0, 0)  # seconds, nanoseconds from 0
    device: tuple = (0, 0)
    xattrs: dict = field(default_factory=dict)
    content: bytes = b''


def inflate(data):
    """The tar in a layer of any compression that Docker or podman reads, told by its first bytes."""
    try:
        if data.startswith(b'\x1f\x8b'):
            return gunzip(data)
        if data.startswith(b'\xfd7zXZ\0'):
            return lzma.decompress(data, lzma.FORMAT_XZ)
        if data.startswith(b'BZh'):
            return bz2.decompress(data)
        if data.startswith(b'\x28\xb5\x2f\xfd') or re.match(rb'[\x50-\x5f]\x2a\x4d\x18', data):
            return subprocess.run(['zstd', '-dcq', '--memory=512MB'], input=data, capture_output=True, check=True).stdout
    except subprocess.CalledProcessError:
        raise Refused('compressed stream: zstd cannot read it')
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as fault:
        raise Refused('compressed stream: %s' % fault)
    return data


def gunzip(data):
    out = []
    while data:
        stream = zlib.decompressobj(31)
        out.append(stream.decompress(data) + stream.flush())
        if not stream.eof:
            raise Refused('compressed stream: cut')
        data = stream.unused_data
    return b''.join(out)


def members(tar):
    """The members, with their content. Long names and pax headers are taken in; global pax headers are given."""
    at = 0
    pax, long_name, long_link = {}, b'', b''
    while True:
        block = tar[at:at + BLOCK]
        if not block:
            return
        if len(block) < BLOCK:
            raise Refused('the archive is cut in a header')
        at += BLOCK
        if not any(block):
            second = tar[at:at + BLOCK]
            if len(second) == BLOCK and any(second):
                raise Refused('one block of zeros, and then a header')
            if 0 < len(second) < BLOCK:
                raise Refused('the archive is cut in its end')
            return
        member = header(block)
        if member.size < 0 and member.type not in HEADER_ONLY:
            raise Refused('a negative size')
        if member.type in b'xgLK':
            content, following = physical(tar, at, member)
        if member.type in b'xg':
            records = pax_records(special(content))
            if member.type == b'g':
                at = following
                yield Member(member.name, b'g', xattrs=records)
                pax, long_name, long_link = {}, b'', b''
                continue
            pax, at = records, following
        elif member.type == b'L':
            long_name, at = c_string(special(content)), following
        elif member.type == b'K':
            long_link, at = c_string(special(content)), following
        else:
            merge(member, pax)
            member.name = long_name or member.name
            member.link = long_link or member.link
            if member.type == b'\0':
                member.type = b'5' if member.name.endswith(b'/') else b'0'
            content, following = physical(tar, at, member)
            member.content = expand(member, pax, block, tar, at, content)
            at = following
            yield member
            pax, long_name, long_link = {}, b'', b''


def padded(size):
    return -(-size // BLOCK) * BLOCK


def physical(tar, at, member):
    size = 0 if member.type in HEADER_ONLY else member.size
    if size < 0:
        raise Refused('a negative size')
    if member.type == b'S':
        # The map may go on in blocks before the content.
        at += sparse_map_length(tar, at)
    content = tar[at:at + size]
    if len(content) < size:
        raise Refused('the archive is cut in a file')
    return content, at + padded(size)


def special(content):
    if len(content) > META_LIMIT:
        raise Refused('a name or pax header is too long')
    return content


def header(block):
    checksum = octal(block[148:156])
    as_if = block[:148] + b' ' * 8 + block[156:]
    # Some writers have summed up signed bytes.
    if checksum != sum(as_if) and checksum != sum(b - 256 if b > 127 else b for b in as_if):
        raise Refused('a header with a wrong checksum')
    member = Member(
        name=c_string(block[0:100]), type=block[156:157], link=c_string(block[157:257]),
        mode=number(block[100:108]), uid=number(block[108:116]), gid=number(block[116:124]),
        size=number(block[124:136]), mtime=(number(block[136:148]), 0))
    magic, version = block[257:263], block[263:265]
    prefix = b''
    if magic == b'ustar\0':
        member.device = (number(block[329:337]), number(block[337:345]))
        prefix = c_string(block[345:476] if block[508:512] == b'tar\0' else block[345:500])
    elif magic == b'ustar ' and version == b' \0':
        member.device = (number(block[329:337]), number(block[337:345]))
        try:
            for place in (block[345:357], block[357:369]):
                if place[0]:
                    number(place)
        except Refused:
            # Go before 1.8 wrote a prefix where GNU has times.
            prefix = c_string(block[345:500])
            if any(b > 127 for b in prefix):
                prefix = b''
    if prefix:
        member.name = prefix + b'/' + member.name
    return member


def c_string(data):
    return data.split(b'\0', 1)[0]


def octal(data):
    data = c_string(data.strip(b' \0'))
    if not data:
        return 0
    if not data.isdigit() or b'8' in data or b'9' in data:
        raise Refused('a number that is not octal')
    value = int(data, 8)
    if value >= 1 << 64:
        raise Refused('a number of more than 64 bits')
    return value - (1 << 64) if value >= 1 << 63 else value


def number(data):
    if not data[0] & 0x80:
        return octal(data)
    negative = data[0] & 0x40
    value = int.from_bytes(data, 'big') & ((1 << (8 * len(data) - 1)) - 1)
    if negative:
        value -= 1 << (8 * len(data) - 1)
    if not -(1 << 63) <= value < 1 << 63:
        raise Refused('a number of more than 64 bits')
    return value


def pax_records(data):
    records, sparse = {}, []
    while data:
        length, space, rest = data.partition(b' ')
        if not space or not re.fullmatch(rb'[+-]?\d+', length):
            raise Refused('a pax record without a length')
        count = int(length)
        if not 5 <= count <= len(data) or count <= len(length) + 1:
            raise Refused('a pax record of an impossible length')
        record, data = data[len(length) + 1:count], data[count:]
        key, equals, value = record[:-1].partition(b'=')
        if record[-1:] != b'\n' or not equals or not key:
            raise Refused('a pax record that is not "key=value"')
        if b'\0' in (value if key in (b'path', b'linkpath', b'uname', b'gname') else key):
            raise Refused('a pax record with a NUL')
        if key in (b'GNU.sparse.offset', b'GNU.sparse.numbytes'):
            if key.endswith(b'offset') != (len(sparse) % 2 == 0) or b',' in value:
                raise Refused('a sparse map out of order')
            sparse.append(value)
        else:
            records[key] = value
    if sparse:
        records[b'GNU.sparse.map'] = b','.join(sparse)
    return records


def decimal(text):
    if not re.fullmatch(rb'[+-]?\d+', text) or not -(1 << 63) <= int(text) < 1 << 63:
        raise Refused('a pax record with a number that is none')
    return int(text)


def pax_time(text):
    whole, _, rest = text.partition(b'.')
    seconds = decimal(whole)
    if rest and not rest.isdigit():
        raise Refused('a pax record with a time that is none')
    nanoseconds = int(rest[:9].ljust(9, b'0')) if rest else 0
    total = seconds * 10 ** 9 + (-nanoseconds if whole.startswith(b'-') else nanoseconds)
    return divmod(total, 10 ** 9)


def merge(member, pax):
    for key, value in pax.items():
        if key.startswith(b'SCHILY.xattr.'):
            member.xattrs[key[13:]] = value
        elif not value:
            continue
        elif key == b'path':
            member.name = value
        elif key == b'linkpath':
            member.link = value
        elif key in (b'uid', b'gid', b'size'):
            setattr(member, key.decode(), decimal(value))
        elif key == b'mtime':
            member.mtime = pax_time(value)
        elif key in (b'atime', b'ctime'):
            pax_time(value)


def sparse_map_length(tar, at):
    """How many bytes of sparse map follow the old GNU header that ends at `at`."""
    length, more = 0, tar[at - BLOCK + 482]
    while more:
        extension = tar[at + length:at + length + BLOCK]
        if len(extension) < BLOCK:
            raise Refused('the archive is cut in a sparse map')
        length += BLOCK
        more = extension[504]
    return length


def expand(member, pax, block, tar, at, content):
    """The content with the holes of sparse files."""
    pairs = None
    if member.type == b'S':
        pairs = old_sparse_map(member, block, tar, at)
    else:
        version = (pax.get(b'GNU.sparse.major', b''), pax.get(b'GNU.sparse.minor', b''))
        if version == (b'1', b'0'):
            pairs = True
        elif version in ((b'0', b'0'), (b'0', b'1')) or version == (b'', b'') and pax.get(b'GNU.sparse.map'):
            pairs = []
        if pairs is None:
            return content
        member.name = pax.get(b'GNU.sparse.name') or member.name
        size = pax.get(b'GNU.sparse.size') or pax.get(b'GNU.sparse.realsize')
        if size:
            member.size = decimal(size)
        if pairs is True:
            pairs, content = sparse_map_1(content)
        else:
            pairs = sparse_map_0(pax)
    if member.type in HEADER_ONLY:
        raise Refused('a sparse member that is no file')
    return fill(member.size, pairs, content)


def fill(size, pairs, content):
    out, at, end = bytearray(), 0, 0
    if size < 0:
        raise Refused('a sparse file of negative size')
    for offset, length in pairs:
        if offset < end or length < 0 or offset + length > size:
            raise Refused('a sparse map that contradicts itself')
        end = offset + length
        if size > 1 << 26:
            raise Refused('a sparse file too large for this reader')
        out += bytes(offset - len(out)) + content[at:at + length]
        at += length
        if at > len(content):
            raise Refused('a sparse file with too little data')
    if at != len(content):
        raise Refused('a sparse file with too much data')
    return bytes(out) + bytes(size - len(out))


def old_sparse_map(member, block, tar, at):
    if block[257:265] != b'ustar  \0':
        raise Refused('a sparse file that is not GNU\'s')
    member.size = number(block[483:495])
    pairs, entries, more = [], block[386:482], block[482]
    while True:
        for place in range(0, len(entries), 24):
            if not entries[place]:
                break
            pairs.append((number(entries[place:place + 12]), number(entries[place + 12:place + 24])))
        if not more:
            return pairs
        extension = tar[at:at + BLOCK]
        at += BLOCK
        entries, more = extension[:504], extension[504]


def sparse_map_0(pax):
    count = decimal(pax.get(b'GNU.sparse.numblocks', b''))
    numbers = [n for n in pax.get(b'GNU.sparse.map', b'').split(b',')]
    if numbers == [b'']:
        numbers = []
    if count < 0 or len(numbers) != 2 * count:
        raise Refused('a sparse map with another number of entries')
    numbers = [decimal(n) for n in numbers]
    return list(zip(numbers[::2], numbers[1::2]))


def sparse_map_1(content):
    at = 0

    def line():
        nonlocal at
        end = content.find(b'\n', at)
        if end < 0:
            raise Refused('a sparse map that is cut')
        text, at = content[at:end], end + 1
        return decimal(text)
    count = line()
    if count < 0:
        raise Refused('a sparse map of negative length')
    pairs = [(line(), line()) for _ in range(count)]
    return pairs, content[padded(at):]
