/* Charts of patients: one, or all of a study through the same gnuplot processes. */
#include "alstrack/plot/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/file.h"
#include "output.h"
#include "page.h"

/* The table behind the charts, written along with them. */
struct data_file {
    bool wanted;
    struct als_file_out out;
};

static enum als_status data_open(struct data_file *data, const char *path, struct als_err *err)
{
    *data = (struct data_file){.wanted = path != NULL};
    if (!path)
        return ALS_OK;
    enum als_status status = als_file_create(path, &data->out, err);
    if (status) {
        data->wanted = false;
        return status;
    }
    struct als_buf heading;
    als_buf_init(&heading, ALS_BUF_LARGE);
    als_page_table_heading(&heading);
    fwrite(heading.data, 1, heading.length, data->out.stream);
    als_buf_release(&heading);
    return ALS_OK;
}

static void data_add(struct data_file *data, const struct als_page *page)
{
    if (!data->wanted)
        return;
    struct als_buf rows;
    als_buf_init(&rows, ALS_BUF_LARGE);
    als_page_table(page, &rows);
    fwrite(rows.data, 1, rows.length, data->out.stream);
    als_buf_release(&rows);
}

/* Keep the file if the charts were drawn. */
static enum als_status data_close(struct data_file *data, enum als_status status,
                                  struct als_err *err)
{
    if (!data->wanted)
        return status;
    if (status == ALS_OK)
        return als_file_commit(&data->out, err);
    als_file_abandon(&data->out);
    return status;
}

static enum als_status draw_page(struct als_gnuplot *gnuplot, struct als_page_source *source,
                                 size_t index, const char *path,
                                 const struct als_plot_options *options, struct data_file *data,
                                 struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    struct als_page page;
    enum als_status status = als_page_collect(source, index, arena, &page, err);
    if (!status) {
        struct als_buf script;
        als_buf_init(&script, ALS_BUF_LARGE);
        als_page_script(&page, arena, &script);
        struct als_chart_info info = {
            .path = path,
            .width = ALS_PAGE_WIDTH,
            .height = ALS_PAGE_HEIGHT,
            .title = als_arena_printf(arena, "Patient %s: %s", page.patient, page.main.label),
            .description = als_page_words(&page, arena),
            .day = options->as_of_day,
            .stamp = options->stamp,
            .one_of_many = als_page_source_count(source) > 1};
        status = als_output_draw(gnuplot, &info, &script, err);
        als_buf_release(&script);
        data_add(data, &page);
    }
    als_arena_free(arena);
    return status;
}

/* Wait for the charts under way, unless something has failed. */
static enum als_status end_drawing(struct als_gnuplot *gnuplot, enum als_status status,
                                   struct als_err *err)
{
    if (status == ALS_OK)
        return als_gnuplot_finish(gnuplot, err);
    als_gnuplot_abandon(gnuplot);
    return status;
}

enum als_status als_plot_patient(struct als_store *store, const char *patient, const char *path,
                                 const struct als_plot_options *options, struct als_err *err)
{
    enum als_format format;
    struct als_page_source *source = NULL;
    struct data_file data;
    enum als_status status = als_format_of(path, &format, err);
    if (!status)
        status = als_page_source_open(store, patient, options, &source, err);
    if (status)
        return status;
    status = data_open(&data, options->data, err);
    if (!status) {
        struct als_gnuplot *gnuplot = als_gnuplot_new(1, &als_output_receiver);
        status = draw_page(gnuplot, source, 0, path, options, &data, err);
        status = end_drawing(gnuplot, status, err);
    }
    status = data_close(&data, status, err);
    als_page_source_close(source);
    return status;
}

/* FOLDER/PATIENT.ENDING. What may not stand in a file name becomes '_', and then the patient's
 * place in the study keeps the name apart from others. */
static char *chart_path(const char *folder, const char *patient, size_t index, const char *ending)
{
    char *name = als_strdup(patient);
    bool changed = false;
    for (char *c = name; *c; c++) {
        bool leading = c == name && (*c == '.' || *c == '-');
        if ((unsigned char)*c < 0x20 || *c == 0x7f || strchr("/\\:*?\"<>|", *c) || leading) {
            *c = '_';
            changed = true;
        }
    }
    char *path = changed ? als_asprintf("%s/%s-%zu.%s", folder, name, index + 1, ending)
                         : als_asprintf("%s/%s.%s", folder, name, ending);
    free(name);
    return path;
}

enum als_status als_plot_all_patients(struct als_store *store, const char *folder,
                                      const char *ending, const struct als_plot_options *options,
                                      size_t *charts, struct als_err *err)
{
    *charts = 0;
    ending += *ending == '.';
    enum als_format format;
    struct als_page_source *source = NULL;
    struct data_file data;
    char *sample = als_asprintf("chart.%s", ending);
    enum als_status status = als_format_of(sample, &format, err);
    free(sample);
    if (!status)
        status = als_folder_make(folder, err);
    if (!status)
        status = als_page_source_open(store, NULL, options, &source, err);
    if (status)
        return status;
    status = data_open(&data, options->data, err);
    size_t n = als_page_source_count(source);
    struct als_gnuplot *gnuplot = als_gnuplot_new(0, &als_output_receiver);
    for (size_t i = 0; i < n && !status; i++) {
        char *path = chart_path(folder, als_page_source_patient(source, i), i, ending);
        status = draw_page(gnuplot, source, i, path, options, &data, err);
        free(path);
        if (!status && options->progress &&
            !options->progress((double)(i + 1) / (double)n, options->progress_context))
            status = als_fail(err, ALS_INTERRUPTED, "E-INTERRUPTED", "interrupted");
    }
    status = end_drawing(gnuplot, status, err);
    if (!status && n > 1)
        status = als_output_sync(folder, err);
    if (!status)
        *charts = n;
    status = data_close(&data, status, err);
    als_page_source_close(source);
    return status;
}
