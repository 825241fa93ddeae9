/*
 * CSV reading: what is accepted, what is a fault, and where it is said to be.
 */
#include "als_test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"
#include "csv_reader.h"

/* Records as "line:field|field;" so that a whole file is one comparison. */
static enum als_status show(struct als_csv *csv, struct als_buf *out, struct als_err *err)
{
    for (;;) {
        struct als_csv_record record;
        const enum als_status status = als_csv_next(csv, &record, err);
        if (status != ALS_OK || record.n == 0)
            return status;
        als_buf_printf(out, "%zu:", record.line);
        for (size_t i = 0; i < record.n; i++) {
            if (i > 0)
                als_buf_char(out, '|');
            als_buf_add(out, record.fields[i].text, record.fields[i].length);
        }
        als_buf_char(out, ';');
    }
}

static const struct {
    const char *text, *records;
} accepted[] = {
    {"a,b\n1,2\n", "1:a|b;2:1|2;"},
    {"a,b\n1,2", "1:a|b;2:1|2;"},
    {"a,b\r\n1,2\r\n", "1:a|b;2:1|2;"},
    {"a,b\r1,2\r", "1:a|b;2:1|2;"},
    {"a,b\r1,2", "1:a|b;2:1|2;"},
    {"\n\na,b\n\r\n\n1,2\n\n", "3:a|b;6:1|2;"},
    {"\xEF\xBB\xBF"
     "a,b\n1,2\n",
     "1:a|b;2:1|2;"},
    {"\xEF\xBB\xBF\"a\",b\n", "1:a|b;"},
    {" a , b\n  ,\t\n", "1: a | b;2:  |\t;"},
    {"a,,\n,,\n", "1:a||;2:||;"},
    {"\"\",\"\"\n", "1:|;"},
    {"\"x, y\",\"say \"\"no\"\"\"\n", "1:x, y|say \"no\";"},
    {"a,\"one\ntwo\r\nthree\",b\nc,d,e\n", "1:a|one\ntwo\r\nthree|b;4:c|d|e;"},
    {"\"a\rb\",c\nd,e\n", "1:a\rb|c;3:d|e;"},
    {"\"\n\n\"\nx\n", "1:\n\n;4:x;"},
    {"gr\xC3\xBC\xC3\x9F,\xE2\x82\xAC,\xF0\x9F\x98\x80\n",
     "1:gr\xC3\xBC\xC3\x9F|\xE2\x82\xAC|\xF0\x9F\x98\x80;"},
    {"", ""},
    {"\n\r\n", ""},
    {"\xEF\xBB\xBF", ""},
};

TABLE_TEST(csv_reader, reads_records_with_their_lines, accepted)
{
    const char *text = accepted[*row_].text;
    struct als_csv *csv = als_csv_open_text(text, strlen(text));
    struct als_buf out;
    als_buf_init(&out, 4096);
    struct als_err err = {.code = ""};
    cr_assert_eq(show(csv, &out, &err), ALS_OK, "%s", als_csv_fault(csv)->what);
    cr_assert_str_eq(out.data, accepted[*row_].records);
    als_buf_release(&out);
    als_csv_close(csv, NULL);
    assert_no_leaks();
}

static const struct {
    const char *text;
    size_t length; /* 0: up to the NUL */
    const char *code;
    size_t line, column;
    const char *before; /* records that were read */
} refused[] = {
    {"a,b\n\"ab\"c,d\ne,f\n", 0, "E-QUOTE", 2, 5, "1:a|b;"}, /* lax mode would swallow d, e, f */
    {"a,b\n1,2\"\"\n", 0, "E-QUOTE", 2, 4, "1:a|b;"},
    {"a,b\n1,\"x\ny\"z\n", 0, "E-QUOTE", 3, 3, "1:a|b;"},
    {"a,b\n1,\"x\n2,3\n", 0, "E-QUOTE", 2, 3, "1:a|b;"}, /* the partial record is not delivered */
    {"a,b\n1,\"x\ny\",\"z\n2\n", 0, "E-QUOTE", 3, 4, "1:a|b;"},
    {"\"a", 0, "E-QUOTE", 1, 1, ""},
    {"a,b\n1,\0002\n", 9, "E-NUL", 2, 3, "1:a|b;"},
    {"a,b\n1,Gr\xFC\xDF"
     "e\n",
     0, "E-ENCODING", 2, 5, "1:a|b;"},
    {"a,\xC3\n", 0, "E-ENCODING", 1, 3, ""},
    {"a,\xED\xA0\x80\n", 0, "E-ENCODING", 1, 3, ""}, /* a surrogate */
    {"a,\xC0\xAF\n", 0, "E-ENCODING", 1, 3, ""},     /* overlong */
    {"a,\xF4\x90\x80\x80\n", 0, "E-ENCODING", 1, 3, ""},
    {"\xFF\xFE"
     "a\0,\0",
     6, "E-ENCODING", 1, 1, ""},
    {"\xFE\xFF\0a\0,", 6, "E-ENCODING", 1, 1, ""},
};

TABLE_TEST(csv_reader, says_where_a_file_stops_being_csv, refused)
{
    const char *text = refused[*row_].text;
    const size_t length = refused[*row_].length ? refused[*row_].length : strlen(text);
    struct als_csv *csv = als_csv_open_text(text, length);
    struct als_buf out;
    als_buf_init(&out, 4096);
    struct als_err err = {.code = ""};
    cr_assert_eq(show(csv, &out, &err), ALS_DATA);
    const struct als_csv_fault *fault = als_csv_fault(csv);
    cr_assert_str_eq(fault->code, refused[*row_].code);
    cr_assert_eq(fault->line, refused[*row_].line, "line %zu", fault->line);
    cr_assert_eq(fault->column, refused[*row_].column, "column %zu", fault->column);
    cr_assert_neq(fault->hint[0], '\0');
    cr_assert_str_eq(out.data, refused[*row_].before);
    als_buf_release(&out);
    als_csv_close(csv, NULL);
    assert_no_leaks();
}

/* The limit is the parser's buffer: closing quote, NUL and one byte to come must fit as well. */
Test(csv_reader, limits_a_field_to_one_mebibyte)
{
    for (size_t extra = 0; extra < 2; extra++) {
        struct als_buf text;
        als_buf_init(&text, ALS_BUF_LARGE);
        als_buf_text(&text, "a,b\nx,y\n1,\"");
        for (size_t i = 0; i < ALS_CSV_FIELD_MAX - 3 + extra; i++)
            als_buf_char(&text, i % 64 ? 'x' : '\n');
        als_buf_text(&text, "\"\n");
        struct als_csv *csv = als_csv_open_text(text.data, text.length);
        struct als_buf out;
        als_buf_init(&out, ALS_BUF_LARGE);
        struct als_err err = {.code = ""};
        cr_assert_eq(show(csv, &out, &err), extra ? ALS_DATA : ALS_OK);
        if (extra) {
            cr_assert_str_eq(als_csv_fault(csv)->code, "E-FIELD-TOO-LONG");
            cr_assert_eq(als_csv_fault(csv)->line, 3);
            cr_assert_eq(als_csv_fault(csv)->column, 3);
        }
        als_buf_release(&out);
        als_buf_release(&text);
        als_csv_close(csv, NULL);
    }
    assert_no_leaks();
}

static size_t peak_kb(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[128];
    size_t kb = 0;
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %zu", &kb) == 1)
            break;
    if (status)
        fclose(status);
    return kb;
}

/* A quote that is never closed, a gigabyte of it without a line end, costs no gigabyte. */
Test(csv_reader, gives_up_on_a_gigabyte_of_open_quote, .timeout = 120)
{
    char folder[256], path[300];
    snprintf(path, sizeof path, "%s/open.csv", test_folder(folder));
    test_write_file(path, "a,b\n1,\"");
    cr_assert_eq(truncate(path, 7), 0);
    FILE *file = fopen(path, "ab");
    char block[4096];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 2048; i++) /* 8 MiB of text … */
        cr_assert_eq(fwrite(block, 1, sizeof block, file), sizeof block);
    fclose(file);
    cr_assert_eq(truncate(path, (off_t)1 << 30), 0); /* … and a hole up to a gigabyte */
    struct als_csv *csv;
    struct als_err err = {.code = ""};
    cr_assert_eq(als_csv_open(path, &csv, &err), ALS_OK);
    struct als_buf out;
    als_buf_init(&out, 4096);
    const size_t before = peak_kb();
    cr_assert_eq(show(csv, &out, &err), ALS_DATA);
    cr_assert_lt(peak_kb() - before, 64 * 1024);
    cr_assert_str_eq(als_csv_fault(csv)->code, "E-FIELD-TOO-LONG");
    cr_assert_eq(als_csv_fault(csv)->line, 2);
    cr_assert_eq(als_csv_fault(csv)->column, 3);
    als_buf_release(&out);
    als_csv_close(csv, NULL);
    remove(path);
    rmdir(folder);
    assert_no_leaks();
}

Test(csv_reader, refuses_a_record_without_end)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_text(&text, "a\n");
    while (text.length < ALS_CSV_RECORD_MAX + 1000)
        als_buf_text(&text, "\"line\n\",");
    struct als_csv *csv = als_csv_open_text(text.data, text.length);
    struct als_csv_record record;
    struct als_err err = {.code = ""};
    cr_assert_eq(als_csv_next(csv, &record, &err), ALS_OK);
    cr_assert_eq(als_csv_next(csv, &record, &err), ALS_DATA);
    cr_assert_str_eq(als_csv_fault(csv)->code, "E-RECORD-TOO-LONG");
    cr_assert_eq(als_csv_fault(csv)->line, 2);
    als_buf_release(&text);
    als_csv_close(csv, NULL);
    assert_no_leaks();
}

Test(csv_reader, refuses_ten_thousand_columns)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (int i = 0; i < 10000; i++)
        als_buf_printf(&text, "%sc%d", i ? "," : "", i);
    struct als_csv *csv = als_csv_open_text(text.data, text.length);
    struct als_csv_record record;
    struct als_err err = {.code = ""};
    cr_assert_eq(als_csv_next(csv, &record, &err), ALS_DATA);
    cr_assert_str_eq(als_csv_fault(csv)->code, "E-COLUMNS");
    cr_assert_not_null(strstr(als_csv_fault(csv)->what, "10000"));
    als_buf_release(&text);
    als_csv_close(csv, NULL);
    assert_no_leaks();
}

Test(csv_reader, refuses_a_folder_and_a_file_that_is_not_there)
{
    char folder[256], path[300];
    test_folder(folder);
    struct als_csv *csv = NULL;
    struct als_err err = {.code = ""};
    cr_assert_eq(als_csv_open(folder, &csv, &err), ALS_DATA);
    cr_assert_not_null(strstr(err.text, "folder"));
    snprintf(path, sizeof path, "%s/none.csv", folder);
    cr_assert_eq(als_csv_open(path, &csv, &err), ALS_NO_INPUT);
    cr_assert_not_null(strstr(err.text, path));
    rmdir(folder);
    assert_no_leaks();
}

/* Twelve bytes at a time, so that lines, line ends and the mark come in pieces. */
static void *write_slowly(void *path)
{
    const int fd = open(path, O_WRONLY);
    const char *text = "\xEF\xBB\xBFpatient,note\r\nP1,\"two\r\nlines\"\r\nP2,x\r\n";
    for (size_t i = 0; i < strlen(text); i++)
        if (write(fd, text + i, 1) != 1)
            break;
    close(fd);
    return NULL;
}

Test(csv_reader, reads_a_fifo)
{
    char folder[256], path[300];
    snprintf(path, sizeof path, "%s/fifo", test_folder(folder));
    cr_assert_eq(mkfifo(path, 0600), 0);
    pthread_t writer;
    cr_assert_eq(pthread_create(&writer, NULL, write_slowly, path), 0);
    struct als_csv *csv;
    struct als_err err = {.code = ""};
    cr_assert_eq(als_csv_open(path, &csv, &err), ALS_OK);
    cr_assert_lt(als_csv_progress(csv), 0);
    struct als_buf out;
    als_buf_init(&out, 4096);
    cr_assert_eq(show(csv, &out, &err), ALS_OK);
    cr_assert_str_eq(out.data, "1:patient|note;2:P1|two\r\nlines;4:P2|x;");
    pthread_join(writer, NULL);
    als_buf_release(&out);
    als_csv_close(csv, NULL);
    remove(path);
    rmdir(folder);
    assert_no_leaks();
}

Test(csv_reader, reads_standard_input_and_hashes_all_of_it)
{
    char folder[256], path[300];
    snprintf(path, sizeof path, "%s/in.csv", test_folder(folder));
    test_write_file(path, "abc");
    const int fd = open(path, O_RDONLY);
    cr_assert_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    close(fd);
    struct als_csv *csv;
    struct als_err err = {.code = ""};
    cr_assert_eq(als_csv_open("-", &csv, &err), ALS_OK);
    struct als_buf out;
    als_buf_init(&out, 4096);
    cr_assert_eq(show(csv, &out, &err), ALS_OK);
    cr_assert_str_eq(out.data, "1:abc;");
    assert_close(als_csv_progress(csv), 1, 0);
    char hex[ALS_SHA256_HEX];
    als_csv_close(csv, hex);
    /* FIPS 180-2, B.1 */
    cr_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    als_buf_release(&out);
    remove(path);
    rmdir(folder);
    assert_no_leaks();
}

Test(csv_reader, locates_each_field)
{
    const char *text = "P1,\"a\nb\",4\n\"x\"\"y\",,5\n";
    static const struct {
        size_t field, line, column;
    } places[2][4] = {{{0, 1, 1}, {1, 1, 4}, {2, 2, 4}, {3, 2, 5}},
                      {{0, 3, 1}, {1, 3, 8}, {2, 3, 9}, {3, 3, 10}}};
    struct als_csv *csv = als_csv_open_text(text, strlen(text));
    for (size_t r = 0; r < 2; r++) {
        struct als_csv_record record;
        struct als_err err = {.code = ""};
        cr_assert_eq(als_csv_next(csv, &record, &err), ALS_OK);
        for (size_t i = 0; i < 4; i++) {
            const struct als_csv_place place = als_csv_locate(&record, places[r][i].field);
            cr_assert_eq(place.line, places[r][i].line);
            cr_assert_eq(place.column, places[r][i].column, "record %zu field %zu: %zu", r, i,
                         place.column);
        }
        const struct als_csv_place place = als_csv_locate(&record, 2);
        cr_assert_eq(strncmp(place.text, r ? "\"x\"\"y\",,5" : "b\",4", place.length), 0);
    }
    als_csv_close(csv, NULL);
    assert_no_leaks();
}

/* Property: fields written as CSV come back as they were, whatever the block size cuts. */
Test(csv_reader, gives_back_what_was_written)
{
    static const char *const pieces[] = {"", "a", "\"", ",", "\n", "\r\n", " ", "\xC3\xA9", "0"};
    unsigned seed = 20200101;
    for (int round = 0; round < 200; round++) {
        struct als_buf text, expected, out;
        als_buf_init(&text, ALS_BUF_LARGE);
        als_buf_init(&expected, ALS_BUF_LARGE);
        als_buf_init(&out, ALS_BUF_LARGE);
        size_t line = 1;
        for (int r = 0; r < 20; r++) {
            als_buf_printf(&expected, "%zu:", line);
            for (int f = 0; f < 4; f++) {
                als_buf_text(&text, f ? ",\"" : "\"");
                als_buf_text(&expected, f ? "|" : "");
                for (int k = 0; k < 5; k++) {
                    seed = seed * 1103515245u + 12345u;
                    const char *piece = pieces[(seed >> 16) % COUNT(pieces)];
                    als_buf_text(&text, *piece == '"' ? "\"\"" : piece);
                    als_buf_text(&expected, piece);
                    line += strchr(piece, '\n') != NULL;
                }
                als_buf_char(&text, '"');
            }
            als_buf_char(&text, '\n');
            als_buf_char(&expected, ';');
            line++;
        }
        struct als_csv *csv = als_csv_open_text(text.data, text.length);
        struct als_err err = {.code = ""};
        cr_assert_eq(show(csv, &out, &err), ALS_OK);
        cr_assert_str_eq(out.data, expected.data);
        als_csv_close(csv, NULL);
        als_buf_release(&text);
        als_buf_release(&expected);
        als_buf_release(&out);
    }
    assert_no_leaks();
}
