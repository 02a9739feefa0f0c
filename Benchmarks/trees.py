#!/usr/bin/env python3
"""Writes an OCI image layout of images that share their lower layers.

usage: trees.py DIRECTORY ENTRIES [NUMBER [PLACE]]

The image `base` has about ENTRIES files and directories, of three layers: 63 %, 35 %, and one that changes, deletes and
adds 2 %. NUMBER images more, `1` to `NUMBER`, have a layer of 100 files over those, in the directory `app` or, where
PLACE is `scattered`, in as many directories of the base. The image `small` has one file. `again` is `base` by a second
name. Files have 50,000 contents at most."""
import hashlib, io, json, os, sys, tarfile

directory, entries = sys.argv[1], int(sys.argv[2])
number = int(sys.argv[3]) if len(sys.argv) > 3 else 0
place = sys.argv[4] if len(sys.argv) > 4 else 'app'
blobs = os.path.join(directory, 'blobs/sha256')
os.makedirs(blobs)
manifests = []


def blob(content, media_type):
    digest = hashlib.sha256(content).hexdigest()
    with open(os.path.join(blobs, digest), 'wb') as file:
        file.write(content)
    return {'mediaType': media_type, 'digest': 'sha256:' + digest, 'size': len(content)}


def layer(members):
    """A layer of pairs of a name and a content, which is None for a directory."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode='w', format=tarfile.USTAR_FORMAT) as archive:
        for name, content in with_directories(members):
            member = tarfile.TarInfo(name)
            member.mtime, member.mode = 1700000000, 0o644
            if content is None:
                member.type, member.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return blob(file.getvalue(), 'application/vnd.oci.image.layer.v1.tar')


def image(names, layers):
    config = {
        'architecture': 'amd64',
        'os': 'linux',
        'config': {'Cmd': ['/bin/sh']},
        'rootfs': {'type': 'layers', 'diff_ids': [layer['digest'] for layer in layers]},
        'history': [{'comment': names[0]}],
    }
    manifest = {
        'schemaVersion': 2,
        'mediaType': 'application/vnd.oci.image.manifest.v1+json',
        'config': blob(json.dumps(config).encode(), 'application/vnd.oci.image.config.v1+json'),
        'layers': layers,
    }
    written = blob(json.dumps(manifest).encode(), manifest['mediaType'])
    manifests.extend({**written, 'annotations': {'org.opencontainers.image.ref.name': name}} for name in names)


def part(package, number):
    return f'usr/lib/package{package:04}/part{number:02}'


def content(number):
    return b'%d\n' % (number % 50000)


def packages(first, last):
    """Of 1,001 entries each: 91 directories with ten files."""
    for package in range(first, last):
        yield f'usr/lib/package{package:04}', None
        for number in range(91):
            yield part(package, number), None
            for file in range(10):
                yield f'{part(package, number)}/file-{file}.txt', content((package * 91 + number) * 10 + file)


def top(count):
    """Of each package 14 files: ten changed ones, two deletions, a directory that hides the lower one, a new file."""
    for package in range(count):
        for number in range(10):
            yield f'{part(package, number)}/file-3.txt', content(package * 10 + number + 7)
        yield f'{part(package, 20)}/.wh.file-4.txt', b''
        yield f'usr/lib/package{package:04}/.wh.part21', b''
        yield f'{part(package, 22)}/.wh..wh..opq', b''
        yield f'{part(package, 23)}/new.txt', b'new\n'


def with_directories(members):
    """As most programs write layers: the directories on the way to a member are members before it."""
    seen = set()
    for name, content in members:
        parents = name.split('/')[:-1]
        for depth in range(1, len(parents) + 1):
            parent = '/'.join(parents[:depth])
            if parent not in seen:
                seen.add(parent)
                yield parent, None
        if content is not None or name not in seen:
            seen.add(name)
            yield name, content


def more(image):
    """A hundred files that no other image has."""
    for number in range(100):
        name = f'app/file-{number:02}.txt'
        if place == 'scattered':
            # All of the base's directories in turn, many packages apart.
            name = f'{part(number * count // 100, (number * 7 + image) % 20)}/image.txt'
        yield name, b'%d of %d\n' % (number, image)


count = max(entries // 1001, 1)
middle = -(-count * 65 // 100)
base = [layer(packages(0, middle)), layer(packages(middle, count)), layer(top(count))]
image(['base', 'again'], base)
image(['small'], [layer([('file', b'one\n')])])
for one in range(1, number + 1):
    image([str(one)], base + [layer(more(one))])
with open(os.path.join(directory, 'index.json'), 'w') as file:
    json.dump({'schemaVersion': 2, 'manifests': manifests}, file)
with open(os.path.join(directory, 'oci-layout'), 'w') as file:
    json.dump({'imageLayoutVersion': '1.0.0'}, file)
