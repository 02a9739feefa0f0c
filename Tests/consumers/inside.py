#!/usr/bin/env python3
"""What a consumer shows of an image: lists a root file system, and compares two lists. Knows nothing of the program under test.
usage: inside.py list ROOT [MOUNTINFO]          JSON; what is mounted below the root, says MOUNTINFO, is left out
       inside.py compare WANTED SEEN [OPTION...]
       inside.py environment PID                 JSON; the environment of a process
       inside.py environments WANTED SEEN        of two processes in podman, but for what is each one's own
       inside.py variables INSPECTED SEEN        of an image in apptainer, but for what apptainer decides
       inside.py readable ROOT                   whether this user can read each file and enter each directory
       inside.py stored STORE TREE               the name of the image in a podman store whose layer is the tree
       inside.py user INSPECTED                  the user of an image
       inside.py mount-points INSPECTED          the working directory and the volumes of an image
       inside.py inspected WANTED SEEN           of two images, as podman inspects them
       inside.py labels INSPECTED SEEN           of an image, as podman inspects it and as apptainer does
Options of compare:
  --owners exact|mapped|any      mapped: of files and directories, as an unprivileged fuse-overlayfs shows them
  --modes exact|readable|any     readable: opened for readers, nothing else
  --attributes all|user|any      extended attributes; user: those of the user's name space
  --links                        hard links within a directory are the same file
  --no-setuid                    files have no setuid and setgid bits
  --told                         the attribute override_stat tells the wanted owner and mode
  --mount-point PATH             one more path that may be there and not in WANTED"""
import argparse, hashlib, json, os, re, stat, sys
from urllib.parse import quote_from_bytes, unquote_to_bytes

OVERRIDE = 'user.containers.override_stat'
# What Wafer adds to a tree, or an engine to a container, where an image has nothing.
DIRECTORIES = 'dev proc sys tmp var var/tmp home root srv cvmfs run run/secrets etc .singularity.d'.split()
FILES = 'etc/hosts etc/resolv.conf etc/hostname etc/localtime etc/passwd etc/group run/.containerenv'.split()
LINKS = {'etc/mtab': '/proc/mounts'}
# Set by the engines, or by the shell that was started.
OWN_OF_CONTAINER = {'HOSTNAME', 'PWD', 'OLDPWD', 'SHLVL', '_'}
DECIDED_BY_APPTAINER = OWN_OF_CONTAINER | {'HOME', 'UID', 'EUID', 'GID', 'GROUPS', 'PPID', 'IFS', 'OPTIND', 'LINENO', 'RANDOM', 'DIRSTACK'}


def mounts_of(path):
    """The mount points that a mountinfo names, without the root."""
    points = set()
    with open(path, 'rb') as lines:
        for line in lines:
            point = re.sub(rb'\\(\d{3})', lambda m: bytes([int(m[1], 8)]), line.split(b' ')[4]).strip(b'/')
            if point:
                points.add(point)
    return points


def entry_of(path):
    try:
        found = os.lstat(path)
    except OSError as error:
        # A name that a directory has and nobody can look at: a whiteout in an overlay.
        return {'type': error.strerror}
    kind = stat.S_IFMT(found.st_mode)
    entry = {'type': kind, 'mode': stat.S_IMODE(found.st_mode), 'owner': [found.st_uid, found.st_gid]}
    if kind == stat.S_IFLNK:
        entry['target'] = quote_from_bytes(os.readlink(path))
    elif kind in (stat.S_IFCHR, stat.S_IFBLK):
        entry['device'] = [os.major(found.st_rdev), os.minor(found.st_rdev)]
    elif kind == stat.S_IFREG:
        entry['size'] = found.st_size
        entry['time'] = int(found.st_mtime)
        entry['inode'] = [found.st_dev, found.st_ino, found.st_nlink]
        try:
            with open(path, 'rb') as file:
                entry['sha256'] = hashlib.file_digest(file, 'sha256').hexdigest()
        except OSError as error:
            entry['sha256'] = error.strerror
    entry['attributes'] = {}
    if kind != stat.S_IFLNK:
        try:
            for name in os.listxattr(path, follow_symlinks=False):
                if not re.match(r'(trusted|user)\.(overlay|fuseoverlayfs)\.|security\.selinux$', name):
                    entry['attributes'][name] = quote_from_bytes(os.getxattr(path, name, follow_symlinks=False))
        except OSError as error:
            entry['attributes']['?'] = error.strerror
    return entry


def list_root(root, mountinfo=None):
    mounted = mounts_of(mountinfo) if mountinfo else set()
    entries, pending = {}, [b'']
    while pending:
        path = pending.pop()
        full = os.path.join(os.fsencode(root), path)
        if path in mounted:
            entries[quote_from_bytes(path)] = {'type': 'mount'}
            continue
        entry = entries[quote_from_bytes(path)] = entry_of(full if path else full + b'/.')
        if entry['type'] == stat.S_IFDIR:
            try:
                pending += [os.path.join(path, name) for name in os.listdir(full)]
            except OSError as error:
                entry['closed'] = error.strerror
    json.dump(entries, sys.stdout)


def may_be_added(path, entry, more):
    """Whether an entry that the image does not have is one of those that are added on purpose."""
    kind = entry['type']
    if kind == 'mount' or path.startswith('.singularity.d/') or path.rsplit('/', 1)[-1] == '.cvmfscatalog':
        return True
    if path in DIRECTORIES:
        return kind == stat.S_IFDIR and (not path.endswith('tmp') or entry['mode'] == 0o1777)
    if path in FILES:
        return kind == stat.S_IFREG
    if path in LINKS:
        return kind == stat.S_IFLNK and entry['target'] == LINKS[path]
    return kind == stat.S_IFDIR and any(point == path or point.startswith(path + '/') for point in more)


def opened(mode, kind):
    """The bits that make a mode readable for all."""
    return 0o555 if kind == stat.S_IFDIR or mode & 0o111 else 0o444


def same_mode(wanted, seen, kind, how):
    if how == 'any' or kind == stat.S_IFLNK or wanted == seen:
        return True
    # Devices and FIFOs keep their modes.
    if how == 'exact' or kind not in (stat.S_IFREG, stat.S_IFDIR):
        return False
    bits = opened(wanted, kind)
    return wanted & ~seen == 0 and seen & ~(wanted | bits) == 0 and seen & bits & 0o005 == bits & 0o005


def differences(path, wanted, seen, options):
    kind = wanted['type']
    if seen['type'] != kind:
        yield 'type', kind, seen['type']
        return
    # The engines do not agree on the mode of a root that no member names.
    if path and not same_mode(wanted['mode'], seen['mode'], kind, options.modes):
        yield 'mode', oct(wanted['mode']), oct(seen['mode'])
    mapped = kind in (stat.S_IFREG, stat.S_IFDIR)
    if (options.owners == 'exact' or options.owners == 'mapped' and mapped) and wanted['owner'] != seen['owner']:
        yield 'owner', wanted['owner'], seen['owner']
    for key in ('target', 'device', 'size', 'time', 'sha256', 'closed'):
        if wanted.get(key) != seen.get(key):
            yield key, wanted.get(key), seen.get(key)
    if options.told and mapped:
        told = unquote_to_bytes(seen['attributes'].get(OVERRIDE, '')).decode()
        match = re.fullmatch(r'(\d+):(\d+):0?([0-7]+)', told)
        if not match or [int(match[1]), int(match[2])] != wanted['owner'] or path and int(match[3], 8) != wanted['mode']:
            yield OVERRIDE, '%d:%d:0%o' % (*wanted['owner'], wanted['mode']), told
    if options.attributes != 'any':
        def chosen(entry):
            return {name: value for name, value in entry['attributes'].items()
                    if name != OVERRIDE and (options.attributes == 'all' or name.startswith('user.'))}
        if chosen(wanted) != chosen(seen):
            yield 'attributes', chosen(wanted), chosen(seen)


def link_groups(entries):
    """The names within one directory that are one file."""
    groups = {}
    for path, entry in entries.items():
        if 'inode' in entry and entry['inode'][2] > 1:
            groups.setdefault((path.rpartition('/')[0], *entry['inode'][:2]), set()).add(path)
    return {frozenset(group) for group in groups.values() if len(group) > 1}


def compare(options):
    wanted, seen = loaded(options.wanted, options.seen)
    for entry in wanted.values():
        if options.no_setuid and entry['type'] == stat.S_IFREG:
            entry['mode'] &= ~0o6000
    mounted = {path for path, entry in seen.items() if entry['type'] == 'mount'}
    more = [quote_from_bytes(os.fsencode(point.strip('/'))) for point in options.mount_point]
    faults = []
    for path, entry in sorted(wanted.items()):
        parents = ['/'.join(path.split('/')[:count + 1]) for count in range(path.count('/') + 1)]
        if any(parent in mounted for parent in parents):
            continue
        if path not in seen:
            faults.append(f'/{path} is missing')
            continue
        faults += [f'/{path}: {what} is {got}, not {right}' for what, right, got in differences(path, entry, seen[path], options)]
    for path, entry in sorted(seen.items()):
        if path not in wanted and not may_be_added(path, entry, more):
            faults.append(f'/{path} is not in the image (type {entry["type"]})')
        # One file without it, and fuse-overlayfs does not list the directory that it is in.
        elif options.told and path not in wanted and entry['type'] in (stat.S_IFREG, stat.S_IFDIR) and OVERRIDE not in entry['attributes']:
            faults.append(f'/{path} has no {OVERRIDE}')
    if options.links:
        present = link_groups(seen)
        faults += [f'one file in the image, not here: {" ".join("/" + name for name in sorted(group))}'
                   for group in link_groups(wanted) if not any(group <= other for other in present)]
        faults += [f'one file here, not in the image: {" ".join("/" + name for name in sorted(group))}'
                   for group in present if any(name in wanted for name in group) and not any(group <= other for other in link_groups(wanted))]
    for fault in faults[:12]:
        print(fault)
    if len(faults) > 12:
        print(f'and {len(faults) - 12} more')
    if not faults:
        print(f'{len(seen)} entries, {len(set(seen) - set(wanted))} of them added')
    return bool(faults)


def environment(pid):
    with open(f'/proc/{pid}/environ', 'rb') as file:
        pairs = [pair.partition(b'=') for pair in file.read().split(b'\0') if pair]
    json.dump({quote_from_bytes(name): quote_from_bytes(value) for name, _, value in pairs}, sys.stdout)


def tell(faults, count):
    print(*(faults[:8] or [f'{count} variables']), sep='\n')
    return bool(faults)


def environments(wanted, seen):
    wanted, seen = loaded(wanted, seen)
    names = sorted((set(wanted) | set(seen)) - OWN_OF_CONTAINER)
    return tell([f'{name} is {seen.get(name)}, not {wanted.get(name)}' for name in names if wanted.get(name) != seen.get(name)], len(names))


def loaded(*paths):
    for path in paths:
        with open(path) as file:
            value = json.load(file)
        yield value[0] if isinstance(value, list) else value


def variables(inspected, seen):
    inspected, seen = loaded(inspected, seen)
    wanted = {}
    for entry in inspected['Config'].get('Env') or []:
        name, equals, value = entry.partition('=')
        if equals and re.fullmatch('[A-Za-z_][A-Za-z0-9_]*', name) and name not in DECIDED_BY_APPTAINER:
            wanted[name] = quote_from_bytes(value.encode())
    faults = []
    for name, value in wanted.items():
        # apptainer appends to these two.
        begins = name in ('PATH', 'LD_LIBRARY_PATH') and seen.get(name, '').startswith(value)
        if not begins and seen.get(name) != value:
            faults.append(f'{name} is {seen.get(name)}, not {value}')
    return tell(faults, len(wanted))


def readable(root):
    count, closed = 0, []
    for folder, names, files in os.walk(os.fsencode(root), onerror=lambda error: closed.append(os.fsdecode(error.filename))):
        count += len(names) + len(files)
        for name in files:
            path = os.path.join(folder, name)
            if stat.S_ISREG(os.lstat(path).st_mode):
                try:
                    with open(path, 'rb') as file:
                        file.read(1)
                except OSError:
                    closed.append(os.fsdecode(path))
    print(*(f'{ascii(path)} is closed' for path in closed[:8]), sep='\n', end='\n' if closed else '')
    print(f'{len(closed)} of {count} closed')
    return bool(closed)


def stored(store, tree):
    with open(store + '/overlay-images/images.json') as file:
        for image in json.load(file):
            if os.path.realpath('%s/overlay/%s/diff' % (store, image['layer'])) == tree:
                print((image.get('names') or [image['id']])[0])
                return False
    return True


def mount_points(inspected):
    [inspected] = loaded(inspected)
    paths = [inspected['Config'].get('WorkingDir'), *(inspected['Config'].get('Volumes') or {})]
    print(*(path for path in paths if path and path.strip('/')), sep='\n', end='\n' if paths else '')


def user(inspected):
    [inspected] = loaded(inspected)
    print(inspected['Config'].get('User') or '')


def inspected(wanted, seen):
    wanted, seen = loaded(wanted, seen)
    keys = ('Id', 'Config', 'Architecture', 'Os', 'Created', 'Author')
    faults = [f'{key} is {seen.get(key)}, not {wanted.get(key)}' for key in keys if wanted.get(key) != seen.get(key)]
    print(*faults or [seen['Id'][:12]], sep='\n')
    return bool(faults)


def labels(wanted, seen):
    wanted, seen = loaded(wanted, seen)
    wanted, seen = wanted['Config'].get('Labels') or {}, seen['data']['attributes'].get('labels') or {}
    print(f'{len(seen)} labels' if seen == wanted else f'{seen}, not {wanted}')
    return seen != wanted


def main():
    actions = {
        'list': list_root, 'environment': environment, 'environments': environments, 'variables': variables, 'readable': readable,
        'stored': stored, 'user': user, 'mount-points': mount_points, 'inspected': inspected, 'labels': labels,
    }
    if len(sys.argv) < 3 or sys.argv[1] not in (*actions, 'compare'):
        sys.exit(__doc__)
    if sys.argv[1] != 'compare':
        sys.exit(actions[sys.argv[1]](*sys.argv[2:]))
    parser = argparse.ArgumentParser()
    parser.add_argument('wanted')
    parser.add_argument('seen')
    parser.add_argument('--owners', default='exact')
    parser.add_argument('--modes', default='exact')
    parser.add_argument('--attributes', default='all')
    parser.add_argument('--links', action='store_true')
    parser.add_argument('--told', action='store_true')
    parser.add_argument('--no-setuid', action='store_true')
    parser.add_argument('--mount-point', action='append', default=[])
    sys.exit(compare(parser.parse_args(sys.argv[2:])))


main()
