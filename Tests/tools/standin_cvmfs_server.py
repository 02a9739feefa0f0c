#!/usr/bin/env python3
"""A stand-in for cvmfs_server, for tests: NOT the real program, and it makes no CVMFS repository.

    standin_cvmfs_server.py FOLDER COMMAND [ARGUMENTS]

It keeps real state in FOLDER: what is published is the tree spool/rdonly with its revision as an attribute, an open
transaction is the file spool/in_transaction.lock and a copy of the tree in union. It reads and says what cvmfs_server
2.12 does as far as Wafer relies upon it, its shortcomings included: attributes are lost, hard links become files, and an
archive that ends early is a success.

FOLDER/faults tells it to go wrong, one fault a line, each once: COMMAND FAULT [TEXT] with the faults
    fail TEXT       before anything is done
    fail-late TEXT  when everything is done (a hook behind it)
    fail-open TEXT  when the transaction is open, which stays
    kill            killed when the transaction is open
    hang            hangs when the transaction is open; asked to end, it does, and the transaction stays
    truncate        ingest: half of the archive, and a success
    slow            a second longer, no matter who asks it to end
FOLDER/calls gets a line for each call: the process and its arguments.
"""
import os
import signal
import stat
import subprocess
import sys
import tarfile
import time

FOLDER, ARGUMENTS = sys.argv[1], sys.argv[2:]
COMMAND = ARGUMENTS[0] if ARGUMENTS else ""
FQRN = ARGUMENTS[-1] if ARGUMENTS else ""
SPOOL = os.path.join(FOLDER, "spool")
FLAG = os.path.join(SPOOL, "in_transaction.lock")
SCRATCH = os.path.join(SPOOL, "scratch", "current")
UNION = os.path.join(FOLDER, "union")
PUBLISHED = os.path.join(SPOOL, "rdonly")
FAULTS = os.path.join(FOLDER, "faults")


def say(text):
    print(text, flush=True)


def die(text, code=1):
    print(text, file=sys.stderr, flush=True)
    sys.exit(code)


def take_faults():
    """The faults of this command, by their kind. They are due in one run: whoever waits for its transaction and ends it
    finds them gone, wherever it was."""
    taken, rest = {}, []
    for line in open(FAULTS).read().splitlines() if os.path.exists(FAULTS) else []:
        words = line.split(None, 2)
        if words[0] == COMMAND and words[1] not in taken:
            taken[words[1]] = words[2] if len(words) > 2 else "stand-in: %s goes wrong" % COMMAND
        else:
            rest.append(line)
    if taken:
        open(FAULTS, "w").write("".join(line + "\n" for line in rest))
    return taken


def fault(kind):
    """The text of a fault of this kind that is due now, None where none is."""
    return DUE.get(kind)


DUE = take_faults()


def when_open():
    text = fault("fail-open")
    if text:
        die(text)
    if fault("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if fault("hang"):
        time.sleep(600)
    if fault("slow"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(1)


def revision():
    return int(os.getxattr(PUBLISHED, "user.revision"))


def publish(tree):
    new = PUBLISHED + ".new"
    subprocess.run(["rm", "-rf", new], check=True)
    subprocess.run(["cp", "-a", tree, new], check=True)
    os.setxattr(new, "user.revision", str(revision() + 1).encode())
    os.rename(PUBLISHED, PUBLISHED + ".old")
    os.rename(new, PUBLISHED)
    subprocess.run(["rm", "-rf", PUBLISHED + ".old"], check=True)


def open_transaction():
    try:
        os.close(os.open(FLAG, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        die("CernVM-FS transaction error: another transaction is already open", 17)
    subprocess.run(["rm", "-rf", UNION], check=True)
    subprocess.run(["cp", "-a", PUBLISHED, UNION], check=True)


def close_transaction():
    subprocess.run("rm -rf '%s'/*" % SCRATCH, shell=True, check=True)
    os.unlink(FLAG)


def extract(archive, base, limit):
    members, links = 0, []
    for member in archive:
        members += 1
        if limit is not None and members > limit:
            return
        path = os.path.join(UNION, base.strip("/"), member.name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if member.isdir():
            if os.path.isdir(path):
                continue
            os.mkdir(path)
        elif member.isreg():
            if os.path.lexists(path) and not path.endswith(".cvmfscatalog"):
                die("stand-in: a second insertion of %s: assertion failed" % member.name)
            with open(path, "wb") as file:
                file.write(archive.extractfile(member).read())
        elif member.issym():
            os.symlink(member.linkname, path)
        elif member.islnk():
            links.append((member, path))
            continue
        elif member.ischr() or member.isblk():
            kind = stat.S_IFCHR if member.ischr() else stat.S_IFBLK
            os.mknod(path, kind | member.mode, os.makedev(member.devmajor, member.devminor))
        elif member.isfifo():
            os.mkfifo(path)
        finish(path, member)
    for member, path in links:
        source = os.path.join(UNION, base.strip("/"), member.linkname)
        subprocess.run(["cp", "-p", source, path], check=True)


def finish(path, member):
    if os.geteuid() == 0:
        os.lchown(path, member.uid, member.gid)
    if not member.issym():
        os.chmod(path, member.mode)
        os.utime(path, (member.mtime, member.mtime))


def ingest():
    base, deleted, archive = None, [], None
    words = ARGUMENTS[1:-1]
    while words:
        word = words.pop(0)
        if word == "-k":
            continue
        value = words.pop(0)
        if word == "-b":
            base = value
        elif word == "-d":
            deleted.append(value)
        elif word == "-t":
            archive = value
    if os.path.exists(FLAG):
        print("CernVM-FS transaction error: another transaction is already open", file=sys.stderr)
        die("Impossible to start a transaction")
    open_transaction()
    say("Using auto tag 'generic-stand-in'")
    when_open()
    say("Swissknife Ingest: Processing changes...")
    if deleted and archive:
        close_transaction()
        die("PANIC: stand-in: deleting and adding at once\nSynchronization failed")
    for path in deleted:
        subprocess.run(["rm", "-rf", os.path.join(UNION, path)], check=True)
    if archive:
        data = sys.stdin.buffer.read()
        import io

        limit = None
        if fault("truncate"):
            limit = len(tarfile.open(fileobj=io.BytesIO(data)).getmembers()) // 2
        extract(tarfile.open(fileobj=io.BytesIO(data)), base, limit)
    say("Tagging %s" % FQRN)
    say("Signing new manifest")
    publish(UNION)
    close_transaction()


def main():
    with open(os.path.join(FOLDER, "calls"), "a") as calls:
        calls.write(" ".join([str(os.getpid())] + ARGUMENTS) + "\n")
    if COMMAND == "":
        say("CernVM-FS Server Tool 2.12.0-standin")
        sys.exit(1)
    text = fault("fail")
    if text:
        die(text)
    if COMMAND == "standin-init":
        for folder in (SCRATCH, PUBLISHED, UNION):
            os.makedirs(folder)
        os.setxattr(PUBLISHED, "user.revision", b"1")
        sys.exit(0)
    if COMMAND == "list":
        state = " - in transaction" if os.path.exists(FLAG) else ""
        more = open(os.path.join(FOLDER, "state")).read().rstrip() if os.path.exists(os.path.join(FOLDER, "state")) else ""
        say("%s (stratum0 / S3%s%s)" % (os.path.basename(FOLDER), state, more))
    elif COMMAND == "transaction":
        open_transaction()
        when_open()
    elif COMMAND == "publish":
        if not os.path.exists(FLAG):
            die("Repository %s is not in a transaction" % FQRN)
        when_open()
        publish(UNION)
        close_transaction()
    elif COMMAND == "abort":
        if not os.path.exists(FLAG):
            die("Repository %s is not in a transaction" % FQRN, 22)
        close_transaction()
    elif COMMAND == "ingest":
        ingest()
    else:
        die("stand-in: no command %s" % COMMAND)
    text = fault("fail-late")
    if text:
        die(text)


main()
