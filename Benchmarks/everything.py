#!/usr/bin/env python3
"""A registry on a free port of the loopback interface that has an image by every name and tag, and prints its address.

usage: everything.py

An image has three layers: two that all images share, and one with a file of its own. It is in memory alone; nobody logs in,
and nothing can be pushed. What was asked since the last time is told at /requests, as "HEAD N GET N"."""
import asyncio, gzip, hashlib, io, json, tarfile

MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
CONFIG = 'application/vnd.oci.image.config.v1+json'
LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'


def digest(content):
    return 'sha256:' + hashlib.sha256(content).hexdigest()


def layer(files):
    """The digest of a tar of these files, and the tar compressed."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode='w') as tar:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return digest(archive.getvalue()), gzip.compress(archive.getvalue(), 1, mtime=0)


class Images:
    """Manifests by name and tag, blobs and manifests by digest."""

    def __init__(self):
        self.shared = [layer((f'{part}/file{n}', f'{part} {n}\n'.encode() * 200) for n in range(40)) for part in ('lib', 'bin')]
        self.named, self.contents = {}, {}
        for _, blob in self.shared:
            self.contents[digest(blob)] = LAYER, blob

    def store(self, content, media_type):
        self.contents[digest(content)] = media_type, content
        return {'mediaType': media_type, 'digest': digest(content), 'size': len(content)}

    def manifest(self, name):
        if name not in self.named:
            layers = [*self.shared, layer([('app', f'the only file of {name}'.ljust(50).encode() + b'\n')])]
            rootfs = {'type': 'layers', 'diff_ids': [diff_id for diff_id, _ in layers]}
            config = json.dumps({'architecture': 'amd64', 'os': 'linux', 'rootfs': rootfs}).encode()
            content = json.dumps({
                'schemaVersion': 2,
                'mediaType': MANIFEST,
                'config': self.store(config, CONFIG),
                'layers': [self.store(blob, LAYER) for _, blob in layers],
            }).encode()
            self.named[name] = self.store(content, MANIFEST)['digest']
        return self.named[name]

    def answer(self, path):
        """Media type, digest and content of what a path names; None where there is nothing."""
        if path in ('/v2', '/v2/'):
            return 'application/json', None, b'{}'
        name, kind, reference = path.removeprefix('/v2/').rsplit('/', 2)
        if kind == 'manifests' and ':' not in reference:
            reference = self.manifest(f'{name}:{reference}')
        if reference in self.contents:
            media_type, content = self.contents[reference]
            return media_type, reference, content
        return None


class Connection(asyncio.Protocol):
    """HTTP/1.1 as far as who only reads needs it. Sockets of asyncio send at once (TCP_NODELAY)."""

    images = Images()
    requests = {}

    def __init__(self):
        self.received = b''

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.received += data
        while (end := self.received.find(b'\r\n\r\n')) >= 0:
            method, path, _ = self.received[: self.received.index(b'\r\n')].decode().split(' ', 2)
            self.received = self.received[end + 4 :]
            self.transport.write(self.answer(method, path.split('?')[0]))

    def answer(self, method, path):
        if path == '/requests':
            found = 'text/plain', None, ' '.join(f'{m} {n}' for m, n in sorted(self.requests.items())).encode() + b'\n'
            self.requests.clear()
        else:
            self.requests[method] = self.requests.get(method, 0) + 1
            found = self.images.answer(path) if method in ('GET', 'HEAD') else None
        if found is None:
            return b'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'
        media_type, name, content = found
        head = f'HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n'
        head += f'Docker-Content-Digest: {name}\r\n\r\n' if name else '\r\n'
        return head.encode() + (content if method == 'GET' else b'')


async def main():
    server = await asyncio.get_running_loop().create_server(Connection, '127.0.0.1', 0, backlog=1024)
    host, port = server.sockets[0].getsockname()
    print(f'{host}:{port}', flush=True)
    await server.serve_forever()


asyncio.run(main())
