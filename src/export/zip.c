/* ZIP archives, by libarchive. */
#include "alstrack/export/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/file.h"

struct zip {
    struct archive *archive;
    const char *folder, *name;
    time_t when;
};

static enum als_status cannot_read(const char *path, struct als_err *err)
{
    return als_fail(err, ALS_IO, "E-READ", "cannot read %s: %s", path, strerror(errno));
}

static enum als_status refused(const struct zip *zip, struct als_err *err)
{
    return als_fail(err, ALS_IO, "E-WRITE", "cannot write the archive: %s",
                    archive_error_string(zip->archive));
}

static enum als_status copy(const struct zip *zip, int file, const char *path, struct als_err *err)
{
    char chunk[64 * 1024];
    for (;;) {
        ssize_t n = read(file, chunk, sizeof chunk);
        if (n < 0)
            return cannot_read(path, err);
        if (n == 0)
            return ALS_OK;
        if (archive_write_data(zip->archive, chunk, (size_t)n) != n)
            return refused(zip, err);
    }
}

static enum als_status add(const struct zip *zip, const char *file_name, struct als_err *err)
{
    char *path = als_asprintf("%s/%s", zip->folder, file_name);
    char *inside = als_asprintf("%s/%s", zip->name, file_name);
    struct stat info;
    enum als_status status = ALS_OK;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &info) != 0) {
        status = cannot_read(path, err);
    } else if (S_ISREG(info.st_mode)) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, inside);
        archive_entry_set_size(entry, info.st_size);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_mtime(entry, zip->when, 0);
        status = archive_write_header(zip->archive, entry) == ARCHIVE_OK
                     ? copy(zip, file, path, err)
                     : refused(zip, err);
        archive_entry_free(entry);
    }
    if (file >= 0)
        close(file);
    free(path);
    free(inside);
    return status;
}

static int is_file_name(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum als_status add_all(const struct zip *zip, struct als_err *err)
{
    struct dirent **entries;
    const int n = scandir(zip->folder, &entries, is_file_name, by_bytes);
    if (n < 0)
        return cannot_read(zip->folder, err);
    enum als_status status = ALS_OK;
    for (int i = 0; i < n; i++) {
        if (!status)
            status = add(zip, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

enum als_status als_zip_folder(const char *folder, const char *name, int64_t seconds,
                               const char *path, struct als_err *err)
{
    struct als_file_out out;
    enum als_status status = als_file_create(path, &out, err);
    if (status)
        return status;
    const struct zip zip = {archive_write_new(), folder, name, (time_t)seconds};
    if (archive_write_set_format_zip(zip.archive) != ARCHIVE_OK ||
        archive_write_open_FILE(zip.archive, out.stream) != ARCHIVE_OK)
        status = refused(&zip, err);
    if (!status)
        status = add_all(&zip, err);
    if (!status && archive_write_close(zip.archive) != ARCHIVE_OK)
        status = refused(&zip, err);
    archive_write_free(zip.archive);
    if (!status)
        return als_file_commit(&out, err);
    als_file_abandon(&out);
    return status;
}
