/* Folders for what is made to be sent. */
#define _XOPEN_SOURCE 700 /* nftw */

#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum als_status als_scratch_make(struct als_arena *arena, const char **folder, struct als_err *err)
{
    const char *root = getenv("TMPDIR");
    char *path = als_arena_printf(arena, "%s/alstrack-XXXXXX", root && *root ? root : "/tmp");
    if (!mkdtemp(path))
        return als_fail(err, ALS_IO, "E-CREATE", "cannot make a temporary folder: %s",
                        strerror(errno));
    *folder = path;
    return ALS_OK;
}

static int take_away(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    remove(path);
    return 0;
}

void als_scratch_remove(const char *folder)
{
    nftw(folder, take_away, 8, FTW_DEPTH | FTW_PHYS);
}

enum als_status als_scratch_send(const char *path, struct als_response *response,
                                 struct als_err *err)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return als_fail(err, ALS_IO, "E-READ", "cannot read %s: %s", path, strerror(errno));
    als_response_file(response, file);
    return ALS_OK;
}
