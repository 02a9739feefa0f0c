#pragma once

#include <linux/openat2.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

/* Calls of glibc that its headers show to GNU sources only, and so not to Swift. */

/* Writes everything of the file system that holds the descriptor; see syncfs(2). */
extern int syncfs(int descriptor);

/* A pipe whose ends no child inherits by chance; see pipe2(2). */
extern int pipe2(int ends[2], int flags);

extern long syscall(long number, ...);

/* A descriptor that only names a file; see open(2). */
enum { linux_O_PATH = 010000000 };

/* Opens a path below a folder and follows no link on the way; see openat2(2), Linux 5.6. */
static inline int linux_open_beneath(int folder, const char *path, int flags, unsigned int mode) {
    struct open_how how = {
        .flags = (unsigned int)flags,
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
    };
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

/* What debuggers and `top -H` call the calling thread: 15 bytes of it. */
static inline void linux_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}
