/* Runs files, or all files of folders, through a fuzzer's function once. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "alstrack/core/buf.h"
#include "alstrack/core/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t run_file(const char *path)
{
    struct als_buf bytes;
    struct als_err err;
    als_buf_init(&bytes, ALS_BUF_LARGE);
    if (als_file_read(path, &bytes, &err) != ALS_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(EXIT_FAILURE);
    }
    /* A block of exactly that size, so that reading past its end is seen. */
    uint8_t *copy = malloc(bytes.length > 0 ? bytes.length : 1);
    if (!copy)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < bytes.length; i++)
        copy[i] = (uint8_t)bytes.data[i];
    LLVMFuzzerTestOneInput(copy, bytes.length);
    free(copy);
    als_buf_release(&bytes);
    return 1;
}

static size_t run_folder(const char *path)
{
    size_t n = 0;
    DIR *dir = opendir(path);
    if (!dir) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        char whole[4096];
        snprintf(whole, sizeof whole, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            n += run_file(whole);
    }
    closedir(dir);
    return n;
}

int main(int argc, char **argv)
{
    size_t n = 0;
    for (int i = 1; i < argc; i++) {
        struct stat status;
        if (stat(argv[i], &status) != 0) {
            perror(argv[i]);
            return EXIT_FAILURE;
        }
        n += S_ISDIR(status.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
    }
    printf("%zu inputs\n", n);
    return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
