/* Putting a finished file under its name without ever replacing another. */
#include "publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alstrack/core/alloc.h"

static enum als_status exists(const char *path, struct als_err *err)
{
    return als_fail(err, ALS_CANNOT_CREATE, "E-EXISTS", "%s: exists already", path);
}

static enum als_status cannot_create(const char *path, int why, struct als_err *err)
{
    enum als_status status =
        why == ENOSPC || why == EDQUOT || why == EIO ? ALS_IO : ALS_CANNOT_CREATE;
    return als_fail(err, status, "E-CREATE", "%s: cannot be created: %s", path, strerror(why));
}

enum als_status als_publish_begin(const char *path, char **temporary, struct als_err *err)
{
    struct stat info;
    *temporary = NULL;
    if (lstat(path, &info) == 0)
        return exists(path, err);
    char *name = als_asprintf("%s.XXXXXX", path);
    int descriptor = mkstemp(name);
    if (descriptor < 0) {
        free(name);
        return cannot_create(path, errno, err);
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
    close(descriptor);
    *temporary = name;
    return ALS_OK;
}

/* So that the name survives a power failure; a folder that cannot be synced is no error. */
static void sync_folder(const char *path)
{
    char *folder = als_strdup(path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    int descriptor = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY);
    if (descriptor >= 0) {
        (void)fsync(descriptor);
        close(descriptor);
    }
    free(folder);
}

enum als_status als_publish_end(const char *temporary, const char *path, struct als_err *err)
{
    int why = link(temporary, path) == 0 ? 0 : errno;
    if (why == EPERM || why == ENOTSUP || why == ENOSYS || why == EMLINK) {
        /* A file system without hard links: the name is checked and taken in two steps. */
        struct stat info;
        if (lstat(path, &info) == 0)
            why = EEXIST;
        else
            why = rename(temporary, path) == 0 ? 0 : errno;
    }
    unlink(temporary);
    if (why == EEXIST)
        return exists(path, err);
    if (why)
        return cannot_create(path, why, err);
    sync_folder(path);
    return ALS_OK;
}

void als_publish_abandon(const char *temporary)
{
    char *journal = als_asprintf("%s-journal", temporary);
    unlink(temporary);
    unlink(journal);
    free(journal);
}
