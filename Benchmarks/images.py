#!/usr/bin/env python3
"""Pushes images of one small layer each into a registry as GROUP/appNUMBER:1, and prints their names.
usage: images.py HOST:PORT GROUP FIRST LAST USER <PASSWORD"""
import base64, gzip, hashlib, http.client, io, json, sys, tarfile

host, group, first, last, user = sys.argv[1:]
login = base64.b64encode(f'{user}:{sys.stdin.readline().strip()}'.encode()).decode()
connection = http.client.HTTPConnection(host)


def request(method, path, body=None, media_type='application/octet-stream'):
    headers = {'Authorization': f'Basic {login}', 'Content-Type': media_type}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        sys.exit(f'{method} {path}: {answer.status} {text.decode(errors="replace")}')
    return answer


def digest(content):
    return 'sha256:' + hashlib.sha256(content).hexdigest()


def push(name, content, media_type):
    location = request('POST', f'/v2/{name}/blobs/uploads/').getheader('Location')
    path = location.split(host, 1)[-1]
    request('PUT', f'{path}{"&" if "?" in path else "?"}digest={digest(content)}', content)
    return {'mediaType': media_type, 'digest': digest(content), 'size': len(content)}


def layer(number):
    """A file of 51 bytes."""
    content = f'the only file of image {number}'.ljust(50).encode() + b'\n'
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode='w') as archive:
        member = tarfile.TarInfo('file')
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


for number in range(int(first), int(last) + 1):
    name = f'{group}/app{number}'
    tar = layer(number)
    config = {'architecture': 'amd64', 'os': 'linux', 'rootfs': {'type': 'layers', 'diff_ids': [digest(tar)]}}
    manifest = {
        'schemaVersion': 2,
        'mediaType': 'application/vnd.oci.image.manifest.v1+json',
        'config': push(name, json.dumps(config).encode(), 'application/vnd.oci.image.config.v1+json'),
        'layers': [push(name, gzip.compress(tar, mtime=0), 'application/vnd.oci.image.layer.v1.tar+gzip')],
    }
    request('PUT', f'/v2/{name}/manifests/1', json.dumps(manifest).encode(), manifest['mediaType'])
    print(f'{name}:1', flush=True)
