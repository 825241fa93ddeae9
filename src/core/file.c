/* Reading a file whole; replacing a file in one step. */
#include "alstrack/core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alstrack/core/alloc.h"

static enum als_status read_all(FILE *file, const char *path, struct als_buf *buf,
                                struct als_err *err)
{
    char chunk[65536];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        als_buf_add(buf, chunk, n);
    if (ferror(file))
        return als_fail(err, errno == EISDIR ? ALS_DATA : ALS_IO, "E-READ", "cannot read %s: %s",
                        path, strerror(errno));
    if (buf->overflow)
        return als_fail(err, ALS_DATA, "E-SIZE", "%s is larger than %zu bytes", path, buf->maximum);
    return ALS_OK;
}

enum als_status als_file_read(const char *path, struct als_buf *buf, struct als_err *err)
{
    if (strcmp(path, "-") == 0)
        return read_all(stdin, "standard input", buf, err);
    FILE *file = fopen(path, "rb");
    if (!file)
        return als_fail(err, errno == EACCES ? ALS_NOT_PERMITTED : ALS_NO_INPUT, "E-OPEN",
                        "cannot open %s: %s", path, strerror(errno));
    enum als_status status = read_all(file, path, buf, err);
    fclose(file);
    return status;
}

static enum als_status cannot_create(const char *path, struct als_err *err)
{
    enum als_status status = errno == ENOSPC ? ALS_IO : ALS_CANNOT_CREATE;
    return als_fail(err, status, "E-CREATE", "cannot create %s: %s", path, strerror(errno));
}

static bool is_study(const char *path)
{
    static const char magic[] = "SQLite format 3";
    char start[sizeof magic];
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return false;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool same = read(file, start, sizeof start) == (ssize_t)sizeof start &&
                memcmp(start, magic, sizeof magic) == 0;
    close(file);
    return same;
}

/* A mistyped output path must not cost a study: neither its file nor the journal that an
 * interrupted write needs for its way back. */
static enum als_status refuse_study(const char *path, struct als_err *err)
{
    static const char *const companions[] = {"-journal", "-wal", "-shm"};
    bool refused = is_study(path);
    for (size_t i = 0; i < sizeof companions / sizeof *companions && !refused; i++) {
        size_t length = strlen(path), tail = strlen(companions[i]);
        if (length <= tail || strcmp(path + length - tail, companions[i]) != 0)
            continue;
        char *base = als_strndup(path, length - tail);
        refused = is_study(base);
        free(base);
    }
    if (!refused)
        return ALS_OK;
    als_fail(err, ALS_CANNOT_CREATE, "E-STUDY", "%s belongs to a study and is not overwritten",
             path);
    als_err_hint(err, "choose another file for the output");
    return ALS_CANNOT_CREATE;
}

enum als_status als_file_create(const char *path, struct als_file_out *out, struct als_err *err)
{
    if (strcmp(path, "-") == 0) {
        *out = (struct als_file_out){.stream = stdout, .path = als_strdup("standard output")};
        return ALS_OK;
    }
    enum als_status allowed = refuse_study(path, err);
    if (allowed != ALS_OK)
        return allowed;
    char *temporary = als_asprintf("%s.XXXXXX", path);
    int descriptor = mkstemp(temporary);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (!stream) {
        enum als_status status = cannot_create(path, err);
        if (descriptor >= 0) {
            close(descriptor);
            unlink(temporary);
        }
        free(temporary);
        return status;
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
    *out =
        (struct als_file_out){.stream = stream, .path = als_strdup(path), .temporary = temporary};
    return ALS_OK;
}

static void release(struct als_file_out *out)
{
    free(out->path);
    free(out->temporary);
    *out = (struct als_file_out){0};
}

/* A rename is durable once its folder is synced; a folder that cannot be opened is no reason to
 * fail, since the file itself is safe. */
static void sync_folder(const char *path)
{
    char *copy = als_strdup(path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
    free(copy);
}

enum als_status als_file_commit(struct als_file_out *out, struct als_err *err)
{
    bool failed = fflush(out->stream) != 0 || ferror(out->stream);
    if (!out->temporary) {
        enum als_status status = ALS_OK;
        if (failed)
            status = als_fail(err, ALS_IO, "E-WRITE", "cannot write to standard output: %s",
                              strerror(errno));
        release(out);
        return status;
    }
    failed = failed || fsync(fileno(out->stream)) != 0;
    int why = errno;
    if (fclose(out->stream) != 0 && !failed) {
        failed = true;
        why = errno;
    }
    if (!failed && rename(out->temporary, out->path) != 0) {
        failed = true;
        why = errno;
    }
    enum als_status status = ALS_OK;
    if (failed) {
        unlink(out->temporary);
        status = als_fail(err, why == EISDIR ? ALS_CANNOT_CREATE : ALS_IO, "E-WRITE",
                          "cannot write %s: %s", out->path, strerror(why));
    } else {
        sync_folder(out->path);
    }
    release(out);
    return status;
}

void als_file_abandon(struct als_file_out *out)
{
    if (out->temporary) {
        fclose(out->stream);
        unlink(out->temporary);
    }
    release(out);
}

enum als_status als_folder_make(const char *path, struct als_err *err)
{
    struct stat info;
    if (mkdir(path, 0777) == 0)
        return ALS_OK;
    if (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return ALS_OK;
    return cannot_create(path, err);
}
