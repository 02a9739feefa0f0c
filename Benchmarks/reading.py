#!/usr/bin/env python3
"""Counts the catalogs that a client fetches for a root file system, as its look-ups ask for them.

usage: reading.py STORAGE TREE PATH...

STORAGE is a repository's, TREE a tree's path in it such as .flat/ab/HEX. For each PATH below the tree, its entry is looked
up as by stat, links on the way followed; of one that ends with a slash everything below is listed. Each begins with an
empty cache. Prints how many catalogs of the tree were fetched and their compressed bytes; at last those of all."""
import hashlib, os, sqlite3, stat, struct, sys, zlib

storage, tree = sys.argv[1], '/' + sys.argv[2].strip('/')


def key(path):
    return struct.unpack('<qq', hashlib.md5(path.encode()).digest())


class Catalog:
    def __init__(self, digest):
        with open(f'{storage}/data/{digest[:2]}/{digest[2:]}C', 'rb') as file:
            packed = file.read()
        self.size = len(packed)
        self.rows = sqlite3.connect(':memory:')
        self.rows.deserialize(zlib.decompress(packed))
        self.rows.text_factory = lambda text: text.decode(errors='surrogateescape')
        self.nested = dict(self.rows.execute('SELECT path, sha1 FROM nested_catalogs'))

    def entry(self, path):
        where = 'WHERE md5path_1 = ? AND md5path_2 = ?'
        return self.rows.execute(f'SELECT mode, symlink FROM catalog {where}', key(path)).fetchone()

    def listing(self, path):
        where = 'WHERE parent_1 = ? AND parent_2 = ?'
        return self.rows.execute(f'SELECT name, mode FROM catalog {where}', key(path)).fetchall()


class Client:
    """One with an empty cache, mounted."""

    def __init__(self):
        with open(f'{storage}/.cvmfspublished', 'rb') as file:
            head = file.read().split(b'\n--\n')[0].decode()
        self.root = Catalog(next(line[1:] for line in head.splitlines() if line[0] == 'C'))
        self.fetched = {}

    def holding(self, directory):
        """The catalog with what lies in a directory."""
        catalog, path = self.root, ''
        for name in directory.split('/')[1:]:
            path += '/' + name
            if path in catalog.nested:
                if path not in self.fetched:
                    self.fetched[path] = Catalog(catalog.nested[path])
                catalog = self.fetched[path]
        return catalog

    def stat(self, path):
        """Looks up each component, and then where links lead. The directory or file at the end."""
        place, ahead = tree, path.strip('/').split('/')
        while ahead:
            name = ahead.pop(0)
            if name == '..':
                place = place if place == tree else os.path.dirname(place)
                continue
            found = self.holding(place).entry(f'{place}/{name}')
            if found is None:
                sys.exit(f'{place}/{name} is not there')
            if stat.S_ISLNK(found[0]):
                target = found[1]
                place = tree if target.startswith('/') else place
                ahead = [part for part in target.split('/') if part not in ('', '.')] + ahead
            else:
                place += '/' + name
        return place

    def walk(self, path):
        for name, mode in self.holding(path).listing(path):
            if stat.S_ISDIR(mode):
                self.walk(f'{path}/{name}')

    def report(self, title):
        sizes = [catalog.size for path, catalog in self.fetched.items() if (path + '/').startswith(tree + '/')]
        print(f'{title:32} {len(sizes):6} catalogs {sum(sizes):10} bytes')


for path in sys.argv[3:]:
    client = Client()
    place = client.stat(path)
    if path.endswith('/'):
        client.walk(place)
    client.report(path)
client = Client()
client.walk(tree)
client.report('all')
