/*
 * How a call fails.
 *
 * A fallible function returns enum als_status and takes a struct als_err last. The error is written
 * on failure and untouched on success, so that calls can be chained. A function adds to a message
 * only what its callee could not know (a file name, a line) and never replaces it by a vaguer one.
 *
 * The numbers are the exit codes of the program: one list serves both.
 * Findings about data are not errors of execution: see diag.h.
 */
#ifndef ALSTRACK_CORE_ERR_H
#define ALSTRACK_CORE_ERR_H

#include <stdarg.h>

enum als_status {
    ALS_OK = 0,
    ALS_FINDINGS = 1,       /* done, and there is something to report */
    ALS_USAGE = 2,          /* unknown command, option, kind, measure */
    ALS_DATA = 65,          /* bad data, nothing stored */
    ALS_NO_INPUT = 66,      /* no such file, patient or visit */
    ALS_UNAVAILABLE = 69,   /* a program that is needed is not installed */
    ALS_INTERNAL = 70,      /* our mistake */
    ALS_CANNOT_CREATE = 73, /* output cannot be created */
    ALS_IO = 74,            /* read or write error, disk full */
    ALS_BUSY = 75,          /* another process holds the study */
    ALS_NOT_PERMITTED = 77, /* role, lock, read-only folder, study of a newer version */
    ALS_DEFINITION = 78,    /* a protocol or instrument with errors */
    ALS_INTERRUPTED = 130,
};

struct als_err {
    enum als_status status;
    char code[32];  /* short name in capitals, such as E-RANGE; may be empty */
    char text[600]; /* one line, no full stop */
    char hint[400]; /* what to do about it; may be empty */
};

#define ALS_CHECKED __attribute__((warn_unused_result))

/* Fill err (which may be NULL) and return status. */
__attribute__((format(printf, 4, 5))) enum als_status
als_fail(struct als_err *err, enum als_status status, const char *code, const char *format, ...);

/* Add a hint to an error that was filled. */
__attribute__((format(printf, 2, 3))) void als_err_hint(struct als_err *err, const char *format,
                                                        ...);

/* Put "prefix: " before the text, for context that only the caller knows. */
__attribute__((format(printf, 2, 3))) void als_err_prefix(struct als_err *err, const char *format,
                                                          ...);

/* A state that the code itself rules out. Prints file and line, exits 70. */
#define als_bug(...) als_bug_at(__FILE__, __LINE__, __VA_ARGS__)
__attribute__((noreturn, format(printf, 3, 4))) void als_bug_at(const char *file, int line,
                                                                const char *format, ...);

#endif
