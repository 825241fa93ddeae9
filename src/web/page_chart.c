/* Charts, drawn when they are asked for: the pictures of `alstrack plot`. */
#include "alstrack/plot/plot.h"
#include "alstrack/store/record.h"
#include "pages.h"
#include "scratch.h"

/* A text where the picture would be: pages with charts work without gnuplot. */
static void write_excuse(struct als_response *response, const struct als_err *why)
{
    als_buf_text(&response->body,
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1000\" height=\"80\" "
                 "viewBox=\"0 0 1000 80\"><rect width=\"1000\" height=\"80\" fill=\"#f4f4f4\"/>"
                 "<text x=\"20\" y=\"46\" font-family=\"sans-serif\" font-size=\"18\">");
    als_buf_text(&response->body, why->status == ALS_UNAVAILABLE
                                      ? "No chart: gnuplot is not installed."
                                      : "No chart could be drawn.");
    als_buf_text(&response->body, "</text></svg>");
}

typedef enum als_status draw_fn(struct als_request *request, const char *path,
                                const struct als_plot_options *options, struct als_err *err);

static enum als_status answer(struct als_request *request, struct als_response *response,
                              draw_fn *draw, struct als_err *err)
{
    const struct als_plot_options options = {.measure = als_request_chosen(request, "measure"),
                                             .by = als_request_chosen(request, "by"),
                                             .as_of_day = request->today};
    const char *folder;
    enum als_status status = als_scratch_make(request->arena, &folder, err);
    if (status)
        return status;
    const char *path = als_arena_printf(request->arena, "%s/chart.svg", folder);
    struct als_err why = {0};
    status = draw(request, path, &options, &why);
    response->type = "image/svg+xml";
    if (!status)
        status = als_scratch_send(path, response, &why);
    als_scratch_remove(folder);
    if (status == ALS_NO_INPUT || status == ALS_USAGE || status == ALS_NOT_PERMITTED) {
        *err = why;
        return status;
    }
    if (status)
        write_excuse(response, &why);
    return ALS_OK;
}

static enum als_status draw_patient(struct als_request *request, const char *path,
                                    const struct als_plot_options *options, struct als_err *err)
{
    return als_plot_patient(request->store, als_request_part(request, "patient"), path, options,
                            err);
}

enum als_status als_page_patient_chart(struct als_request *request, struct als_response *response,
                                       struct als_err *err)
{
    return answer(request, response, draw_patient, err);
}

static enum als_status draw_spaghetti(struct als_request *request, const char *path,
                                      const struct als_plot_options *options, struct als_err *err)
{
    return als_plot_spaghetti(request->store, path, options, err);
}

enum als_status als_page_cohort_chart(struct als_request *request, struct als_response *response,
                                      struct als_err *err)
{
    return answer(request, response, draw_spaghetti, err);
}
