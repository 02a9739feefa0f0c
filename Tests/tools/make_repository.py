#!/usr/bin/env python3
"""Makes a CVMFS repository by hand, for what no repository of the stock tools at hand shows: old schema revisions, other hash functions,
bulk hashes, bind mountpoints, hidden entries, alternative paths. Knows nothing of the program under test.
usage: make_repository.py DIR [--fqrn NAME] [--hash sha1|rmd160|shake128] [--schema 2.4|2.5] [--schema-revision 0..8] [--revisions N] [--virtual] [--alternative] [--not-collectable] [--no-specials]
Writes DIR/storage, DIR/keys and DIR/contents (path, TAB, SHA-256 for each regular file). Python 3.11, package cryptography."""
import argparse, datetime, hashlib, os, random, sqlite3, stat, struct, tempfile, zlib
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
A = argparse.ArgumentParser(); A.add_argument('dir'); A.add_argument('--fqrn', default='hand.example.org')
A.add_argument('--hash', default='sha1', choices=['sha1', 'rmd160', 'shake128']); A.add_argument('--schema', default='2.5')
A.add_argument('--schema-revision', type=int, default=7); A.add_argument('--revisions', type=int, default=2)
for flag in ('virtual', 'alternative', 'not-collectable', 'no-specials'): A.add_argument('--' + flag, action='store_true')
O = A.parse_args(); STORE, KEYS = O.dir + '/storage', O.dir + '/keys'
R = -1 if O.schema == '2.4' else O.schema_revision; ALGO = ['sha1', 'rmd160', 'shake128'].index(O.hash); SUFFIX = ('', '-rmd160', '-shake128')[ALGO]
NOW = int(datetime.datetime.now().timestamp())
for i in range(256): os.makedirs('%s/data/%02x' % (STORE, i))
os.makedirs(STORE + '/data/txn'); os.makedirs(KEYS)
def H(b): return (hashlib.sha1(b).digest, lambda: hashlib.new('ripemd160', b).digest(), lambda: hashlib.shake_128(b).digest(20))[ALGO]()
def put(b, letter, compress=True):
    s = zlib.compress(b) if compress else b; d = H(s)
    open('%s/data/%s/%s%s%s' % (STORE, d.hex()[:2], d.hex()[2:], SUFFIX, letter), 'wb').write(s); return d
def text(d): return d.hex() + SUFFIX
def pair(p): return struct.unpack('<qq', hashlib.md5(p).digest())
NAMES = 'regular symlink special dir nested chunked chunks file_size chunked_size xattr external external_file_size'.split()
FIRST = {'xattr': 2, 'external': 3, 'external_file_size': 3, 'special': 5}
if R < 0: FIRST.update(chunked=0, chunks=0, chunked_size=0)
random.seed(7); BIG = random.randbytes(300000); contents = {}
class Catalog:
    def __init__(self, prefix):
        self.prefix, self.own, self.sub = prefix, dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, 0)
        self.temporary = tempfile.NamedTemporaryFile(suffix='.db'); self.db = sqlite3.connect(self.temporary.name)
        # The order of an old table: what later revisions added stands where ALTER TABLE put it.
        columns = ['md5path_1 INTEGER', 'md5path_2 INTEGER', 'parent_1 INTEGER', 'parent_2 INTEGER', 'hardlinks INTEGER', 'hash BLOB', 'size INTEGER',
                   'mode INTEGER', 'mtime INTEGER', 'flags INTEGER', 'name TEXT', 'symlink TEXT', 'uid INTEGER', 'gid INTEGER']
        if R >= 2: columns.append('xattr BLOB')
        if R >= 7: columns.insert(9, 'mtimens INTEGER')
        size = ', size INTEGER' if R >= 1 else ''
        self.db.executescript('PRAGMA page_size=1024; CREATE TABLE properties (key TEXT, value TEXT, CONSTRAINT pk_properties PRIMARY KEY (key));'
            'CREATE TABLE catalog (%s, CONSTRAINT pk_catalog PRIMARY KEY (md5path_1, md5path_2)); CREATE INDEX idx_catalog_parent ON catalog (parent_1, parent_2);'
            'CREATE TABLE chunks (md5path_1 INTEGER, md5path_2 INTEGER, offset INTEGER, size INTEGER, hash BLOB, CONSTRAINT pk_chunks PRIMARY KEY (md5path_1, md5path_2, offset, size),'
            ' FOREIGN KEY (md5path_1, md5path_2) REFERENCES catalog (md5path_1, md5path_2));'
            'CREATE TABLE nested_catalogs (path TEXT, sha1 TEXT%s, CONSTRAINT pk_nested_catalogs PRIMARY KEY (path));'
            'CREATE TABLE statistics (counter TEXT, value INTEGER, CONSTRAINT pk_statistics PRIMARY KEY (counter));' % (', '.join(columns), size))
        if R >= 4: self.db.execute('CREATE TABLE bind_mountpoints (path TEXT, sha1 TEXT, size INTEGER, CONSTRAINT pk_bind_mountpoints PRIMARY KEY (path))')
    def row(self, path, mode, flags, size=0, links=1, group=0, digest=None, target='', xattr=None, mtime=1000000000):
        path = path.encode(); k = pair(path); parent = pair(os.path.dirname(path).rstrip(b'/')) if path else (0, 0)
        values = dict(md5path_1=k[0], md5path_2=k[1], parent_1=parent[0], parent_2=parent[1], hardlinks=group << 32 | links, hash=digest, size=size, mode=mode,
                      mtime=mtime, flags=flags, name=os.path.basename(path).decode(), symlink=target, uid=11, gid=12)
        if R >= 2: values['xattr'] = xattr
        if R >= 7: values['mtimens'] = 5
        self.db.execute('INSERT INTO catalog (%s) VALUES (%s)' % (','.join(values), ','.join('?' * len(values))), list(values.values()))
        kind = {stat.S_IFDIR: 'dir', stat.S_IFREG: 'regular', stat.S_IFLNK: 'symlink'}.get(stat.S_IFMT(mode), 'special')
        self.own[kind] += 1; self.own['xattr'] += R >= 2 and xattr is not None
        if kind == 'regular': self.own['file_size'] += size
        return k
    def directory(self, path, subdirectories=0, flags=1): self.row(path, 0o40755, flags, 4096, 2 + subdirectories)
    def file(self, path, data, chunks=0, bulk=True, compress=True, flags=0, **more):
        flags |= 4 | ALGO << 8 | (0 if compress else 1 << 11) | (64 if chunks else 0)
        k = self.row(path, 0o100644, flags, len(data), digest=put(data, '', compress) if bulk else None, **more)
        contents[path] = hashlib.sha256(data).hexdigest()
        if not chunks: return
        step = -(-len(data) // chunks)
        for o in range(0, len(data), step):
            self.db.execute('INSERT INTO chunks VALUES (?,?,?,?,?)', (*k, o, len(data[o:o + step]), put(data[o:o + step], 'P', compress))); self.own['chunks'] += 1
        self.own['chunked'] += 1; self.own['chunked_size'] += len(data)
    def specials(self, path):
        if O.no_specials: return
        self.row(path + '/fifo', 0o10644, 20 if R >= 5 else 4); self.row(path + '/null', 0o20666, 20 if R >= 5 else 4, 259)
    def nest(self, child, subdirectories):
        self.directory(child.prefix, subdirectories, 3); digest, size = child.finish(1, None)
        self.db.execute('INSERT INTO nested_catalogs (path, sha1%s) VALUES (?,?%s)' % ((', size', ',?') if R >= 1 else ('', '')), (child.prefix, text(digest)) + ((size,) if R >= 1 else ()))
        self.own['nested'] += 1
        for n in NAMES: self.sub[n] += child.own[n] + child.sub[n]
    def finish(self, revision, previous):
        if self.prefix: self.file(self.prefix + '/.cvmfscatalog', b'')
        properties = dict(schema=O.schema, revision=revision, last_modified=NOW - 1000 + revision, custom='kept')
        if R >= 0 and (R or O.hash != 'sha1'): properties['schema_revision'] = R
        if previous: properties['previous_revision'] = text(previous)
        if self.prefix: properties.update(root_prefix=self.prefix, previous_revision='0' * 40 + SUFFIX)
        else: properties.update(TTL=240)
        self.db.executemany('INSERT INTO properties VALUES (?,?)', [(k, str(v)) for k, v in properties.items()])
        for n in NAMES:
            if R >= FIRST.get(n, -1): self.db.executemany('INSERT INTO statistics VALUES (?,?)', [('self_' + n, self.own[n]), ('subtree_' + n, self.sub[n])])
        self.db.commit(); self.db.execute('VACUUM'); self.db.close(); raw = open(self.temporary.name, 'rb').read(); return put(raw, 'C'), len(raw)
def child(prefix, grandchild=None):
    c = Catalog(prefix); c.row(prefix, 0o40755, 33, 4096, 2 + bool(grandchild)); c.file(prefix + '/inner', b'inner ' + prefix.encode()); c.specials(prefix)
    if grandchild: c.nest(child(prefix + '/' + grandchild), 0)
    return c
roots = []
for revision in range(1, O.revisions + 1):
    contents.clear(); c = Catalog(''); virtual = O.virtual and revision > 1
    c.directory('', 4 + virtual); c.file('/hello', b'hello %d\n' % revision); c.file('/plain', BIG[:5000], compress=R < 3); c.file('/big', BIG, 3, bulk=False); c.file('/bulk', BIG, 5)
    c.row('/link', 0o120777, 12, 5, target='hello'); c.directory('/hard'); c.file('/empty', b'')
    for name in 'ab': c.file('/hard/' + name, b'twice', group=3, links=2)
    c.file('/attributes', b'x', xattr=bytes.fromhex('01010803757365722e666f6f626172')) ; c.specials('/dev'); c.directory('/dev')
    c.nest(child('/other'), 0); c.nest(child('/sub', 'deep'), 1)
    if virtual:
        c.directory('/.cvmfs', 1, 1 | 0x8000); c.directory('/.cvmfs/snapshots', 1); c.directory('/.cvmfs/snapshots/first', 0, 1 | 0x4000)
        c.db.execute('INSERT INTO bind_mountpoints VALUES (?,?,?)', ('/.cvmfs/snapshots/first', text(roots[0][0]), roots[0][1]))
    roots.append(c.finish(revision, roots[-1][0] if roots else None))
def key(name, k):
    with open(os.open('%s/%s.%s' % (KEYS, O.fqrn, name), os.O_CREAT | os.O_WRONLY, 0o400), 'wb') as f:
        f.write(k.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()))
master, repo = (rsa.generate_private_key(65537, 1024) for _ in '12'); key('masterkey', master); key('key', repo)
open('%s/%s.pub' % (KEYS, O.fqrn), 'wb').write(master.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, O.fqrn)]); day = datetime.timedelta(1); now = datetime.datetime.now(datetime.timezone.utc)
crt = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(repo.public_key()).serial_number(1).not_valid_before(now - day).not_valid_after(now + 365 * day).sign(repo, hashes.SHA256())
pem = crt.public_bytes(serialization.Encoding.PEM); open('%s/%s.crt' % (KEYS, O.fqrn), 'wb').write(pem); X, M = put(pem, 'X'), put(b'{"administrator": "hand"}', 'M')
def database(sql, rows):
    with tempfile.NamedTemporaryFile(suffix='.db') as f:
        d = sqlite3.connect(f.name); d.executescript('PRAGMA page_size=1024;CREATE TABLE properties (key TEXT, value TEXT, CONSTRAINT pk_properties PRIMARY KEY (key));' + sql)
        for s, r in rows: d.executemany(s, r)
        d.commit(); d.close(); return open(f.name, 'rb').read()
tags = [('trunk', text(roots[-1][0]), len(roots), NOW, 0, 'current HEAD', roots[-1][1], ''), ('first', text(roots[0][0]), 1, NOW, 0, '', roots[0][1], '')]
history = put(database("CREATE TABLE branches (branch TEXT, parent TEXT, initial_revision INTEGER, CONSTRAINT pk_branch PRIMARY KEY (branch));INSERT INTO branches VALUES ('',NULL,0);"
    'CREATE TABLE tags (name TEXT, hash TEXT, revision INTEGER, timestamp INTEGER, channel INTEGER, description TEXT, size INTEGER, branch TEXT, CONSTRAINT pk_tags PRIMARY KEY (name));'
    'CREATE TABLE recycle_bin (hash TEXT, flags INTEGER, CONSTRAINT pk_hash PRIMARY KEY (hash));', [('INSERT INTO properties VALUES (?,?)',
    [('schema', '1.0'), ('schema_revision', '3'), ('fqrn', O.fqrn), ('previous_revision', '0' * 40)]), ('INSERT INTO tags VALUES (?,?,?,?,?,?,?,?)', tags[:1] if len(roots) == 1 else tags)]), 'H')
reflog = database('CREATE TABLE refs (hash TEXT, type INTEGER, timestamp INTEGER, CONSTRAINT pk_refs PRIMARY KEY (hash));', [('INSERT INTO properties VALUES (?,?)',
    [('schema', '1.0'), ('schema_revision', '0'), ('fqrn', O.fqrn)]), ('INSERT INTO refs VALUES (?,?,?)', [(text(r), 0, NOW) for r, _ in roots] + [(text(X), 1, NOW), (text(history), 2, NOW), (text(M), 3, NOW)])])
open(STORE + '/.cvmfsreflog', 'wb').write(reflog)
if O.alternative:
    for d, letter in ((roots[-1][0], 'C'), (X, 'X')): os.symlink('data/%s/%s%s' % (text(d)[:2], text(d)[2:], letter), '%s/.cvmfsalt-%s%s' % (STORE, text(d), letter))
body = 'C%s\nB%d\nRd41d8cd98f00b204e9800998ecf8427e\nD240\nS%d\nG%s\nA%s\nN%s\nX%s\nH%s\nT%d\nM%s\nY%s\n' % (text(roots[-1][0]), roots[-1][1], len(roots),
    'no' if O.not_collectable else 'yes', 'yes' if O.alternative else 'no', O.fqrn, text(X), text(history), NOW, text(M), text(H(reflog)))
digest = text(H(body.encode())).encode()
open(STORE + '/.cvmfspublished', 'wb').write(body.encode() + b'--\n' + digest + b'\n' + repo.sign(digest, padding.PKCS1v15(), hashes.SHA1()))
fingerprint = H(crt.public_bytes(serialization.Encoding.DER)).hex().upper()
body = '%s\nE%s\nN%s\n%s # made by hand\n' % (now.strftime('%Y%m%d%H%M%S'), (now + 30 * day).strftime('%Y%m%d%H%M%S'), O.fqrn, ':'.join(fingerprint[i:i + 2] for i in range(0, 40, 2)) + SUFFIX.upper())
digest = text(H(body.encode())).encode(); n = master.private_numbers().public_numbers.n
block = b'\0\1' + b'\xff' * (128 - 3 - len(digest)) + b'\0' + digest
open(STORE + '/.cvmfswhitelist', 'wb').write(body.encode() + b'--\n' + digest + b'\n' + pow(int.from_bytes(block, 'big'), master.private_numbers().d, n).to_bytes(128, 'big'))
open(STORE + '/.cvmfs_master_replica', 'w').write('master copy\n')
open(O.dir + '/contents', 'w').write(''.join('%s\t%s\n' % i for i in sorted(contents.items())))
