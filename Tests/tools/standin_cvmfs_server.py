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
    held-signing    ingest: held when it signs; asked to end, it does, and the transaction stays
    deaf            hangs when the transaction is open, no matter who asks it to end
    own             ingest: all belongs to somebody else, as where owners cannot be kept
    forget          ingest, tag: a success without having done it
    no-notes        Wafer can write no notes any more, and something is edited in the transaction
    drop            ingest: no special file is kept, whatever the catalogs are
    pass            nothing, and what is listed below waits for the next run
    held            goes on once the file FOLDER/proceed is there, no matter who asks it to end
    slow            a second longer, no matter who asks it to end
Behind a gateway (FOLDER/gateway) special files are dropped, but in a directory that has a catalog before and after.

The files version, state, listed and behind say what it says of itself. FOLDER/calls gets a line for each call: the process and its arguments.
"""
import hashlib
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
GATEWAY = os.path.exists(os.path.join(FOLDER, "gateway"))


def say(text):
    print(text, flush=True)


def die(text, code=1):
    print(text, file=sys.stderr, flush=True)
    sys.exit(code)


def setting(name, otherwise):
    """What a file in FOLDER says."""
    path = os.path.join(FOLDER, name)
    return open(path).read().rstrip() if os.path.exists(path) else otherwise


def take_faults():
    """The faults of this command, by their kind. They are due in one run: whoever waits for its transaction and ends it
    finds them gone, wherever it was."""
    taken, rest = {}, []
    for line in open(FAULTS).read().splitlines() if os.path.exists(FAULTS) else []:
        words = line.split(None, 2)
        if words[0] == COMMAND and words[1] not in taken and "pass" not in taken:
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


def prevent_notes():
    """A folder is in the place of Wafer's next note."""
    while True:
        try:
            return os.mkdir(os.path.join(SPOOL, "wafer", "transaction.json.new"))
        except FileExistsError:
            time.sleep(0.001)


def when_open():
    if fault("no-notes"):
        open(os.path.join(SCRATCH, "edited"), "w").close()
    text = fault("fail-open")
    if text:
        die(text)
    if fault("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if fault("hang"):
        time.sleep(600)
    if fault("deaf"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    if fault("slow") or fault("held"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if fault("slow"):
        time.sleep(1)
    if fault("held"):
        wait_to_proceed()


def wait_to_proceed():
    end = time.monotonic() + 120
    while not os.path.exists(os.path.join(FOLDER, "proceed")):
        if time.monotonic() > end:
            die("stand-in: nobody let it proceed")
        time.sleep(0.02)


def revision():
    return int(os.getxattr(PUBLISHED, "user.revision"))


def drop_special_files(new, old, everywhere):
    """What a gateway does when it replays new rows; a catalog that is in both revisions it takes as it is."""
    marker = ".cvmfscatalog"
    for entry in list(os.scandir(new)):
        before = os.path.join(old, entry.name)
        if entry.is_dir(follow_symlinks=False):
            both = all(os.path.exists(os.path.join(folder, marker)) for folder in (entry.path, before))
            if everywhere or not both:
                drop_special_files(entry.path, before, everywhere)
        elif not entry.is_file(follow_symlinks=False) and not entry.is_symlink() and not os.path.lexists(before):
            os.unlink(entry.path)


def publish(tree):
    new = PUBLISHED + ".new"
    if GATEWAY:
        drop_special_files(tree, PUBLISHED, everywhere=fault("drop"))
    subprocess.run(["rm", "-rf", new], check=True)
    subprocess.run(["cp", "-a", tree, new], check=True)
    os.setxattr(new, "user.revision", str(revision() + 1).encode())
    if not GATEWAY:
        mount()


def mount():
    """What is published is shown: behind a gateway only when somebody asks, or opens a transaction."""
    new = PUBLISHED + ".new"
    if not os.path.exists(new):
        return
    os.rename(PUBLISHED, PUBLISHED + ".old")
    os.rename(new, PUBLISHED)
    subprocess.run(["rm", "-rf", PUBLISHED + ".old"], check=True)


def open_transaction():
    try:
        os.close(os.open(FLAG, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        die("CernVM-FS transaction error: another transaction is already open", 17)
    mount()
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


def options(flags):
    """The options between the command and the repository's name, with their values; flags have none and are left out."""
    words = ARGUMENTS[1:-1]
    while words:
        word = words.pop(0)
        if word not in flags:
            yield word, words.pop(0)


def ingest():
    base, deleted, archive = None, [], None
    for word, value in options(flags=["-k"]):
        if word == "-b":
            base = value
        elif word == "-d":
            deleted.append(value)
        elif word == "-t":
            archive = value
    if GATEWAY and (len(deleted) > 1 or deleted and archive):
        die("Could not delete multiple paths using a gateway in a single transaction.")
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
    for path in [] if fault("forget") else deleted:
        subprocess.run(["rm", "-rf", os.path.join(UNION, path)], check=True)
    if archive:
        data = sys.stdin.buffer.read()
        import io

        limit = None
        if fault("truncate"):
            limit = len(tarfile.open(fileobj=io.BytesIO(data)).getmembers()) // 2
        extract(tarfile.open(fileobj=io.BytesIO(data)), base, limit)
    if archive and fault("own"):
        for folder, names, files in os.walk(UNION):
            for name in names + files:
                os.lchown(os.path.join(folder, name), 77, 77)
    say("Tagging %s" % FQRN)
    say("Signing new manifest")
    if fault("held-signing"):
        wait_to_proceed()
    publish(UNION)
    close_transaction()


def tags():
    path = os.path.join(FOLDER, "tags")
    lines = open(path).read().splitlines() if os.path.exists(path) else []
    return dict((line.split(" ")[0], line) for line in lines)


def tag():
    """Tags with the hash of the revision's number for a root hash; description last."""
    wanted, removed, text = None, [], ""
    root = hashlib.sha1(str(revision()).encode()).hexdigest()
    for word, value in options(flags=["-f", "-l", "-x"]):
        if word == "-a":
            wanted = value
        elif word == "-r":
            removed.append(value)
        elif word == "-m":
            text = value
        elif word == "-h":
            root = value
    known = tags()
    if not wanted and not removed:
        say("\n".join(["Note: a line that is no tag"] + list(known.values())))
        return
    if removed and "-f" not in ARGUMENTS:
        die("aborted: stand-in: asked, and nobody answered")
    if os.path.exists(FLAG):
        die("Cannot change repository tags while in a transaction")
    open_transaction()
    when_open()
    for name in removed:
        if known.pop(name, None) is None:
            close_transaction()
            die("tag '%s' does not exist\nDid not remove anything" % name)
    if wanted:
        known[wanted] = "%s %s 1 %d 1 (default) %s" % (wanted, root, revision(), text)
    if not fault("forget"):
        open(os.path.join(FOLDER, "tags"), "w").write("".join(line + "\n" for line in known.values()))
    close_transaction()


def update_repoinfo():
    if os.path.exists(FLAG):
        die("Cannot edit repository meta info while in a transaction")
    file = ARGUMENTS[ARGUMENTS.index("-f") + 1]
    if not os.path.isfile(file):
        die("Provided file '%s' doesn't exist" % file)
    open_transaction()
    when_open()
    open(os.path.join(FOLDER, "metainfo"), "w").write(open(file).read())
    close_transaction()


def main():
    with open(os.path.join(FOLDER, "calls"), "a") as calls:
        calls.write(" ".join([str(os.getpid())] + ARGUMENTS) + "\n")
    if COMMAND == "":
        say("CernVM-FS Server Tool %s" % setting("version", "2.12.0-standin"))
        sys.exit(1)
    text = fault("fail")
    if text:
        die(text)
    if fault("no-notes"):
        prevent_notes()
    if COMMAND == "standin-init":
        for folder in (SCRATCH, PUBLISHED, UNION):
            os.makedirs(folder)
        os.setxattr(PUBLISHED, "user.revision", b"1")
        sys.exit(0)
    if COMMAND == "list":
        state = " - in transaction" if os.path.exists(FLAG) else ""
        more = setting("state", "")
        kind = "gw" if GATEWAY else "S3"
        name = setting("listed", os.path.basename(FOLDER))
        say("%s (stratum0 / %s%s%s)%s" % (name, kind, state, more, setting("behind", "")))
    elif COMMAND == "transaction":
        open_transaction()
        when_open()
    elif COMMAND == "publish":
        if not os.path.exists(FLAG):
            die("Repository %s is not in a transaction" % FQRN)
        # What was edited lies there.
        open(os.path.join(SCRATCH, "edited"), "w").close()
        when_open()
        publish(UNION)
        close_transaction()
    elif COMMAND == "abort":
        if not os.path.exists(FLAG):
            die("Repository %s is not in a transaction" % FQRN, 22)
        when_open()
        close_transaction()
    elif COMMAND == "ingest":
        ingest()
    elif COMMAND == "mount":
        mount()
    elif COMMAND == "tag":
        tag()
    elif COMMAND == "update-repoinfo":
        update_repoinfo()
    else:
        die("stand-in: no command %s" % COMMAND)
    text = fault("fail-late")
    if text:
        die(text)


main()
