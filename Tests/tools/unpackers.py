#!/usr/bin/env python3
"""Gives images to real unpackers and prints what each makes of them. Started by unpackers.sh, which says how it is used."""
import argparse, hashlib, json, os, re, shutil, stat, subprocess, tempfile, time, urllib.request
from layer_rules import Node
from merge_layers import both, listing, load
from tar_members import Refused, inflate

MEDIA = {'tar': 'application/vnd.oci.image.layer.v1.tar', 'zst': 'application/vnd.oci.image.layer.v1.tar+zstd'}
GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip'


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, timeout=30, **options)
    if result.returncode:
        lines = (result.stderr + result.stdout).decode(errors='replace').strip().splitlines()
        lines = [line for line in lines if line.startswith('ctr: ')] or lines or ['exit code %d' % result.returncode]
        raise Refused(lines[-1])
    return result.stdout.decode(errors='replace')


def digest(data):
    return 'sha256:' + hashlib.sha256(data).hexdigest()


class Registry:
    """Puts images into a registry at an address, without looking into them."""

    def __init__(self, address):
        self.address = address

    def send(self, method, path, data=b'', type='application/octet-stream'):
        url = path if path.startswith('http') else 'http://%s/v2/%s' % (self.address, path)
        request = urllib.request.Request(url, data=data, method=method, headers={'Content-Type': type})
        with urllib.request.urlopen(request) as response:
            return response.headers.get('Location')

    def blob(self, name, data):
        place = self.send('POST', name + '/blobs/uploads/')
        self.send('PUT', place + ('&' if '?' in place else '?') + 'digest=' + digest(data), data)

    def push(self, name, layers):
        """`layers` are (ending, bytes) pairs."""
        ids = []
        for _, data in layers:
            try:
                ids.append(digest(inflate(data)))
            except Refused:
                ids.append(digest(data))
        # No two images have a layer chain in common, so that nothing is left over from the case before.
        config = json.dumps({'architecture': 'amd64', 'os': 'linux', 'config': {}, 'author': name,
                             'rootfs': {'type': 'layers', 'diff_ids': ids}}).encode()
        self.blob(name, config)
        for _, data in layers:
            self.blob(name, data)
        manifest = json.dumps({
            'schemaVersion': 2, 'mediaType': 'application/vnd.oci.image.manifest.v1+json',
            'config': {'mediaType': 'application/vnd.oci.image.config.v1+json', 'digest': digest(config), 'size': len(config)},
            'layers': [{'mediaType': MEDIA.get(ending, GZIP), 'digest': digest(data), 'size': len(data)} for ending, data in layers],
        }).encode()
        self.send('PUT', name + '/manifests/1', manifest, 'application/vnd.oci.image.manifest.v1+json')


def look(folder):
    """A folder as merge_layers.py would list it."""
    nodes = {}

    def node(path):
        try:
            info = os.lstat(path)
        except FileNotFoundError:
            # Overlayfs lists whiteouts in directories that lower layers do not have, and then knows nothing of them.
            return Node('ghost', 0)
        kind = {stat.S_IFREG: 'file', stat.S_IFDIR: 'directory', stat.S_IFLNK: 'symlink', stat.S_IFCHR: 'char',
                stat.S_IFBLK: 'block', stat.S_IFIFO: 'fifo', stat.S_IFSOCK: 'socket'}[stat.S_IFMT(info.st_mode)]
        if kind != 'directory' and (info.st_dev, info.st_ino) in nodes:
            return nodes[info.st_dev, info.st_ino]
        made = Node(kind, info.st_mode & 0o7777, info.st_uid, info.st_gid, divmod(info.st_mtime_ns, 10 ** 9))
        if kind != 'directory':
            nodes[info.st_dev, info.st_ino] = made
        made.xattrs = {os.fsencode(key): os.getxattr(path, key, follow_symlinks=False)
                       for key in os.listxattr(path, follow_symlinks=False)}
        if kind == 'file':
            made.content = load(path) if info.st_size < 1 << 26 else b'%d' % info.st_size
        elif kind == 'symlink':
            made.target = os.readlink(path)
        elif kind in ('char', 'block'):
            made.device = (os.major(info.st_rdev), os.minor(info.st_rdev))
        elif kind == 'directory':
            made.children = {name: node(os.path.join(path, name)) for name in os.listdir(path)}
        return made
    return listing(node(os.fsencode(folder)))


class Docker:
    def __init__(self, arguments):
        self.command = ('docker', '-H', 'unix://' + arguments.docker)
        self.version = run(*self.command, 'version', '--format', '{{.Server.Version}}').strip() + ' overlay2'

    def listing(self, image, work):
        run(*self.command, 'pull', '-q', image)
        try:
            driver = json.loads(run(*self.command, 'image', 'inspect', image))[0]['GraphDriver']['Data']
            layers = ':'.join(filter(None, (driver.get('UpperDir'), driver.get('LowerDir'), os.path.join(work, 'empty'))))
            os.makedirs(os.path.join(work, 'empty'), exist_ok=True)
            return mounted(work, lambda place: run('mount', '-t', 'overlay', 'overlay', '-o', 'ro,lowerdir=' + layers, place))
        finally:
            run(*self.command, 'rmi', '-f', image)


def mounted(work, mount):
    place = os.path.join(work, 'mounted')
    os.makedirs(place, exist_ok=True)
    mount(place)
    try:
        return look(place)
    finally:
        run('umount', place)


class Containerd:
    def __init__(self, arguments):
        self.command = ('ctr', '-a', arguments.containerd, '-n', 'cases')
        self.version = run(*self.command, 'version').split('Server:')[1].split('Version:')[1].split()[0] + ' overlayfs'

    def listing(self, image, work):
        try:
            run(*self.command, 'images', 'pull', '--plain-http', '--snapshotter', 'overlayfs', image)
            return mounted(work, lambda place: run(*self.command, 'images', 'mount', '--snapshotter', 'overlayfs', image, place))
        finally:
            subprocess.run([*self.command, 'snapshots', '--snapshotter', 'overlayfs', 'rm', os.path.join(work, 'mounted')], capture_output=True)
            run(*self.command, 'images', 'rm', '--sync', image)


class Podman:
    def __init__(self, arguments):
        place = arguments.folder + '/podman'
        self.command = ('podman', '--root', place + '/root', '--runroot', place + '/run', '--storage-driver', 'vfs')
        self.version = run('podman', '--version').split()[-1] + ' vfs'

    def listing(self, image, work):
        run(*self.command, 'pull', '-q', '--tls-verify=false', image)
        try:
            return look(run(*self.command, 'image', 'mount', image).strip())
        finally:
            subprocess.run([*self.command, 'image', 'umount', image], capture_output=True)
            run(*self.command, 'rmi', '-f', image)


class Umoci:
    def __init__(self, arguments):
        self.version = run('umoci', '--version').split()[-1]

    def listing(self, image, work):
        layout = os.path.join(work, 'layout')
        run('skopeo', 'copy', '--src-tls-verify=false', 'docker://' + image, 'oci:%s:1' % layout)
        run('umoci', 'unpack', '--image', layout + ':1', os.path.join(work, 'bundle'))
        return look(os.path.join(work, 'bundle', 'rootfs'))


class Wafer:
    """What clients would mount of the layers that Wafer publishes."""

    def __init__(self, arguments):
        self.program, self.folder = arguments.wafer, arguments.folder
        self.options = {**os.environ, 'XDG_CONFIG_HOME': self.folder + '/config', 'WAFER_DATABASE': self.folder + '/wafer.sqlite'}
        self.version = run(self.program, '--version').split()[-1]
        self.run('init')
        self.run('repository', 'create', 'cases.test', '--storage', self.folder + '/cases.test')

    def run(self, *command):
        return run(self.program, *command, env=self.options)

    def listing(self, image, work):
        self.run('add-desiderata', '--repository', 'cases.test', '--formats', 'layers', '--input-image', 'http://' + image)
        address, name = image.split('/')
        request = urllib.request.Request('http://%s/v2/%s/manifests/1' % (address, name.split(':')[0]),
                                         headers={'Accept': 'application/vnd.oci.image.manifest.v1+json'})
        with urllib.request.urlopen(request) as response:
            digests = [layer['digest'].split(':')[1] for layer in json.load(response)['layers']]
        places = [os.path.join(work, 'empty')]
        os.makedirs(places[0])
        for number, hex in enumerate(digests):
            places.insert(0, os.path.join(work, str(number)))
            self.run('repository', 'export', 'cases.test', '/.layers/%s/%s/layerfs' % (hex[:2], hex), places[0], '--devices', '--setuid')
        rows = mounted(work, lambda place: run('mount', '-t', 'overlay', 'overlay', '-o', 'ro,lowerdir=' + ':'.join(places), place))
        for row in rows:
            # The marks of opaque directories in their second form, which this mount does not ask for.
            row.get('xattrs', {}).pop('user.overlay.opaque', None)
            if row.get('xattrs') == {}:
                del row['xattrs']
        return rows


def differences(real, read):
    """What a real listing has otherwise than the one read. Some leave the time of unpacking on directories."""
    now = time.time() - 3600
    if read[0]['mode'] == '755':
        # Nobody has named the root: then each has one of its own.
        real, read = real[1:], read[1:]
    real, read = {row['path']: row for row in real}, {row['path']: row for row in read}
    for path in sorted({*real, *read}):
        if path not in read:
            yield 'also %s "%s"' % (real[path]['type'], path)
        elif path not in real:
            yield 'no %s "%s"' % (read[path]['type'], path)
        else:
            for key in ('type', 'mode', 'uid', 'gid', 'mtime', 'sha256', 'target', 'device', 'xattrs', 'links'):
                one, other = real[path].get(key), read[path].get(key)
                if one != other and not (key == 'mtime' and real[path]['type'] == 'directory' and one[0] > now):
                    yield '"%s": %s %s instead of %s' % (path, key, one, other)


def judge(real, readings):
    """`=` with the name of the reading that a real listing is, or what it has otherwise than the nearest."""
    found = {way: list(differences(real, reading['listing'])) for way, reading in readings.items() if 'listing' in reading}
    if not found:
        return 'takes it: ' + '; '.join('%s "%s"' % (row['type'], row['path']) for row in real[1:])
    equal = [way for way, lines in found.items() if not lines]
    if equal:
        return '= ' + ' = '.join(sorted(equal))
    way, lines = min(found.items(), key=lambda item: len(item[1]))
    return 'other than %s: %s' % (way, '; '.join(lines))


def message(text):
    """The end of an error, without what differs from run to run."""
    text = re.sub(r'/\S*/(containerd-mount\d+|fs|rootfs|storage\d+|tmp\.\w+)(?=[/:" ])', '', text)
    text = re.sub(r'.*(ApplyLayer stdout:  stderr|mount callback failed on *|extract layer sha256:\w+|Error processing tar file\S*'
                  r'|unpack layer|failed: layer sha256:\w+ of http\S+): ', '', text, flags=re.DOTALL)
    return text.removesuffix(': unknown').removesuffix(' exit status 1')[:200]


def images(folder):
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            yield name, [(layer.split('.')[-1] if not layer.endswith('.tar.xz') else 'gz', load(os.path.join(path, layer)))
                         for layer in sorted(os.listdir(path))]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ('registry', 'docker', 'containerd', 'wafer', 'folder', 'json'):
        parser.add_argument('--' + name)
    parser.add_argument('--only', default='')
    parser.add_argument('--with', dest='programs', default='docker,containerd,podman,umoci')
    parser.add_argument('cases')
    arguments = parser.parse_args()
    kinds = {'docker': Docker, 'containerd': Containerd, 'podman': Podman, 'umoci': Umoci, 'wafer': Wafer}
    programs = {name: kinds[name](arguments) for name in arguments.programs.split(',')}
    result = {'versions': {name: program.version for name, program in programs.items()}, 'cases': {}}
    print(' · '.join('%s %s' % pair for pair in result['versions'].items()))
    registry = Registry(arguments.registry)
    for number, (name, layers) in enumerate(images(arguments.cases)):
        if not re.search(arguments.only, name):
            continue
        readings = both([data for _, data in layers])
        if 'too large' in readings['unpack'].get('refused', ''):
            print('\n%s   left out: it would fill the disk' % name)
            continue
        image = 'case-%d' % number
        registry.push(image, layers)
        print('\n%s   %s' % (name, '   '.join('%s: %s' % (way, 'refused (%s)' % reading['refused'] if 'refused' in reading
                                                        else 'read') for way, reading in readings.items())))
        row = result['cases'][name] = {}
        for program, unpacker in programs.items():
            work = tempfile.mkdtemp(dir=arguments.folder)
            try:
                row[program] = judge(unpacker.listing('%s/%s:1' % (arguments.registry, image), work), readings)
            except (Refused, subprocess.TimeoutExpired) as fault:
                row[program] = 'refused: ' + message(str(fault))
            except OSError as fault:
                row[program] = 'unreadable: %s' % fault
            finally:
                shutil.rmtree(work, ignore_errors=True)
            print('  %-11s %s' % (program, row[program]), flush=True)
    if arguments.json:
        with open(arguments.json, 'w') as file:
            json.dump(result, file, indent=1)
            file.write('\n')


if __name__ == '__main__':
    main()
