/*
 * Reads CSV through libcsv, one physical line at a time, so that every record and every mistake
 * has an exact place in the file.
 */
#include "csv_reader.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/text.h"

#define BLOCK ((size_t)64 * 1024)

struct als_csv {
    int fd; /* -1: the text is all in data */
    bool borrowed;
    uint64_t size, consumed; /* size 0: not known */
    struct als_sha256 *hash;
    struct csv_parser parser;
    struct als_csv_fault fault;

    char *data; /* what was read and is still needed: [0, end) */
    size_t end, capacity;
    bool at_end_of_file;

    size_t record; /* where the record under way begins in data */
    size_t next;   /* where the next line begins */
    size_t line;   /* number of the line at `next` */
    size_t record_line;
    bool begun, complete;

    struct als_csv_field *fields;
    size_t n, room;
    size_t field_at; /* where the field under way begins in data */
    char *unquoted;  /* texts of quoted fields */
    size_t unquoted_length, unquoted_capacity;
};

/* libcsv has no limit of its own: an unterminated quote would collect the whole file. */
static void *limited_realloc(void *old, size_t size)
{
    return size > ALS_CSV_FIELD_MAX ? NULL : realloc(old, size);
}

static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

static struct als_csv *reader_new(void)
{
    struct als_csv *csv = als_alloc(sizeof *csv);
    const unsigned char options =
        CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_EMPTY_IS_NULL;
    if (csv_init(&csv->parser, options) != 0)
        als_bug("libcsv cannot be initialised");
    csv_set_space_func(&csv->parser, no_space);
    csv_set_realloc_func(&csv->parser, limited_realloc);
    csv_set_blk_size(&csv->parser, 64 * 1024);
    csv->hash = als_sha256_new();
    csv->line = csv->record_line = 1;
    return csv;
}

enum als_status als_csv_open(const char *path, struct als_csv **out, struct als_err *err)
{
    const bool standard_input = strcmp(path, "-") == 0;
    const int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return als_fail(err, ALS_NO_INPUT, "E-OPEN", "%s: cannot be opened: %s", path,
                        strerror(errno));
    struct stat status;
    const bool known = fstat(fd, &status) == 0;
    if (known && S_ISDIR(status.st_mode)) {
        if (!standard_input)
            close(fd);
        return als_fail(err, ALS_DATA, "E-DIRECTORY", "%s: is a folder, not a CSV file", path);
    }
    struct als_csv *csv = reader_new();
    csv->fd = fd;
    csv->borrowed = standard_input;
    if (known && S_ISREG(status.st_mode) && status.st_size > 0)
        csv->size = (uint64_t)status.st_size;
    csv->capacity = BLOCK;
    csv->data = als_alloc(csv->capacity);
    *out = csv;
    return ALS_OK;
}

struct als_csv *als_csv_open_text(const char *text, size_t length)
{
    struct als_csv *csv = reader_new();
    csv->fd = -1;
    csv->capacity = csv->end = length;
    csv->data = als_strndup(text, length);
    csv->at_end_of_file = true;
    als_sha256_add(csv->hash, text, length);
    return csv;
}

void als_csv_close(struct als_csv *csv, char hex[ALS_SHA256_HEX])
{
    if (!csv) {
        if (hex)
            hex[0] = '\0';
        return;
    }
    als_sha256_end(csv->hash, hex);
    if (csv->fd >= 0 && !csv->borrowed)
        close(csv->fd);
    csv_free(&csv->parser);
    free(csv->data);
    free(csv->fields);
    free(csv->unquoted);
    free(csv);
}

const struct als_csv_fault *als_csv_fault(const struct als_csv *csv)
{
    return &csv->fault;
}

double als_csv_progress(const struct als_csv *csv)
{
    return csv->size ? (double)csv->consumed / (double)csv->size : -1;
}

static void copy_line(char *to, size_t size, const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && n + 1 < size && text[n] != '\n' && text[n] != '\r' && text[n] != '\0')
        n++;
    while (n < length && n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--; /* not in the middle of a character */
    memcpy(to, text, n);
    to[n] = '\0';
}

/* `at` is where the line with the fault begins in data, `offset` the place in it. */
__attribute__((format(printf, 6, 7))) static enum als_status fault(struct als_csv *csv,
                                                                   const char *code, size_t line,
                                                                   size_t at, size_t offset,
                                                                   const char *format, ...)
{
    csv->fault = (struct als_csv_fault){.code = code, .line = line, .column = offset + 1};
    va_list args;
    va_start(args, format);
    vsnprintf(csv->fault.what, sizeof csv->fault.what, format, args);
    va_end(args);
    copy_line(csv->fault.source, sizeof csv->fault.source, csv->data + at, csv->end - at);
    return ALS_DATA;
}

static enum als_status hint(struct als_csv *csv, const char *text)
{
    snprintf(csv->fault.hint, sizeof csv->fault.hint, "%s", text);
    return ALS_DATA;
}

/* Drop what is no longer needed and read one block more. */
static enum als_status fill(struct als_csv *csv, struct als_err *err)
{
    if (csv->record > 0) {
        memmove(csv->data, csv->data + csv->record, csv->end - csv->record);
        csv->end -= csv->record;
        csv->next -= csv->record;
        csv->field_at -= csv->record;
        csv->record = 0;
    }
    if (csv->capacity - csv->end < BLOCK) {
        csv->capacity = csv->end + BLOCK > 2 * csv->capacity ? csv->end + BLOCK : 2 * csv->capacity;
        csv->data = als_realloc_array(csv->data, csv->capacity, 1);
    }
    ssize_t got;
    do
        got = read(csv->fd, csv->data + csv->end, BLOCK);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return als_fail(err, ALS_IO, "E-READ", "cannot read: %s", strerror(errno));
    csv->at_end_of_file = got == 0;
    als_sha256_add(csv->hash, csv->data + csv->end, (size_t)got);
    csv->end += (size_t)got;
    csv->consumed += (size_t)got;
    return ALS_OK;
}

/* Length of the line at `next` with its end; of what there is when the file or the limit ends it.
 */
static enum als_status take_line(struct als_csv *csv, size_t *length, struct als_err *err)
{
    size_t seen = 0;
    for (;;) {
        const char *line = csv->data + csv->next;
        const size_t there = csv->end - csv->next;
        const char *lf = memchr(line + seen, '\n', there - seen);
        const size_t within = lf ? (size_t)(lf - line) : there;
        const char *cr = memchr(line + seen, '\r', within - seen);
        if (cr && cr + 1 != lf && (lf || cr + 1 < line + there || csv->at_end_of_file)) {
            *length = (size_t)(cr - line) + 1;
            return ALS_OK;
        }
        if (lf || csv->at_end_of_file || csv->end - csv->record > ALS_CSV_RECORD_MAX) {
            *length = lf ? within + 1 : there;
            return ALS_OK;
        }
        seen = cr ? within - 1 : within;
        const enum als_status status = fill(csv, err);
        if (status != ALS_OK)
            return status;
    }
}

static void keep_unquoted(struct als_csv *csv, const char *text, size_t length)
{
    if (csv->unquoted_capacity - csv->unquoted_length < length) {
        csv->unquoted_capacity = 2 * csv->unquoted_capacity + length;
        csv->unquoted = als_realloc_array(csv->unquoted, csv->unquoted_capacity, 1);
    }
    memcpy(csv->unquoted + csv->unquoted_length, text, length);
    csv->unquoted_length += length;
}

/* Just after the closing quote of the quoted field that begins at `at`. */
static size_t end_of_quoted(const struct als_csv *csv, size_t at)
{
    for (at++; at < csv->end; at++) {
        const char *quote = memchr(csv->data + at, '"', csv->end - at);
        if (!quote)
            break;
        at = (size_t)(quote - csv->data) + 1;
        if (at >= csv->end || csv->data[at] != '"')
            return at;
    }
    return csv->end;
}

/* libcsv has a field. Its text stands in data as it is unless it was quoted; buffers may move
 * before the record is complete, so places are noted here and pointers made at the end. */
static void on_field(void *text, size_t length, void *context)
{
    struct als_csv *csv = context;
    const bool quoted = csv->field_at < csv->end && csv->data[csv->field_at] == '"';
    if (csv->n < ALS_CSV_FIELDS_MAX) {
        if (csv->n == csv->room) {
            csv->room = csv->room ? 2 * csv->room : 64;
            csv->fields = als_realloc_array(csv->fields, csv->room, sizeof *csv->fields);
        }
        csv->fields[csv->n] = (struct als_csv_field){
            .text = quoted ? "q" : NULL, .length = length, .at = csv->field_at - csv->record};
        if (quoted && length)
            keep_unquoted(csv, text, length);
    }
    csv->n++;
    csv->field_at = (quoted ? end_of_quoted(csv, csv->field_at) : csv->field_at + length) + 1;
}

static void on_record(int end, void *context)
{
    (void)end;
    ((struct als_csv *)context)->complete = true;
}

/* A fault of the field under way, placed where it began. */
static enum als_status open_field_fault(struct als_csv *csv, const char *code, const char *what)
{
    const struct als_csv_field field = {.at = csv->field_at - csv->record};
    const struct als_csv_record record = {.fields = &field,
                                          .n = 1,
                                          .line = csv->record_line,
                                          .raw = csv->data + csv->record,
                                          .raw_length = csv->end - csv->record};
    const struct als_csv_place place = als_csv_locate(&record, 0);
    const size_t begin = (size_t)(place.text - csv->data);
    return fault(csv, code, place.line, begin, place.column - 1, "%s", what);
}

static enum als_status parse_fault(struct als_csv *csv, size_t offset)
{
    if (csv_error(&csv->parser) == CSV_EPARSE) {
        fault(csv, "E-QUOTE", csv->line, csv->next, offset, "a quote where CSV does not allow one");
        return hint(csv,
                    "put the whole field in quotes and double each quote in it: \"3\"\" tube\"");
    }
    open_field_fault(csv, "E-FIELD-TOO-LONG",
                     "field too long: the field that begins here has more than 1 MiB");
    return hint(csv, "a quote that is never closed takes in all that follows");
}

/* Only text goes to libcsv: no NUL, nothing but UTF-8. */
static enum als_status check_line(struct als_csv *csv, size_t length)
{
    const char *line = csv->data + csv->next;
    if (als_text_is_plain(line, length))
        return ALS_OK;
    const size_t bad = als_text_check(line, length);
    if (bad == length)
        return ALS_OK;
    if (line[bad] == '\0') {
        fault(csv, "E-NUL", csv->line, csv->next, bad, "a NUL byte: this is not a text file");
        return hint(csv, "save as CSV in UTF-8");
    }
    fault(csv, "E-ENCODING", csv->line, csv->next, bad, "not UTF-8: byte 0x%02X",
          (unsigned)(unsigned char)line[bad]);
    return hint(csv, "the file looks like Latin-1 or Windows-1252: save it as CSV in UTF-8");
}

static enum als_status skip_mark(struct als_csv *csv, struct als_err *err)
{
    csv->begun = true;
    while (csv->end < 3 && !csv->at_end_of_file) {
        const enum als_status status = fill(csv, err);
        if (status != ALS_OK)
            return status;
    }
    const unsigned char *bytes = (const unsigned char *)csv->data;
    if (csv->end >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        csv->next = csv->record = csv->field_at = 3;
    if (csv->end >= 2 &&
        ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF))) {
        fault(csv, "E-ENCODING", 1, csv->end, 0, "the file is UTF-16, not UTF-8");
        return hint(csv, "save it as CSV in UTF-8 (\"CSV UTF-8\" in spreadsheet programs)");
    }
    return ALS_OK;
}

static void begin_record(struct als_csv *csv)
{
    csv->record = csv->field_at = csv->next;
    csv->record_line = csv->line;
    csv->n = 0;
    csv->unquoted_length = 0;
    csv->complete = false;
}

/* Give libcsv the line at `next`. */
static enum als_status feed_line(struct als_csv *csv, size_t length)
{
    const enum als_status status = check_line(csv, length);
    if (status != ALS_OK)
        return status;
    const size_t fed =
        csv_parse(&csv->parser, csv->data + csv->next, length, on_field, on_record, csv);
    if (fed != length)
        return parse_fault(csv, fed);
    const char last = length ? csv->data[csv->next + length - 1] : '\0';
    csv->next += length;
    if (last == '\n' || last == '\r')
        csv->line++;
    if (csv->next - csv->record > ALS_CSV_RECORD_MAX) {
        fault(csv, "E-RECORD-TOO-LONG", csv->record_line, csv->record, 0,
              "record too long: more than %zu bytes", ALS_CSV_RECORD_MAX);
        return hint(csv, "is this a CSV file?");
    }
    return ALS_OK;
}

/* The file is at its end: what libcsv still holds is the last record, if its quotes are closed. */
static enum als_status finish(struct als_csv *csv)
{
    if (csv_fini(&csv->parser, on_field, on_record, csv) == 0)
        return ALS_OK;
    open_field_fault(csv, "E-QUOTE", "the file ends inside the quoted field that begins here");
    return hint(csv, "close the quote");
}

static enum als_status hand_over(struct als_csv *csv, struct als_csv_record *record)
{
    if (csv->n > ALS_CSV_FIELDS_MAX) {
        fault(csv, "E-COLUMNS", csv->record_line, csv->record, 0,
              "%zu columns, at most %zu are possible", csv->n, ALS_CSV_FIELDS_MAX);
        return hint(csv, "is this the right file?");
    }
    const char *raw = csv->data + csv->record;
    const char *unquoted = csv->unquoted;
    for (size_t i = 0; i < csv->n; i++) {
        struct als_csv_field *field = &csv->fields[i];
        if (field->text && field->length) {
            field->text = unquoted;
            unquoted += field->length;
        } else {
            field->text = raw + field->at;
        }
    }
    size_t length = csv->next - csv->record;
    while (length && (raw[length - 1] == '\n' || raw[length - 1] == '\r'))
        length--;
    *record = (struct als_csv_record){.fields = csv->fields,
                                      .n = csv->n,
                                      .line = csv->record_line,
                                      .raw = raw,
                                      .raw_length = length};
    return ALS_OK;
}

/* A line that is nothing but its end. */
static bool is_blank(const struct als_csv *csv, size_t length)
{
    const char first = csv->data[csv->next];
    return length <= 2 && (first == '\n' || first == '\r');
}

enum als_status als_csv_next(struct als_csv *csv, struct als_csv_record *record,
                             struct als_err *err)
{
    *record = (struct als_csv_record){.n = 0};
    enum als_status status = csv->begun ? ALS_OK : skip_mark(csv, err);
    begin_record(csv);
    while (status == ALS_OK && !csv->complete) {
        size_t length;
        status = take_line(csv, &length, err);
        if (status == ALS_OK && length == 0) {
            status = finish(csv);
            break;
        }
        if (status == ALS_OK && csv->next == csv->record && is_blank(csv, length)) {
            csv->next += length;
            csv->line++;
            begin_record(csv);
        } else if (status == ALS_OK) {
            status = feed_line(csv, length);
        }
    }
    if (status != ALS_OK || !csv->complete)
        return status;
    return hand_over(csv, record);
}

struct als_csv_place als_csv_locate(const struct als_csv_record *record, size_t field)
{
    const size_t at = field < record->n ? record->fields[field].at : record->raw_length;
    struct als_csv_place place = {.line = record->line};
    size_t begin = 0;
    for (size_t i = 0; i < at; i++) {
        const char c = record->raw[i];
        if (c == '\n' ||
            (c == '\r' && (i + 1 == record->raw_length || record->raw[i + 1] != '\n'))) {
            place.line++;
            begin = i + 1;
        }
    }
    size_t end = at;
    while (end < record->raw_length && record->raw[end] != '\n' && record->raw[end] != '\r')
        end++;
    place.column = at - begin + 1;
    place.text = record->raw + begin;
    place.length = end - begin;
    return place;
}
