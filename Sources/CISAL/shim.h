#pragma once
#include <isa-l.h>

/* Swift does not import macros that compute: the working memory of compression level 2. */
enum { ISAL_LEVEL2_WORKSPACE = ISAL_DEF_LVL2_DEFAULT };
