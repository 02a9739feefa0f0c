#!/usr/bin/env python3
"""Applies the layers of an image in memory by the layer rules of the OCI image specification. Knows nothing of the program under test.
usage: merge_layers.py --as unpack|mount LAYER...   the merged image, one JSON object a line, in the order of the path's bytes
       merge_layers.py --batch < LINES              for each line {"layers": [FILE...]} one line with both readings
       merge_layers.py --cases FOLDER               one JSON document: for each folder of layers in FOLDER both readings

LAYER: a tar, plain or compressed with gzip, xz, bzip2 or zstd; the lowest first.

unpack  one layer after another into one folder, as umoci does: what lies there is found by later layers, links on the way included.
mount   each layer into a folder of its own, as containerd's overlay applier does, and these laid over each other as overlayfs does.

A reading is {"listing": [...]} or {"refused": why}; "tolerated" names what is read although unpackers refuse it or differ in it.
The members of a line: path, type, mode (octal), uid, gid, mtime (seconds, nanoseconds), and where they apply size, sha256, target,
device (major, minor), xattrs, links (all names of the file). Bytes are percent-encoded. Directories that no layer names have mode
0755, owner 0:0 and time 0."""
import argparse, hashlib, json, os, sys
from urllib.parse import quote
from layer_rules import READINGS
from tar_members import Refused, inflate, members


def text(data):
    return quote(data, safe='/+,:@=~ ')


def listing(root):
    names, rows = {}, []

    def visit(path, node):
        rows.append((path, node))
        if node.is_directory:
            for name, child in node.children.items():
                visit(path + b'/' + name if path else name, child)
        else:
            names.setdefault(id(node), []).append(path)
    visit(b'', root)
    return [line(path, node, names) for path, node in sorted(rows, key=lambda row: row[0])]


def line(path, node, names):
    row = {'path': text(path), 'type': node.kind, 'mode': '%o' % node.mode, 'uid': node.uid, 'gid': node.gid,
           'mtime': list(node.mtime)}
    if node.kind == 'file':
        row['size'] = len(node.content)
        row['sha256'] = hashlib.sha256(node.content).hexdigest()
    if node.kind == 'symlink':
        row['target'] = text(node.target)
    if node.device:
        row['device'] = list(node.device)
    if node.xattrs:
        row['xattrs'] = {text(key): text(value) for key, value in sorted(node.xattrs.items())}
    if not node.is_directory and len(names[id(node)]) > 1:
        row['links'] = [text(name) for name in sorted(names[id(node)])]
    return row


def both(layers):
    """The readings of layers as they lie in a registry."""
    try:
        layers = [list(members(inflate(layer))) for layer in layers]
    except Refused as reason:
        return {way: {'refused': str(reason)} for way in READINGS}
    result = {}
    for way, reading in READINGS.items():
        notes = set()
        try:
            result[way] = {'listing': listing(reading(layers, notes))}
        except Refused as reason:
            result[way] = {'refused': str(reason)}
        if notes:
            result[way]['tolerated'] = sorted(notes)
    return result


def load(path):
    with open(path, 'rb') as file:
        return file.read()


def cases(folder):
    result = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            result[name] = both([load(os.path.join(path, layer)) for layer in sorted(os.listdir(path))])
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--as', dest='way', choices=sorted(READINGS), default='unpack')
    parser.add_argument('--batch', action='store_true')
    parser.add_argument('--cases', metavar='FOLDER')
    parser.add_argument('layers', nargs='*')
    arguments = parser.parse_args()
    if arguments.batch:
        for request in sys.stdin:
            print(json.dumps(both([load(path) for path in json.loads(request)['layers']])), flush=True)
    elif arguments.cases:
        rows = cases(arguments.cases).items()
        print('{\n%s\n}' % ',\n'.join('%s: %s' % (json.dumps(name), json.dumps(row, separators=(',', ':'))) for name, row in rows))
    else:
        result = both([load(path) for path in arguments.layers])[arguments.way]
        for note in result.get('tolerated', []):
            print('tolerated:', note, file=sys.stderr)
        if 'refused' in result:
            sys.exit('refused: ' + result['refused'])
        for row in result['listing']:
            print(json.dumps(row))


if __name__ == '__main__':
    main()
