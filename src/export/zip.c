/* ZIP archives, by minizip. */
#include "alstrack/export/zip.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zip.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/file.h"

/* What APPNOTE, the format's description, calls them. */
#define MADE_BY_UNIX (3U << 8 | 45) /* so that permissions are in the upper half of attributes */
#define NAME_IS_UTF8 (1U << 11)
#define ZIP64_FROM   0xffffffff /* sizes from here on need an entry of the longer kind */

struct zip {
    zipFile file;
    const char *folder, *name;
    zip_fileinfo info;
};

static enum als_status cannot_read(const char *path, struct als_err *err)
{
    return als_fail(err, ALS_IO, "E-READ", "cannot read %s: %s", path, strerror(errno));
}

static enum als_status refused(int code, struct als_err *err)
{
    if (code == ZIP_ERRNO)
        return als_fail(err, ALS_IO, "E-WRITE", "cannot write the archive: %s", strerror(errno));
    return als_fail(err, ALS_IO, "E-WRITE", "cannot write the archive: minizip says %d", code);
}

/* minizip writes where it is told to; opening, closing and syncing are core/file.h's. */
static void *lend(void *stream, const void *path, int mode)
{
    (void)path, (void)mode;
    return stream;
}

static int give_back(void *opaque, void *stream)
{
    (void)opaque, (void)stream;
    return 0;
}

/* The format knows years from 1980 to 2107 and no time zones. */
static tm_zip date(int64_t seconds)
{
    const int64_t first = 315532800, last = 4354819198;
    const time_t when = (time_t)(seconds < first ? first : seconds > last ? last : seconds);
    struct tm utc;
    gmtime_r(&when, &utc);
    return (tm_zip){.tm_sec = (uInt)utc.tm_sec,
                    .tm_min = (uInt)utc.tm_min,
                    .tm_hour = (uInt)utc.tm_hour,
                    .tm_mday = (uInt)utc.tm_mday,
                    .tm_mon = (uInt)utc.tm_mon,
                    .tm_year = (uInt)utc.tm_year + 1900};
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
        const int code = zipWriteInFileInZip(zip->file, chunk, (unsigned)n);
        if (code != ZIP_OK)
            return refused(code, err);
    }
}

static enum als_status add_file(const struct zip *zip, int file, off_t size, const char *path,
                                const char *inside, struct als_err *err)
{
    int code = zipOpenNewFileInZip4_64(zip->file, inside, &zip->info, NULL, 0, NULL, 0, NULL,
                                       Z_DEFLATED, Z_DEFAULT_COMPRESSION, 0, -MAX_WBITS,
                                       DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, NULL, 0, MADE_BY_UNIX,
                                       NAME_IS_UTF8, size >= ZIP64_FROM);
    if (code != ZIP_OK)
        return refused(code, err);
    enum als_status status = copy(zip, file, path, err);
    if (!status && (code = zipCloseFileInZip(zip->file)) != ZIP_OK)
        status = refused(code, err);
    return status;
}

static enum als_status add(const struct zip *zip, const char *file_name, struct als_err *err)
{
    char *path = als_asprintf("%s/%s", zip->folder, file_name);
    char *inside = als_asprintf("%s/%s", zip->name, file_name);
    struct stat info;
    enum als_status status = ALS_OK;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &info) != 0)
        status = cannot_read(path, err);
    else if (S_ISREG(info.st_mode))
        status = add_file(zip, file, info.st_size, path, inside, err);
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
    zlib_filefunc64_def functions;
    fill_fopen64_filefunc(&functions);
    functions.zopen64_file = lend;
    functions.zclose_file = give_back;
    functions.opaque = out.stream;
    const struct zip zip = {
        .file = zipOpen2_64(path, APPEND_STATUS_CREATE, NULL, &functions),
        .folder = folder,
        .name = name,
        .info = {.tmz_date = date(seconds), .external_fa = (uLong)(S_IFREG | 0644) << 16}};
    status = zip.file ? add_all(&zip, err) : refused(ZIP_INTERNALERROR, err);
    /* Closed also after an error, since only that frees it. */
    const int code = zip.file ? zipClose(zip.file, NULL) : ZIP_OK;
    if (!status && code != ZIP_OK)
        status = refused(code, err);
    if (!status)
        return als_file_commit(&out, err);
    als_file_abandon(&out);
    return status;
}
