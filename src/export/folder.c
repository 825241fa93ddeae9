/* Replacing an export folder as a whole. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifest.h"

static enum als_status cannot(const char *what, const char *path, struct als_err *err)
{
    enum als_status status = errno == ENOSPC || errno == EIO ? ALS_IO : ALS_CANNOT_CREATE;
    return als_fail(err, status, "E-FOLDER", "cannot %s %s: %s", what, path, strerror(errno));
}

/* The folder itself: links followed, slashes at the end dropped. */
static const char *resolve(const char *path, struct als_arena *arena)
{
    char *real = realpath(path, NULL);
    char *copy = als_arena_strdup(arena, real ? real : path);
    free(real);
    size_t n = strlen(copy);
    while (n > 1 && copy[n - 1] == '/')
        copy[--n] = '\0';
    return copy;
}

static bool is_listed(const char *name, const char *const *files, size_t n)
{
    if (strcmp(name, ALS_MANIFEST) == 0)
        return true;
    for (size_t i = 0; i < n; i++)
        if (strcmp(files[i], name) == 0)
            return true;
    return false;
}

static bool is_entry(const char *name)
{
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Only what a former export wrote may be replaced: anything else belongs to somebody. */
static enum als_status check_target(const char *target, struct als_arena *arena,
                                    struct als_err *err)
{
    DIR *folder = opendir(target);
    if (!folder)
        return errno == ENOENT ? ALS_OK : cannot("open", target, err);
    const char *const *files = NULL;
    size_t n_files = 0;
    bool former = als_manifest_read(target, arena, &files, &n_files);
    enum als_status status = ALS_OK;
    for (const struct dirent *entry; status == ALS_OK && (entry = readdir(folder));) {
        if (!is_entry(entry->d_name) || (former && is_listed(entry->d_name, files, n_files)))
            continue;
        status = als_fail(err, ALS_CANNOT_CREATE, "E-FOLDER",
                          "%s holds a file of another origin: %s", target, entry->d_name);
        als_err_hint(err, "name a new folder, or move what is in this one");
    }
    closedir(folder);
    return status;
}

static const char *parent_of(const char *path, struct als_arena *arena)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    return slash == path ? "/" : als_arena_strndup(arena, path, (size_t)(slash - path));
}

/* A new, empty folder beside the target. */
static char *make_sibling(const char *target, const char *role, struct als_arena *arena)
{
    const char *slash = strrchr(target, '/');
    char *path = als_arena_printf(arena, "%s/.%s.%s.XXXXXX", parent_of(target, arena),
                                  slash ? slash + 1 : target, role);
    return mkdtemp(path);
}

enum als_status als_folder_begin(const char *path, struct als_arena *arena, struct als_folder *out,
                                 struct als_err *err)
{
    out->arena = arena;
    out->target = resolve(path, arena);
    if (strcmp(out->target, "/") == 0 || !*out->target)
        return als_fail(err, ALS_CANNOT_CREATE, "E-FOLDER", "'%s' cannot be an export folder",
                        path);
    enum als_status status = check_target(out->target, arena, err);
    if (status != ALS_OK)
        return status;
    out->temporary = make_sibling(out->target, "new", arena);
    if (!out->temporary)
        return cannot("create", out->target, err);
    mode_t mask = umask(0);
    umask(mask);
    chmod(out->temporary, 0777 & ~mask);
    return ALS_OK;
}

/* Remove a folder of plain files. */
static void remove_folder(const char *path, struct als_arena *arena)
{
    DIR *folder = opendir(path);
    if (!folder)
        return;
    for (const struct dirent *entry; (entry = readdir(folder));)
        if (is_entry(entry->d_name))
            unlink(als_arena_printf(arena, "%s/%s", path, entry->d_name));
    closedir(folder);
    rmdir(path);
}

static void sync_folder(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY);
    if (descriptor < 0)
        return;
    fsync(descriptor);
    close(descriptor);
}

enum als_status als_folder_publish(struct als_folder *folder, struct als_err *err)
{
    const char *target = folder->target;
    sync_folder(folder->temporary);
    /* An absent or empty target is replaced in one step. */
    if (rename(folder->temporary, target) != 0) {
        if (errno != ENOTEMPTY && errno != EEXIST)
            return cannot("create", target, err);
        const char *old = make_sibling(target, "old", folder->arena);
        if (!old || rename(target, old) != 0)
            return cannot("replace", target, err);
        if (rename(folder->temporary, target) != 0) {
            enum als_status status = cannot("replace", target, err);
            if (rename(old, target) != 0)
                als_err_hint(err, "the former export is in %s", old);
            return status;
        }
        remove_folder(old, folder->arena);
    }
    sync_folder(parent_of(target, folder->arena));
    folder->temporary = NULL;
    return ALS_OK;
}

void als_folder_abandon(struct als_folder *folder)
{
    if (folder->temporary)
        remove_folder(folder->temporary, folder->arena);
    folder->temporary = NULL;
}
