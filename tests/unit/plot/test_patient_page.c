/* Patients' pages as drawn: whole files, equal bytes, readable text. */
#include "rendered.h"

static const struct fixture_shape shapes[] = {
    {"two-visits", 2, 90, 3, 0, 0, 0, false, -0.9},
    {"three", 3, 90, 3, 1, 0, 0, false, -0.9},
    {"fourteen", 14, 61, 14, 6, 3, 200, false, -0.9},
    {"forty", 40, 30, 9, 14, 6, 900, false, -0.5},
    {"crowded", 14, 61, 14, 30, 12, 60, false, -1.2},
    {"died", 14, 61, 14, 8, 4, 250, true, -1.8},
    {"a'b\"c$(touch x)`touch y`%g_{}\xc3\xa9 & <b>", 10, 61, 0, 3, 2, 100, false, 0},
    {"empty", 0, 61, 0, 0, 0, 0, false, 0},
    {"twenty years", 40, 180, 40, 25, 6, 3000, false, -0.15},
};

static const char *target(const char *name, char path[300])
{
    char folder[256];
    snprintf(path, 300, "%s/%s", test_folder(folder), name);
    return path;
}

TABLE_TEST(patient_page, no_text_lies_on_another, shapes)
{
    char path[300];
    render(&shapes[*row_], target("page.svg", path));
    struct als_buf svg = read_back(path);
    static struct svg_text texts[1000];
    size_t n = svg_texts(svg.data, texts, COUNT(texts));
    cr_assert_gt(n, 20, "only %zu texts were found", n);
    for (size_t i = 0; i < n; i++) {
        const struct svg_text *a = &texts[i];
        cr_assert(a->left > 0 && a->right < ALS_PAGE_WIDTH && a->top > 0 &&
                      a->bottom < ALS_PAGE_HEIGHT,
                  "\"%s\" leaves the page", a->text);
        for (size_t k = i + 1; k < n; k++) {
            const struct svg_text *b = &texts[k];
            cr_assert_not(a->left < b->right && b->left < a->right && a->top < b->bottom &&
                              b->top < a->bottom,
                          "\"%s\" lies on \"%s\"", a->text, b->text);
        }
    }
    als_buf_release(&svg);
    assert_no_leaks();
}

static bool has_text(const struct svg_text *texts, size_t n, const char *wanted)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(texts[i].text, wanted))
            return true;
    return false;
}

Test(patient_page, says_what_a_clinician_asks)
{
    char path[300];
    render(&shapes[2], target("page.svg", path));
    struct als_buf svg = read_back(path);
    static struct svg_text texts[1000];
    size_t n = svg_texts(svg.data, texts, COUNT(texts));
    static const char *const wanted[] = {"Patient fourteen",
                                         "as of 2016",
                                         "next: MN13",
                                         "ALSFRS-R total",
                                         "of 48",
                                         "points/month, n = ",
                                         "95 % CI \xe2\x88\x92",
                                         "infusion 1",
                                         "gastrostomy",
                                         "Bulbar",
                                         "Norris total",
                                         "FVC, % predicted",
                                         "1 headache",
                                         "6 adverse events",
                                         "severe",
                                         "missed visit or no value",
                                         "visit outside its window",
                                         "MN12",
                                         "months from infusion 1"};
    for (size_t i = 0; i < COUNT(wanted); i++)
        cr_assert(has_text(texts, n, wanted[i]), "\"%s\" is not on the page", wanted[i]);
    als_buf_release(&svg);
}

Test(patient_page, without_data_says_so)
{
    char path[300];
    render(&shapes[7], target("page.svg", path));
    struct als_buf svg = read_back(path);
    static struct svg_text texts[1000];
    cr_assert(has_text(texts, svg_texts(svg.data, texts, COUNT(texts)), "no assessments yet"));
    als_buf_release(&svg);
}

Test(patient_page, hostile_names_are_text_and_nothing_else)
{
    char path[300], folder[256], here[1024];
    cr_assert_not_null(getcwd(here, sizeof here));
    snprintf(path, sizeof path, "%s/it's \"here\" `touch z`.svg", test_folder(folder));
    cr_assert_eq(chdir(folder), 0);
    render(&shapes[6], path);
    struct als_buf svg = read_back(path);
    static struct svg_text texts[1000];
    size_t n = svg_texts(svg.data, texts, COUNT(texts));
    cr_assert(has_text(texts, n, "a'b\"c$(touch x)`touch y`%g_{}\xc3\xa9 & <b>"));
    cr_assert(access("x", F_OK) != 0 && access("y", F_OK) != 0 && access("z", F_OK) != 0);
    als_buf_release(&svg);
    cr_assert_eq(chdir(here), 0);
}

Test(patient_page, svg_is_described_for_those_who_do_not_see_it)
{
    char path[300];
    render(&shapes[6], target("page.svg", path));
    struct als_buf svg = read_back(path);
    cr_assert_not_null(strstr(svg.data, "role=\"img\" aria-labelledby=\"als-title als-desc\""));
    cr_assert_not_null(strstr(svg.data, "<title id=\"als-title\">Patient a'b\"c$(touch x)"));
    cr_assert_not_null(strstr(svg.data, "&amp; &lt;b&gt;</title>"));
    cr_assert_not_null(strstr(svg.data, "ALSFRS-R total: "));
    cr_assert_null(strstr(svg.data, "GNUPLOT"), "gnuplot's version is part of the bytes");
    cr_assert_null(strstr(svg.data, ":Bold"));
    als_buf_release(&svg);
}

static const char *const formats[] = {"page.svg", "page.png", "page.pdf", "page.PNG"};

TABLE_TEST(patient_page, drawn_twice_gives_the_same_bytes, formats)
{
    char first[300], second[300];
    render(&shapes[5], target(formats[*row_], first));
    sleep(1); /* the clock must not show */
    render(&shapes[5], target(formats[*row_], second));
    struct als_buf a = read_back(first), b = read_back(second);
    cr_assert_gt(a.length, 10000);
    cr_assert_eq(a.length, b.length);
    cr_assert_eq(memcmp(a.data, b.data, a.length), 0);
    als_buf_release(&a);
    als_buf_release(&b);
}

Test(patient_page, png_has_the_promised_size)
{
    char path[300];
    render(&shapes[2], target("page.png", path));
    struct als_buf png = read_back(path);
    const unsigned char *head = (const unsigned char *)png.data + 16;
    unsigned width = head[2] * 256u + head[3], height = head[6] * 256u + head[7];
    cr_assert_eq(width, 1684u);
    cr_assert_eq(height, 1191u);
    als_buf_release(&png);
}

Test(patient_page, pdf_carries_the_as_of_day_not_the_clock)
{
    char path[300];
    render(&shapes[2], target("page.pdf", path));
    struct als_buf pdf = read_back(path);
    bool found = false;
    for (size_t i = 0; i + 40 < pdf.length && !found; i++)
        found = memcmp(pdf.data + i, "/CreationDate (D:20160327000000", 31) == 0;
    cr_assert(found);
    als_buf_release(&pdf);
}

Test(patient_page, a_file_that_cannot_be_written_is_reported)
{
    struct als_err err = {0};
    struct als_buf script;
    als_buf_init(&script, 1 << 16);
    als_buf_text(&script, "plot [0:1] x\n");
    struct als_chart_info info = {.path = "/proc/no/such/place.svg",
                                  .width = 100,
                                  .height = 100,
                                  .title = "",
                                  .description = ""};
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &als_output_receiver);
    cr_assert_eq(als_output_draw(gnuplot, &info, &script, &err), ALS_OK);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_CANNOT_CREATE);
    cr_assert_not_null(strstr(err.text, "/proc/no/such/place.svg"));
    als_buf_release(&script);
    assert_no_leaks();
}

Test(patient_page, a_broken_script_leaves_the_old_file)
{
    char path[300];
    struct als_err err = {0};
    struct als_buf script;
    test_write_file(target("page.svg", path), "old");
    als_buf_init(&script, 1 << 16);
    als_buf_text(&script, "plot [0:1] x\nset nonsense\n");
    struct als_chart_info info = {
        .path = path, .width = 100, .height = 100, .title = "", .description = ""};
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &als_output_receiver);
    enum als_status status = als_output_draw(gnuplot, &info, &script, &err);
    cr_assert_eq(status, ALS_OK);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_INTERNAL);
    cr_assert_not_null(strstr(err.hint, "nonsense"), "%s", err.hint);
    struct als_buf old = read_back(path);
    cr_assert_str_eq(old.data, "old");
    als_buf_release(&old);
    als_buf_release(&script);
}

Test(patient_page, other_endings_are_a_usage_error)
{
    struct als_err err = {0};
    enum als_format format;
    cr_assert_eq(als_format_of("chart.jpeg", &format, &err), ALS_USAGE);
    cr_assert_not_null(strstr(err.hint, ".svg"));
    cr_assert_eq(als_format_of("svg", &format, &err), ALS_USAGE);
    cr_assert_eq(als_format_of("a.PDF", &format, &err), ALS_OK);
    cr_assert_eq(format, ALS_FORMAT_PDF);
}
