/* From what gnuplot draws to the finished file. */
#define _GNU_SOURCE /* syncfs */

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/date.h"
#include "alstrack/core/file.h"
#include "alstrack/core/num.h"
#include "text.h"
#include "theme.h"

#define WRITE_SIZE ((size_t)128 << 10) /* most charts are written at once */

struct chart {
    enum als_format format;
    char *path;
    char *title, *description;
    char *date; /* YYYYMMDDhhmmss */
    bool one_of_many;
};

static void drop_chart(void *context)
{
    struct chart *chart = context;
    free(chart->path);
    free(chart->title);
    free(chart->description);
    free(chart->date);
    free(chart);
}

static const char *const endings[] = {".svg", ".png", ".pdf"};

enum als_status als_format_of(const char *path, enum als_format *format, struct als_err *err)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (length > 4 && strcasecmp(path + length - 4, endings[i]) == 0) {
            *format = (enum als_format)i;
            return ALS_OK;
        }
    }
    als_fail(err, ALS_USAGE, "E-FORMAT", "%s: the ending names no chart format", path);
    als_err_hint(err, "charts are written as .svg, .png or .pdf");
    return ALS_USAGE;
}

/* An SVG unit is 1/96 inch and its text is measured in these units. cairo's text is measured in
 * points of 1/72 inch, and its PDF canvas is drawn at half scale. MARK makes marks of one size in
 * all three. */
static void add_terminal(struct als_buf *out, enum als_format format, double width, double height)
{
    switch (format) {
    case ALS_FORMAT_SVG:
        als_buf_printf(
            out,
            "set terminal svg size %.0f,%.0f fixed font '%s,%d' noenhanced "
            "name 'alstrack' background rgb 'white' linewidth 1 dashlength 0.6\nMARK = 0.82\n",
            width, height, ALS_FONT, ALS_FONT_SIZE);
        return;
    case ALS_FORMAT_PNG:
        als_buf_printf(out,
                       "set terminal pngcairo size %.0f,%.0f font '%s,%d' fontscale %.4f "
                       "noenhanced background rgb 'white' linewidth %.4f pointscale %.4f "
                       "dashlength 0.6\nMARK = 1\n",
                       width * ALS_PNG_SCALE, height * ALS_PNG_SCALE, ALS_FONT, ALS_FONT_SIZE,
                       0.75 * ALS_PNG_SCALE, ALS_PNG_SCALE, ALS_PNG_SCALE);
        return;
    case ALS_FORMAT_PDF:
        als_buf_printf(out,
                       "set terminal pdfcairo size %.4fin,%.4fin font '%s,%d' fontscale 0.5625 "
                       "noenhanced background rgb 'white' linewidth 1.5 pointscale 0.75 "
                       "dashlength 0.6\nMARK = 1\n",
                       width / 96, height / 96, ALS_FONT, ALS_FONT_SIZE);
        return;
    }
}

static char *make_date(int day, const char *stamp)
{
    int64_t seconds = (int64_t)(day == ALS_NO_DAY ? 0 : day) * 86400;
    int64_t given;
    if (stamp && als_num_parse_integer(stamp, strlen(stamp), &given) && given >= 0)
        seconds = given;
    time_t when = (time_t)seconds;
    struct tm parts;
    char text[16] = "19700101000000";
    if (gmtime_r(&when, &parts) && parts.tm_year <= 9999 - 1900)
        strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts);
    return als_strdup(text);
}

enum als_status als_output_draw(struct als_gnuplot *gnuplot, const struct als_chart_info *info,
                                const struct als_buf *body, struct als_err *err)
{
    enum als_format format;
    enum als_status status = als_format_of(info->path, &format, err);
    if (status)
        return status;
    struct chart *chart = als_alloc(sizeof *chart);
    *chart = (struct chart){.format = format,
                            .path = als_strdup(info->path),
                            .title = als_strdup(info->title),
                            .description = als_strdup(info->description),
                            .date = make_date(info->day, info->stamp),
                            .one_of_many = info->one_of_many};
    struct als_buf script;
    als_buf_init(&script, ALS_BUF_LARGE);
    add_terminal(&script, format, info->width, info->height);
    als_buf_add(&script, body->data, body->length);
    status = als_gnuplot_draw(gnuplot, &script, chart, err);
    als_buf_release(&script);
    return status;
}

static const char *last_part(const char *text, size_t length)
{
    return text + (length > 64 ? length - 64 : 0);
}

/* Did gnuplot reach the end of the chart? */
static bool is_whole(enum als_format format, const struct als_buf *raw)
{
    if (raw->length < 64)
        return false;
    switch (format) {
    case ALS_FORMAT_SVG:
        return strstr(last_part(raw->data, raw->length), "</svg>") != NULL;
    case ALS_FORMAT_PNG:
        return memcmp(raw->data, "\x89PNG", 4) == 0 &&
               memcmp(raw->data + raw->length - 8, "IEND", 4) == 0;
    case ALS_FORMAT_PDF:
        return memcmp(raw->data, "%PDF", 4) == 0 &&
               strstr(last_part(raw->data, raw->length), "%%EOF") != NULL;
    }
    return false;
}

/* gnuplot's <title> takes only letters and its <desc> names its version: ours describe the chart.
 * The font gets its metric equals as fallbacks; ":Bold", which cairo knows, is spelled out. */
static void write_svg(FILE *out, const struct chart *chart, const struct als_buf *raw)
{
    static const char title[] = "<title>", desc_end[] = "</desc>", open[] = "<svg";
    static const char family[] = "font-family=\"" ALS_FONT, bold[] = ":Bold";
    const char *at = raw->data;
    const char *root = strstr(at, open);
    const char *from = root ? strstr(root, title) : NULL;
    const char *to = from ? strstr(from, desc_end) : NULL;
    if (to) {
        struct als_buf words;
        als_buf_init(&words, ALS_BUF_LARGE);
        als_buf_text(&words, "<title id=\"als-title\">");
        als_text_xml(&words, chart->title);
        als_buf_text(&words, "</title>\n<desc id=\"als-desc\">");
        als_text_xml(&words, chart->description);
        als_buf_text(&words, "</desc>");
        fwrite(at, 1, (size_t)(root + sizeof open - 1 - at), out);
        fputs(" role=\"img\" aria-labelledby=\"als-title als-desc\"", out);
        fwrite(root + sizeof open - 1, 1, (size_t)(from - root) - (sizeof open - 1), out);
        fwrite(words.data, 1, words.length, out);
        als_buf_release(&words);
        at = to + sizeof desc_end - 1;
    }
    for (const char *next; (next = strstr(at, family)); at = next) {
        fwrite(at, 1, (size_t)(next - at), out);
        fputs("font-family=\"" ALS_FONT ",Arial,Helvetica,sans-serif\"", out);
        next += sizeof family - 1;
        if (strncmp(next, bold, sizeof bold - 1) == 0) {
            fputs(" font-weight=\"bold\"", out);
            next += sizeof bold - 1;
        }
        next += *next == '"';
    }
    fputs(at, out);
}

/* pdfcairo writes the clock's time whatever SOURCE_DATE_EPOCH says. The new date has the length of
 * the old one, so that the file's table of offsets stays true. */
static void fix_pdf_date(struct als_buf *raw, const char *date)
{
    static const char key[] = "/CreationDate (D:";
    for (size_t i = 0; i + sizeof key - 1 + 14 <= raw->length; i++)
        if (raw->data[i] == '/' && memcmp(raw->data + i, key, sizeof key - 1) == 0)
            memcpy(raw->data + i + sizeof key - 1, date, 14);
}

static enum als_status cannot_write(const char *path, struct als_err *err)
{
    return als_fail(err, errno == EISDIR ? ALS_CANNOT_CREATE : ALS_IO, "E-WRITE",
                    "cannot write %s: %s", path, strerror(errno));
}

/* als_file_commit without its wait for the disk, which takes longer than drawing a chart. */
static enum als_status commit_later_durable(struct als_file_out *out, struct als_err *err)
{
    enum als_status status = ALS_OK;
    bool failed = fflush(out->stream) != 0 || ferror(out->stream);
    if (failed || rename(out->temporary, out->path) != 0) {
        status = cannot_write(out->path, err);
        als_file_abandon(out);
        return status;
    }
    if (fclose(out->stream) != 0)
        status = cannot_write(out->path, err);
    free(out->path);
    free(out->temporary);
    *out = (struct als_file_out){0};
    return status;
}

enum als_status als_output_sync(const char *folder, struct als_err *err)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return ALS_OK; /* the files are written; a folder that cannot be read is no failure */
    enum als_status status = syncfs(descriptor) == 0 ? ALS_OK : cannot_write(folder, err);
    close(descriptor);
    return status;
}

static enum als_status write_final(const struct chart *chart, struct als_buf *raw,
                                   struct als_err *err)
{
    struct als_file_out out;
    enum als_status status = als_file_create(chart->path, &out, err);
    if (status)
        return status;
    setvbuf(out.stream, NULL, _IOFBF, WRITE_SIZE);
    if (chart->format == ALS_FORMAT_PDF)
        fix_pdf_date(raw, chart->date);
    if (chart->format == ALS_FORMAT_SVG)
        write_svg(out.stream, chart, raw);
    else
        fwrite(raw->data, 1, raw->length, out.stream);
    return chart->one_of_many ? commit_later_durable(&out, err) : als_file_commit(&out, err);
}

static enum als_status not_drawn(const struct chart *chart, const char *complaint,
                                 struct als_err *err)
{
    als_fail(err, ALS_INTERNAL, "E-GNUPLOT", "gnuplot could not draw %s", chart->path);
    while (complaint && (*complaint == '\n' || *complaint == ' '))
        complaint++;
    if (complaint && *complaint)
        als_err_hint(err, "gnuplot said: %.300s", complaint);
    return ALS_INTERNAL;
}

static enum als_status receive_chart(void *context, struct als_buf *drawn, const char *complaint,
                                     struct als_err *err)
{
    struct chart *chart = context;
    enum als_status status = ALS_OK;
    if (complaint)
        status = not_drawn(chart, complaint, err);
    else if (!is_whole(chart->format, drawn))
        status =
            als_fail(err, ALS_INTERNAL, "E-GNUPLOT", "gnuplot left %s unfinished", chart->path);
    else
        status = write_final(chart, drawn, err);
    drop_chart(chart);
    return status;
}

const struct als_gnuplot_receiver als_output_receiver = {receive_chart, drop_chart};
