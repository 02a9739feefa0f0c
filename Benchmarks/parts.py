#!/usr/bin/env python3
"""Writes an OCI image layout of four gzip layers: a base, and another tar in three parts of equal size.
usage: parts.py BASE.tar LAYER.tar DIRECTORY"""
import gzip, hashlib, json, os, subprocess, sys, tarfile

base, layer, directory = sys.argv[1:]
blobs = os.path.join(directory, 'blobs/sha256')
os.makedirs(blobs)


def blob(path):
    with open(path, 'rb') as file:
        digest = hashlib.file_digest(file, 'sha256').hexdigest()
    size = os.path.getsize(path)
    os.rename(path, os.path.join(blobs, digest))
    return {'digest': 'sha256:' + digest, 'size': size}


def document(value, media_type):
    path = os.path.join(directory, 'new')
    with open(path, 'w') as file:
        json.dump(value, file)
    return {'mediaType': media_type, **blob(path)}


def split():
    """A hard link lies in the same part as its target."""
    paths = [os.path.join(directory, f'part{number}.tar') for number in range(3)]
    parts = [tarfile.open(path, 'w', format=tarfile.PAX_FORMAT) for path in paths]
    limit, written, places = os.path.getsize(layer) / 3, 0, {}
    with tarfile.open(layer) as archive:
        for member in archive:
            place = places[member.linkname] if member.islnk() else min(int(written / limit), 2)
            places[member.name] = place
            written += 512 + (member.size if member.isreg() else 0)
            parts[place].addfile(member, archive.extractfile(member) if member.isreg() else None)
    for part in parts:
        part.close()
    return paths


layers, diff_ids = [], []
for path in [base] + split():
    with open(path, 'rb') as file:
        diff_ids.append('sha256:' + hashlib.file_digest(file, 'sha256').hexdigest())
    packed = os.path.join(directory, 'packed')
    with open(packed, 'wb') as file:
        subprocess.run(['gzip', '--no-name', '--stdout', path], stdout=file, check=True)
    layers.append({'mediaType': 'application/vnd.oci.image.layer.v1.tar+gzip', **blob(packed)})
    if path != base:
        os.remove(path)
config = {'architecture': 'amd64', 'os': 'linux', 'rootfs': {'type': 'layers', 'diff_ids': diff_ids}}
manifest = {
    'schemaVersion': 2,
    'mediaType': 'application/vnd.oci.image.manifest.v1+json',
    'config': document(config, 'application/vnd.oci.image.config.v1+json'),
    'layers': layers,
}
image = document(manifest, manifest['mediaType'])
image['annotations'] = {'org.opencontainers.image.ref.name': '1'}
with open(os.path.join(directory, 'index.json'), 'w') as file:
    json.dump({'schemaVersion': 2, 'manifests': [image]}, file)
with open(os.path.join(directory, 'oci-layout'), 'w') as file:
    json.dump({'imageLayoutVersion': '1.0.0'}, file)
