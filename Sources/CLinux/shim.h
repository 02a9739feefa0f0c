#pragma once

/* Calls of glibc that its headers show to GNU sources only, and so not to Swift. */

/* Writes everything of the file system that holds the descriptor; see syncfs(2). */
extern int syncfs(int descriptor);
