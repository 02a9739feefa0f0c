"""The rules by which layers become a directory tree (OCI image specification, "Applying Changesets"), where it is silent as Docker,
containerd and umoci have it. Knows nothing of the program under test."""
from tar_members import Refused


LINKS, STEPS, PATH = 40, 8192, 4095
WHITEOUT, META, OPAQUE, PLINK = b'.wh.', b'.wh..wh.', b'.wh..wh..opq', b'.wh..wh.plnk'
SPACES = (b'user.', b'security.', b'trusted.')  # where files have attributes that mean nothing but themselves
KINDS = {b'0': 'file', b'7': 'file', b'S': 'file', b'2': 'symlink', b'3': 'char', b'4': 'block', b'5': 'directory',
         b'6': 'fifo', b'D': 'directory'}


class Node:
    """A file without its names. A directory has children, and in a layer of its own whiteouts."""

    def __init__(self, kind, mode=0o755, uid=0, gid=0, mtime=(0, 0), xattrs=None):
        self.kind, self.mode, self.uid, self.gid, self.mtime = kind, mode, uid, gid, mtime
        self.xattrs = xattrs or {}
        self.content = self.target = self.device = None
        if kind == 'directory':
            self.children, self.whiteouts, self.opaque = {}, set(), False

    @property
    def is_directory(self):
        return self.kind == 'directory'

    def take(self, other):
        self.mode, self.uid, self.gid = other.mode, other.uid, other.gid
        self.mtime, self.xattrs = other.mtime, dict(other.xattrs)

    def copy(self):
        """The same directories, with the same files in them."""
        if not self.is_directory:
            return self
        twin = Node('directory')
        twin.take(self)
        twin.children = {name: child.copy() for name, child in self.children.items()}
        return twin


def clean(name):
    """Components of a name, `..` taken lexically and never above the root."""
    parts = []
    for part in name.split(b'/'):
        if part == b'..':
            del parts[-1:]
        elif part not in (b'', b'.'):
            parts.append(part)
    return parts


def walk(root, parts, lower=None, maker=None, crossed=None, watch=None, named=None):
    """The directory that parts lead to from root, links followed within the root; None where there is none.

    `maker.make(parent, name, path)` makes what is missing; `lower` is looked into for what root does not have.
    With `named`, directories of root that are not in it are passed by where lower has a link.
    `crossed` gets the names of links that only lower has, `watch.crosses(parent, name, link)` hears of each link. Gives the path, the directory in root and that in lower."""
    trail = [([], root, lower)]
    ahead = list(reversed(parts))
    links = steps = 0
    while ahead:
        steps += 1
        name = ahead.pop()
        if steps > STEPS:
            raise Refused('links on the way in a circle')
        if name in (b'', b'.'):
            continue
        if name == b'..':
            if len(trail) > 1:
                trail.pop()
            continue
        path, here, below = trail[-1]
        child = here.children.get(name) if here else None
        under = below.children.get(name) if below else None
        if named is not None and child and child.is_directory and id(child) not in named and under and under.kind == 'symlink':
            child = None
        found = child or under
        if found is None or maker and here and maker.replaces(here, name, found):
            trail.append((path + [name], None, None))
        elif found.kind == 'symlink':
            if watch and here:
                watch.crosses(here, name, found)
            if crossed is not None and child is None:
                crossed.append(name)
            links += 1
            if links > LINKS:
                raise Refused('links on the way in a circle')
            if found.target.startswith(b'/'):
                del trail[1:]
            ahead.extend(reversed(found.target.split(b'/')))
        elif found.is_directory:
            trail.append((path + [name], child, under if under is not None and under.is_directory else None))
        else:
            if maker:
                raise Refused('below a file: %r' % name)
            trail.append((path + [name], None, None))
    # Only now: a `..` may have led out of what is missing.
    for place in range(1, len(trail)) if maker else ():
        path, child, below = trail[place]
        if child is None:
            trail[place] = path, maker.make(trail[place - 1][1], path[-1], path), below
    return trail[-1]


class Layer:
    """Applies the members of one layer. `root` is changed, `lower` is the image below as it was."""

    def __init__(self, root, lower, notes):
        self.root, self.lower, self.notes = root, lower, notes
        self.named = {}   # directories that this layer names
        self.plinks = {}  # files for the hard links of AUFS
        self.left_out = set()  # paths of devices 0:0
        self.copies = {}  # files of lower layers that hard links brought here

    def apply(self, layer):
        for member in layer:
            self.add(member)
        self.resolve()

    def crosses(self, parent, name, link):
        """Hears of the links on the way to a member."""

    def add(self, member):
        if member.type == b'g':
            return self.note('global pax header')
        parts = clean(member.name)
        if any(len(part) > 255 for part in parts):
            raise Refused('a name of more than 255 bytes')
        if member.type == b'V':
            return self.note('volume label')
        if member.type not in KINDS and member.type != b'1':
            raise Refused('unknown type %r' % member.type)
        if member.type in b'7SD':
            self.note('type %s' % member.type.decode())
        if len(b'/'.join(parts)) > PATH or member.type == b'2' and len(member.link) > PATH:
            raise Refused('a path of more than %d bytes' % PATH)
        if not parts:
            if member.type not in b'5D':
                return self.note('root that is no directory')
            return self.root.take(self.node(member))
        if any(part.startswith(META) and (part != OPAQUE or place + 1 < len(parts)) for place, part in enumerate(parts)):
            if parts[0] == PLINK and len(parts) > 1 and member.type == b'0':
                self.plinks[b'/'.join(parts[1:])] = self.node(member)
            return
        if parts[-1].startswith(WHITEOUT):
            return self.whiteout(parts)
        if any(part.startswith(WHITEOUT) for part in parts):
            self.note('below the name of a whiteout')
        if member.type == b'1':
            return self.hard_link(member, parts)
        new = self.node(member)
        if member.type == b'3' and new.device == (0, 0):
            # The kernel's overlay would take it for a whiteout.
            self.left_out.add(tuple(parts))
            return self.note('device 0:0')
        name = parts[-1]
        parent = walk(self.root, parts[:-1], maker=self, watch=self)[1]
        old = parent.children.get(name)
        if new.is_directory and old and old.is_directory:
            old.take(new)
            new = old
        elif new.is_directory and old:
            self.becomes_directory(new)
        if new.is_directory:
            self.named[id(new)] = new
        self.put(parent, name, new)

    def hard_link(self, member, parts):
        target = clean(member.link)
        if not target:
            raise Refused('a hard link to the root')
        parent, name = walk(self.root, parts[:-1], maker=self, watch=self)[1], parts[-1]
        if tuple(target) in self.left_out and self.find(target) is None:
            self.left_out.add(tuple(parts))
            return
        if target[0] == PLINK:
            node = self.plinks.get(b'/'.join(target[1:]))
            if node is None:
                raise Refused('a hard link to nothing')
            return self.put(parent, name, node)
        place = walk(self.root, target[:-1])[1]
        if place is parent and target[-1] == name and name in parent.children:
            self.note('hard link to itself')
            if parent.children[name].is_directory:
                raise Refused('a hard link to a directory')
            return self.put(parent, name, parent.children[name])
        # What stands there is removed first, and a target in it with it.
        parent.children.pop(name, None)
        if target[:len(parts)] == parts:
            self.note('hard link into what it replaces')
        node = self.find(target)
        if node is None:
            self.note('hard link to a later member')
            node = Node('pending')
            node.target = target
        elif node.is_directory:
            raise Refused('a hard link to a directory')
        elif self.differs(member, node):
            self.note('hard link with attributes of its own')
        self.put(parent, name, node)

    def differs(self, member, node):
        """Docker, containerd and podman give the file what the hard link says, umoci and tar do not."""
        said = member.mode & 0o7777, member.uid & 0xffffffff, member.gid & 0xffffffff, member.mtime
        has = said[0] if node.kind == 'symlink' else node.mode, node.uid, node.gid, node.mtime
        return node.kind != 'pending' and (said != has or bool(member.xattrs))

    def resolve(self):
        """Binds links to what is there in the end."""
        reachable = {}

        def visit(directory):
            for name, child in directory.children.items():
                if child.kind == 'pending':
                    reachable.setdefault(id(child), (child, []))[1].append((directory, name))
                elif child.is_directory:
                    visit(child)
        visit(self.root)
        for node, places in reachable.values():
            seen, last = {id(node)}, node
            while last.kind == 'pending':
                last = self.find(last.target)
                if last is None:
                    raise Refused('a hard link to nothing')
                if last.is_directory:
                    raise Refused('a hard link to a directory')
                if id(last) in seen:
                    raise Refused('hard links in a circle')
                seen.add(id(last))
            node.bound = last
        for node, places in reachable.values():
            for directory, name in places:
                directory.children[name] = node.bound

    def node(self, member):
        kind = KINDS[member.type]
        node = Node(kind, 0o777 if kind == 'symlink' else member.mode & 0o7777,
                    self.owner(member.uid), self.owner(member.gid), member.mtime)
        if not 0 <= member.mtime[0] < (1 << 63) // 10 ** 9:
            self.note('time before 1970 or after 2262')
        holds_user = kind in ('file', 'directory')
        node.xattrs = {key: value for key, value in member.xattrs.items()
                       if key.startswith(SPACES if holds_user else SPACES[1:])
                       and not key.startswith((b'trusted.overlay.', b'user.overlay.'))}
        if len(node.xattrs) < len(member.xattrs):
            self.note('xattr left out')
        if kind == 'file':
            node.content = member.content
        elif kind == 'symlink':
            if not member.link:
                raise Refused('a symbolic link to nothing')
            node.target = member.link
        elif kind in ('char', 'block'):
            # What the kernel's 32 bits of a device number keep of them.
            node.device = (member.device[0] & 0xfff, member.device[1] & 0xfffff)
        return node

    def owner(self, number):
        """The kernel's 32 bits of it; chown takes −1 for "leave it", and what was just made is root's."""
        number &= 0xffffffff
        if number == 0xffffffff:
            self.note('owner -1')
            return 0
        return number

    def note(self, what):
        self.notes.add(what)


class Unpacking(Layer):
    """Into one directory with all the layers."""

    def __init__(self, root, notes):
        super().__init__(root, root.copy(), notes)
        self.own = set()  # directories and names of this layer: (id of the directory, name)
        self.keep = []    # so that no id is used twice
        self.passed = []  # links of lower layers on the way to members: (directory, name, link)
        self.way = []     # links of lower layers on the way to the member in work
        self.places = {}  # how members came to a name of this layer: the names of such links

    def apply(self, layer):
        super().apply(layer)
        there = {id(self.root)}
        waiting = [self.root] if self.passed else []
        while waiting:
            for child in waiting.pop().children.values():
                if child.is_directory:
                    there.add(id(child))
                    waiting.append(child)
        if any(id(parent) not in there or parent.children.get(name) is not link for parent, name, link in self.passed):
            self.note('below a lower link that the layer replaces')

    def add(self, member):
        self.way = []
        super().add(member)

    def crosses(self, parent, name, link):
        if (id(parent), name) not in self.own:
            self.keep.append(parent)
            self.passed.append((parent, name, link))
            self.way.append((id(parent), name))

    def make(self, parent, name, path):
        node = Node('directory')
        self.put(parent, name, node)
        return node

    def replaces(self, parent, name, found):
        """Whether an implicit directory takes the place: Docker and containerd do not see files of lower layers."""
        if found.is_directory or found.kind == 'symlink' or (id(parent), name) in self.own:
            return False
        self.note('below a file of a lower layer')
        return True

    def becomes_directory(self, new):
        pass

    def put(self, parent, name, node):
        old = parent.children.get(name)
        replaced = self.way and old is not None and old is not node and self.is_own(parent, name, old)
        if replaced or self.places.setdefault((id(parent), name), self.way) != self.way:
            self.note('one name in two ways')
        parent.children[name] = node
        self.keep.append(parent)
        self.own.add((id(parent), name))

    def find(self, target):
        before = len(self.passed)
        place = walk(self.root, target[:-1], watch=self)[1]
        if len(self.passed) > before:
            self.note('hard link through a lower link')
            del self.passed[before:]
        found = place.children.get(target[-1]) if place else None
        if found is None:
            place = walk(self.lower, target[:-1])[1]
            found = place.children.get(target[-1]) if place else None
            if found is not None:
                self.note('hard link to a deleted name')
                if found.is_directory:
                    raise Refused('a hard link to a directory')
        return found

    def whiteout(self, parts):
        deleted = check_whiteout(parts)
        directory = walk(self.root, parts[:-1], watch=self)[1]
        if directory is None:
            return
        if deleted is None:
            return self.purge(directory)
        child = directory.children.get(deleted)
        if child is None:
            return
        if not self.is_own(directory, deleted, child):
            if child.kind == 'symlink':
                self.note('a lower link that the layer deletes')
            del directory.children[deleted]
        elif child.is_directory:
            self.purge(child)
            self.forget(child)

    def forget(self, directory):
        """Takes from a directory that only this layer's members keep what a lower layer said of it."""
        if id(directory) not in self.named:
            self.note('implicit directory that is deleted too')
            directory.take(Node('directory'))

    def is_own(self, parent, name, child):
        if (id(parent), name) in self.own:
            return True
        return child.is_directory and any(self.is_own(child, n, c) for n, c in child.children.items())

    def purge(self, directory):
        for name, child in list(directory.children.items()):
            if not self.is_own(directory, name, child):
                if child.kind == 'symlink':
                    self.note('a lower link that the layer deletes')
                del directory.children[name]
            elif child.is_directory:
                self.purge(child)
                self.forget(child)


class Mounting(Layer):
    """Into a directory of its own; `lower` is the image that the layers below show."""

    def __init__(self, lower, notes):
        root = Node('directory')
        root.take(lower)
        super().__init__(root, lower, notes)
        self.is_whiteout = False
        self.covering = []  # implicit directories over lower files and links, while they are there: (path, directory)

    def make(self, parent, name, path):
        node = Node('directory')
        below = self.lower
        is_covered = False  # by something else than a directory on the way or at the end
        for part in path:
            below = below.children.get(part) if below is not None and below.is_directory else None
            is_covered |= below is not None and not below.is_directory
        if below is not None and below.is_directory:
            node.take(below)
        elif is_covered:
            self.covering.append((path, node))
            self.note('implicit directory over a file or link')
        elif self.is_whiteout:
            self.note('whiteout in a directory that is nowhere')
        self.put(parent, name, node)
        return node

    def replaces(self, parent, name, found):
        return False

    def becomes_directory(self, new):
        # What stood there had removed a directory of the layers below.
        self.note('directory after a file of its name')
        new.opaque = True

    def put(self, parent, name, node):
        if name in parent.whiteouts:
            self.note('whiteout and member of one name')
        parent.children[name] = node

    def find(self, target):
        crossed = []
        place, below = walk(self.root, target[:-1], lower=self.lower, crossed=crossed)[1:]
        found = place.children.get(target[-1]) if place else None
        if found is not None:
            if crossed:
                self.note('hard link through a lower link into its own layer')
            return found
        found = below.children.get(target[-1]) if below else None
        if found is None:
            # Who unpacks one layer upon the other made no directory in the place of a lower link, but went through it.
            place, below = walk(self.root, target[:-1], lower=self.lower, crossed=crossed, named=self.named)[1:]
            found = place.children.get(target[-1]) if place else None
            if found is not None:
                self.note('hard link through a lower link into its own layer')
                return found
            found = below.children.get(target[-1]) if below else None
        if found is None:
            return self.find_where_link_leads(target)
        self.note('hard link to a lower layer')
        if found.is_directory:
            raise Refused('a hard link to a directory')
        if id(found) not in self.copies:
            twin = Node(found.kind)
            twin.__dict__.update(found.__dict__)
            self.copies[id(found)] = twin
        return self.copies[id(found)]

    def find_where_link_leads(self, target):
        """A file of this layer by the path that it has where a lower link leads, its own directory lying over that link."""
        wanted = walk(self.lower, target[:-1])[0]
        for path, directory in self.covering:
            end = walk(self.lower, path)[0]
            is_there = walk(self.root, path)[1] is directory
            if not is_there or id(directory) in self.named or end == path or wanted[:len(end)] != end:
                continue
            place = walk(directory, wanted[len(end):])[1]
            if place and target[-1] in place.children:
                self.note('hard link through a lower link into its own layer')
                return place.children[target[-1]]
        return None

    def whiteout(self, parts):
        deleted = check_whiteout(parts)
        self.is_whiteout = True
        directory = walk(self.root, parts[:-1], maker=self)[1]
        self.is_whiteout = False
        if deleted is None:
            directory.opaque = True
            if directory is self.root:
                self.note('opaque root')
            return
        directory.whiteouts.add(deleted)
        if deleted in directory.children:
            self.note('whiteout and member of one name')


def check_whiteout(parts):
    """The deleted name, None for the mark of an opaque directory."""
    if parts[-1] == OPAQUE:
        return None
    deleted = parts[-1][len(WHITEOUT):]
    if deleted in (b'', b'.', b'..'):
        raise Refused('a whiteout of no name')
    return deleted


def overlay(upper, lower):
    """What overlayfs shows of one directory over another."""
    merged = Node('directory')
    merged.take(upper)
    below = {} if upper.opaque or lower is None else lower.children
    merged.children = {name: child for name, child in below.items() if name not in upper.whiteouts}
    for name, child in upper.children.items():
        under = merged.children.get(name)
        if child.is_directory:
            child = overlay(child, under if under is not None and under.is_directory else None)
        merged.children[name] = child
    return merged


def unpack(layers, notes):
    root = Node('directory')
    for layer in layers:
        Unpacking(root, notes).apply(layer)
    return root


def mount(layers, notes):
    image = Node('directory')
    for layer in layers:
        mounting = Mounting(image, notes)
        mounting.apply(layer)
        image = overlay(mounting.root, image)
    return image


READINGS = {'unpack': unpack, 'mount': mount}
