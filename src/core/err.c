/* Filling in and extending an error. */
#include "alstrack/core/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum als_status als_fail(struct als_err *err, enum als_status status, const char *code,
                         const char *format, ...)
{
    if (!err)
        return status;
    err->status = status;
    snprintf(err->code, sizeof err->code, "%s", code);
    err->hint[0] = '\0';
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return status;
}

void als_err_hint(struct als_err *err, const char *format, ...)
{
    if (!err)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
}

void als_err_prefix(struct als_err *err, const char *format, ...)
{
    if (!err)
        return;
    char prefix[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    size_t room = sizeof err->text, length = strlen(prefix);
    if (length > room / 2)
        length = room / 2;
    size_t keep = strlen(err->text);
    if (keep > room - length - 3)
        keep = room - length - 3;
    memmove(err->text + length + 2, err->text, keep);
    memcpy(err->text, prefix, length);
    memcpy(err->text + length, ": ", 2);
    err->text[length + 2 + keep] = '\0';
}

void als_bug_at(const char *file, int line, const char *format, ...)
{
    fprintf(stderr, "alstrack: internal error at %s:%d: ", file, line);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(ALS_INTERNAL);
}
