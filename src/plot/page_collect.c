/* One patient's page, from what page_source.c has read. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "page_source.h"
#include "range.h"

/* What the functions below share while one page is made. */
struct collector {
    const struct als_page_source *source;
    size_t index;
    const struct als_patient *patient;
    struct als_arena *arena;
    struct als_page *page;
};

static struct als_date date_of(const char *text)
{
    struct als_date date = ALS_NO_DATE;
    if (text)
        als_date_parse(text, strlen(text), &date);
    return date;
}

/* Join with a middle dot; empty parts are left out. */
static void append(struct als_arena *arena, const char **line, const char *part)
{
    if (part && *part)
        *line = **line ? als_arena_printf(arena, "%s \xc2\xb7 %s", *line, part)
                       : als_arena_strdup(arena, part);
}

/* A code of a definition as words: lost_to_followup, lost to followup. */
static const char *words(struct als_arena *arena, const char *code)
{
    char *text = als_arena_strdup(arena, code);
    for (char *c = text; *c; c++)
        if (*c == '_')
            *c = ' ';
    return text;
}

static const char *anchor_words(const struct collector *c)
{
    const struct als_anchor *anchor = &c->source->protocol->time_zero;
    switch (anchor->kind) {
    case ALS_ANCHOR_EVENT:
        return words(c->arena, anchor->event);
    case ALS_ANCHOR_INFUSION:
        return als_arena_printf(c->arena, "infusion %zu", anchor->number);
    case ALS_ANCHOR_LAST_PLANNED:
        return "last infusion";
    case ALS_ANCHOR_VISIT:
        return c->source->protocol->visits[anchor->visit].code;
    }
    return "";
}

static void set_zero(const struct collector *c)
{
    const struct als_timeline *timeline = &c->source->timelines[c->index];
    const struct als_page_lines *lines = &c->source->lines[c->index - c->source->block_first];
    c->page->zero_day = lines->known ? lines->zero_day : timeline->zero_day;
    if (c->page->zero_day == ALS_NO_DAY) {
        c->page->zero_label = "the as-of day";
        return;
    }
    switch (lines->known ? lines->zero : timeline->zero) {
    case ALS_ZERO_PROTOCOL:
        c->page->zero_label = anchor_words(c);
        break;
    case ALS_ZERO_BASELINE:
        c->page->zero_label = "baseline visit";
        break;
    case ALS_ZERO_FIRST:
        c->page->zero_label = lines->known ? "first assessment" : "first visit";
        break;
    }
}

static const char *site_words(const struct collector *c)
{
    const struct als_protocol *protocol = c->source->protocol;
    if (!c->patient->site)
        return NULL;
    for (size_t i = 0; i < protocol->n_sites; i++)
        if (strcmp(protocol->sites[i].code, c->patient->site) == 0 && protocol->sites[i].name)
            return als_arena_printf(c->arena, "site %s (%s)", c->patient->site,
                                    protocol->sites[i].name);
    return als_arena_printf(c->arena, "site %s", c->patient->site);
}

static const char *cohort_words(const struct collector *c)
{
    if (!c->patient->cohort)
        return NULL;
    const struct als_cohort *cohort = als_protocol_cohort(c->source->protocol, c->patient->cohort);
    return cohort && cohort->label
               ? als_arena_printf(c->arena, "cohort %s, %s", cohort->code, cohort->label)
               : als_arena_printf(c->arena, "cohort %s", c->patient->cohort);
}

/* Age in completed years at time zero, or as of today before that. */
static const char *age_words(const struct collector *c)
{
    struct als_date birth = date_of(c->patient->birth_date);
    if (birth.day == ALS_NO_DAY)
        return NULL;
    bool started = c->page->zero_day != ALS_NO_DAY;
    int years = als_completed_years(birth.day, started ? c->page->zero_day : c->page->as_of_day);
    const char *about = birth.precision == ALS_PRECISION_DAY ? "" : "about ";
    return started
               ? als_arena_printf(c->arena, "%s%d years at %s", about, years, c->page->zero_label)
               : als_arena_printf(c->arena, "%s%d years", about, years);
}

static void set_origin(const struct collector *c)
{
    const struct als_patient *patient = c->patient;
    const char *line = "";
    append(c->arena, &line, c->source->protocol->code);
    append(c->arena, &line, site_words(c));
    append(c->arena, &line, cohort_words(c));
    if (patient->arm)
        append(c->arena, &line, als_arena_printf(c->arena, "arm %s", patient->arm));
    if (patient->sex)
        append(c->arena, &line, *patient->sex == 'F' ? "female" : "male");
    append(c->arena, &line, age_words(c));
    if (patient->onset_site)
        append(c->arena, &line, als_arena_printf(c->arena, "%s onset", patient->onset_site));
    c->page->origin = line;
}

static const struct als_visit_row *row_of(const struct als_page *page, const char *code)
{
    for (size_t i = 0; i < page->n_visits; i++)
        if (strcmp(page->visits[i].code, code) == 0)
            return &page->visits[i];
    return NULL;
}

static struct als_page_series collect_series(const struct collector *c,
                                             const struct als_page_column *column)
{
    struct als_page_span span = column->spans[c->index - c->source->block_first];
    struct als_page_series series = {
        .name = als_arena_strdup(c->arena, column->measure.name),
        .label = als_measure_label(&column->measure),
        .unit = als_measure_unit(&column->measure),
        .points = als_arena_array(c->arena, span.count + 1, sizeof *series.points),
        .n_points = span.count};
    als_range_possible(&column->measure, &series.low, &series.high);
    for (size_t i = 0; i < span.count; i++) {
        const struct als_series_point *point = &column->points[span.first + i];
        const char *code = als_store_visit_code(c->source->store, point->visit_no);
        const struct als_visit_row *row = code ? row_of(c->page, code) : NULL;
        bool window = row && row->window_from != ALS_NO_DAY;
        series.points[i] = (struct als_page_point){
            .day = point->day,
            .value = point->value,
            .visit = code ? code : "",
            .outside = window && (point->day < row->window_from || point->day > row->window_to),
            .unplanned = !window};
    }
    return series;
}

static void collect_measures(const struct collector *c)
{
    const struct als_page_source *source = c->source;
    struct als_page *page = c->page;
    page->main = collect_series(c, &source->columns[0]);
    page->domains = als_arena_array(c->arena, source->n_domains + 1, sizeof *page->domains);
    for (size_t i = 0; i < source->n_domains; i++)
        page->domains[page->n_domains++] = collect_series(c, &source->columns[1 + i]);
    page->others = als_arena_array(c->arena, source->n_others + 1, sizeof *page->others);
    for (size_t i = 0; i < source->n_others; i++) {
        struct als_page_series series =
            collect_series(c, &source->columns[1 + source->n_domains + i]);
        if (series.n_points)
            page->others[page->n_others++] = series;
    }
}

static void add_fit(struct als_page *page, const char *name, const char *label, bool before,
                    const struct als_slope *slope)
{
    if (slope->fit.n == 0)
        return;
    page->fits[page->n_fits++] =
        (struct als_page_fit){.name = name,
                              .label = label,
                              .before = before,
                              .ols = slope->fit,
                              .from = als_page_month(page, slope->first_day),
                              .to = als_page_month(page, slope->last_day)};
}

/* Before and after time zero, the day itself in both, when there is something before it; else one
 * line. A single value at time zero is no phase of its own. */
static void collect_fits(const struct collector *c)
{
    struct als_page *page = c->page;
    const struct als_page_lines *lines = &c->source->lines[c->index - c->source->block_first];
    if (!lines->known)
        return;
    bool before = lines->pre.first_day < lines->zero_day && lines->pre.fit.n > 0;
    if (lines->zero != ALS_ZERO_PROTOCOL || !before) {
        add_fit(page, "all",
                before || lines->zero != ALS_ZERO_PROTOCOL
                    ? "All visits"
                    : als_arena_printf(c->arena, "From %s", page->zero_label),
                false, &lines->all);
        return;
    }
    add_fit(page, "pre", als_arena_printf(c->arena, "Up to %s", page->zero_label), true,
            &lines->pre);
    if (lines->post.fit.n > 0 && lines->post.last_day > lines->zero_day)
        add_fit(page, "post", als_arena_printf(c->arena, "From %s", page->zero_label), false,
                &lines->post);
}

static void collect_visits(const struct collector *c)
{
    const struct als_page_source *source = c->source;
    struct als_page_span events = source->event_spans[c->index];
    struct als_page_span visits = source->visit_spans[c->index];
    struct als_patient_facts facts;
    als_facts_from(source->store, c->patient, source->events.items + events.first, events.count,
                   source->visits.items + visits.first, visits.count, c->arena, &facts);
    c->page->visits = als_arena_array(c->arena, source->protocol->n_visits + facts.n_visits + 1,
                                      sizeof *c->page->visits);
    c->page->n_visits =
        als_schedule_build(source->protocol, &facts, source->as_of_day, c->page->visits);
}

static bool is_open(const struct als_visit_row *row)
{
    return row->plan && row->target != ALS_NO_DAY &&
           (row->status == ALS_VISIT_DUE || row->status == ALS_VISIT_PLANNED);
}

static ptrdiff_t find_next(const struct als_page *page)
{
    ptrdiff_t next = -1;
    for (size_t i = 0; i < page->n_visits; i++)
        if (is_open(&page->visits[i]) && !page->visits[i].plan->optional &&
            (next < 0 || page->visits[i].target < page->visits[next].target))
            next = (ptrdiff_t)i;
    return next;
}

static const char *end_words(const struct collector *c)
{
    const struct als_page *page = c->page;
    for (size_t i = page->n_events; i-- > 0;)
        if (page->events[i].kind == ALS_PAGE_END)
            return als_arena_printf(c->arena, "no further visits: %s", page->events[i].label);
    for (size_t i = 0; i < page->n_visits; i++)
        if (page->visits[i].plan && page->visits[i].status == ALS_VISIT_UNSCHEDULED)
            return als_arena_printf(c->arena, "next: %s, no date yet", page->visits[i].code);
    return "no further visits planned";
}

static void set_next(const struct collector *c)
{
    struct als_page *page = c->page;
    page->next_visit = find_next(page);
    if (page->next_visit < 0) {
        page->next = end_words(c);
        return;
    }
    const struct als_visit_row *row = &page->visits[page->next_visit];
    char target[ALS_DATE_TEXT], from[ALS_DATE_TEXT], to[ALS_DATE_TEXT];
    als_day_format(row->target, target);
    als_day_format(row->window_from, from);
    als_day_format(row->window_to, to);
    const char *due = row->status == ALS_VISIT_DUE ? "due now" : "next";
    page->next = row->window_from == row->window_to
                     ? als_arena_printf(c->arena, "%s: %s %s", due, row->code, target)
                     : als_arena_printf(c->arena, "%s: %s %s, window %s to %s", due, row->code,
                                        target, from, to);
}

/* Does the plan ask for the main instrument at this visit? */
static bool asks_main(const struct als_page_source *source, const struct als_visit_plan *plan)
{
    ptrdiff_t main =
        als_protocol_instrument(source->protocol, source->columns[0].measure.instrument->code);
    for (size_t i = 0; i < plan->n_assessments; i++)
        if ((ptrdiff_t)plan->assessments[i].instrument == main)
            return !plan->assessments[i].optional;
    return false;
}

static bool has_value(const struct als_page *page, const char *code)
{
    for (size_t i = 0; i < page->main.n_points; i++)
        if (strcmp(page->main.points[i].visit, code) == 0)
            return true;
    return false;
}

static void collect_gaps(const struct collector *c)
{
    struct als_page *page = c->page;
    page->gaps = als_arena_array(c->arena, page->n_visits + 1, sizeof *page->gaps);
    for (size_t i = 0; i < page->n_visits; i++) {
        const struct als_visit_row *row = &page->visits[i];
        bool missed = row->status == ALS_VISIT_MISSED;
        if (!row->plan || (row->plan->optional && missed) ||
            (!missed && row->actual == ALS_NO_DAY) || !asks_main(c->source, row->plan) ||
            has_value(page, row->code))
            continue;
        int day = row->actual != ALS_NO_DAY ? row->actual : row->target;
        if (day != ALS_NO_DAY)
            page->gaps[page->n_gaps++] =
                (struct als_page_gap){day, row->code, missed ? "missed" : "no value"};
    }
}

/* Milestones are drawn; what belongs to the history stands in the header. */
static const struct {
    const char *event, *label;
    enum als_page_event_kind kind;
} milestones[] = {
    {"infusion", "infusion", ALS_PAGE_INFUSION},
    {"niv_start", "NIV", ALS_PAGE_MILESTONE},
    {"ventilation", "ventilation", ALS_PAGE_MILESTONE},
    {"pav", "permanent ventilation", ALS_PAGE_MILESTONE},
    {"withdrawal", "withdrawal", ALS_PAGE_END},
    {"lost_to_followup", "lost to follow-up", ALS_PAGE_END},
    {"death", "death", ALS_PAGE_END},
};

static bool is_history(const char *event)
{
    static const char *const names[] = {"onset", "diagnosis", "consent", "last_known_alive"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], event) == 0)
            return true;
    return false;
}

static struct als_page_event drawn_event(const struct collector *c, const struct als_event *event,
                                         size_t *infusions)
{
    struct als_date date = date_of(event->date);
    struct als_page_event drawn = {date.day, words(c->arena, event->event), ALS_PAGE_MILESTONE};
    for (size_t i = 0; i < sizeof milestones / sizeof *milestones; i++)
        if (strcmp(milestones[i].event, event->event) == 0) {
            drawn.label = milestones[i].label;
            drawn.kind = milestones[i].kind;
        }
    if (drawn.kind == ALS_PAGE_INFUSION)
        drawn.label = als_arena_printf(c->arena, "infusion %zu", ++*infusions);
    if (drawn.kind == ALS_PAGE_INFUSION && event->value >= 1e6 && event->unit &&
        strcmp(event->unit, "cells") == 0)
        drawn.label = als_arena_printf(c->arena, "%s (%s million cells)", drawn.label,
                                       als_page_short(event->value / 1e6, 1, c->arena));
    if (strcmp(event->event, "ventilation") == 0 && !isnan(event->value))
        drawn.label = als_arena_printf(c->arena, "%s %s h a day", drawn.label,
                                       als_page_short(event->value, 1, c->arena));
    if (date.precision != ALS_PRECISION_DAY)
        drawn.label = als_arena_printf(c->arena, "%s (%s)", drawn.label, event->date);
    return drawn;
}

static void collect_events(const struct collector *c)
{
    const struct als_page_source *source = c->source;
    struct als_page *page = c->page;
    struct als_page_span span = source->event_spans[c->index];
    size_t infusions = 0;
    const char *history = "";
    page->events = als_arena_array(c->arena, span.count + 2, sizeof *page->events);
    for (size_t i = 0; i < span.count; i++) {
        const struct als_event *event = &source->events.items[span.first + i];
        if (is_history(event->event)) {
            append(c->arena, &history,
                   als_arena_printf(c->arena, "%s %s", words(c->arena, event->event), event->date));
        } else {
            struct als_page_event drawn = drawn_event(c, event, &infusions);
            if (drawn.day != ALS_NO_DAY)
                page->events[page->n_events++] = drawn;
        }
    }
    page->history = history;
}

/* The as-of day takes its place among the events, which are in order of day. */
static void add_today(struct als_page *page)
{
    size_t at = page->n_events++;
    for (; at > 0 && page->events[at - 1].day > page->as_of_day; at--)
        page->events[at] = page->events[at - 1];
    page->events[at] = (struct als_page_event){page->as_of_day, "as of", ALS_PAGE_TODAY};
}

/* An event without an end goes on, unless its outcome says that it has ended. */
static bool has_ended(const char *outcome)
{
    static const char *const ended[] = {"recovered", "resolved", "fatal"};
    for (size_t i = 0; outcome && i < sizeof ended / sizeof *ended; i++)
        if (strncasecmp(outcome, ended[i], strlen(ended[i])) == 0)
            return true;
    return false;
}

static int visit_day(const struct collector *c, int visit_no)
{
    const char *code = visit_no ? als_store_visit_code(c->source->store, visit_no) : NULL;
    const struct als_visit_row *row = code ? row_of(c->page, code) : NULL;
    return row ? row->actual : ALS_NO_DAY;
}

static void collect_adverse(const struct collector *c)
{
    const struct als_page_source *source = c->source;
    struct als_page *page = c->page;
    struct als_page_span span = source->adverse_spans[c->index];
    page->adverse = als_arena_array(c->arena, span.count + 1, sizeof *page->adverse);
    for (size_t i = 0; i < source->protocol->n_grades; i++) {
        int grade = source->protocol->grades[i].grade;
        if (grade >= 1 && grade <= 5) {
            page->grade_labels[grade] = source->protocol->grades[i].label;
            page->worst_grade = grade > page->worst_grade ? grade : page->worst_grade;
        }
    }
    for (size_t i = 0; i < span.count; i++) {
        const struct als_adverse_event *event = &source->adverse.items[span.first + i];
        struct als_page_adverse drawn = {.term = event->term ? event->term : "",
                                         .grade = event->grade > 0 ? event->grade : 0,
                                         .onset = date_of(event->onset).day,
                                         .end = date_of(event->end).day,
                                         .serious = event->serious == 1};
        if (drawn.onset == ALS_NO_DAY && drawn.end == ALS_NO_DAY)
            drawn.onset = visit_day(c, event->visit_no);
        drawn.ongoing = drawn.end == ALS_NO_DAY && !has_ended(event->outcome);
        if (drawn.onset == ALS_NO_DAY && drawn.end == ALS_NO_DAY)
            page->n_undated++;
        else
            page->adverse[page->n_adverse++] = drawn;
    }
}

static void set_footnote(const struct collector *c)
{
    const struct als_page *page = c->page;
    const struct als_timeline *timeline = &c->source->timelines[c->index];
    char date[ALS_DATE_TEXT];
    const char *zero =
        page->zero_day == ALS_NO_DAY
            ? "Month = 30.4375 days."
            : als_arena_printf(c->arena, "Month = 30.4375 days from %s on %s%s.", page->zero_label,
                               als_day_format(page->zero_day, date),
                               timeline->zero_is_partial ? " (day of a partial date)" : "");
    c->page->footnote = als_arena_printf(
        c->arena,
        "%s Lines: least squares through the visits of each phase; bands: 95 %% for the line. "
        "Protocol %s %s.",
        zero, c->source->protocol->code, c->source->protocol->version);
}

enum als_status als_page_collect(struct als_page_source *source, size_t index,
                                 struct als_arena *arena, struct als_page *page,
                                 struct als_err *err)
{
    enum als_status status = als_page_source_need(source, index, err);
    if (status)
        return status;
    *page = (struct als_page){.patient = source->patients.items[index].patient,
                              .as_of_day = source->as_of_day,
                              .next_visit = -1};
    struct collector c = {.source = source,
                          .index = index,
                          .arena = arena,
                          .page = page,
                          .patient = &source->patients.items[index]};
    set_zero(&c);
    collect_visits(&c);
    collect_measures(&c);
    collect_fits(&c);
    collect_gaps(&c);
    collect_events(&c);
    set_next(&c);
    add_today(page);
    collect_adverse(&c);
    set_origin(&c);
    set_footnote(&c);
    return ALS_OK;
}
