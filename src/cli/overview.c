/* The state of the study on one screen, and the next command. */
#include "overview.h"

#include <string.h>

#include "alstrack/analysis/visits.h"
#include "alstrack/core/date.h"
#include "alstrack/store/scan.h"
#include "help.h"

struct tally {
    int today;
    size_t patients, done, due, overdue, unscheduled;
};

struct counting {
    struct tally *tally;
    const struct als_store *store;
};

static void count(const struct als_cohort_patient *patient, void *context)
{
    const struct counting *counting = context;
    struct tally *tally = counting->tally;
    tally->patients++;
    for (size_t i = 0; i < patient->n_rows; i++) {
        const struct als_visit_row *row = &patient->rows[i];
        tally->done += row->actual != ALS_NO_DAY;
        tally->due += row->status == ALS_VISIT_DUE;
        tally->unscheduled += row->status == ALS_VISIT_UNSCHEDULED;
        tally->overdue +=
            row->status == ALS_VISIT_MISSED && !row->plan->optional &&
            !als_visit_recorded(counting->store, patient->visits, patient->n_visits, row->code);
    }
}

static enum als_status count_assessments(struct als_cli *cli,
                                         const struct als_instrument *instrument, size_t *n,
                                         struct als_err *err)
{
    struct als_scan *scan;
    const struct als_assessment *row;
    *n = 0;
    enum als_status status = als_scan_open(cli->store, instrument, 0, 0, INT64_MAX, &scan, err);
    if (status)
        return status;
    while (!(status = als_scan_next(scan, &row, err)) && row)
        ++*n;
    als_scan_close(scan);
    return status;
}

static void last_change(const struct als_audit_row *row, void *context)
{
    char *text = context;
    snprintf(text, 200, "%lld, %.16sZ, %s, %s", (long long)row->change_id, row->at_utc, row->user,
             row->command);
}

static const char *next_command(const struct tally *tally, size_t assessments)
{
    if (tally->patients == 0)
        return "alstrack import patients FILE, or: alstrack patient add PATIENT";
    if (tally->done == 0 && tally->unscheduled)
        return "alstrack event add PATIENT consent DATE";
    if (tally->due || tally->overdue)
        return "alstrack visit due";
    if (assessments == 0)
        return "alstrack record PATIENT VISIT INSTRUMENT ITEM=VALUE ...";
    return "alstrack analyze slopes";
}

static enum als_status show(struct als_cli *cli, struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    struct tally tally = {0};
    struct counting counting = {&tally, cli->store};
    enum als_status status = als_cli_today(cli, &tally.today, err);
    if (!status)
        status = als_cohort_each(cli->store, cli->arena, tally.today, count, &counting, err);
    char change[200] = "";
    if (!status)
        status = als_audit_each(cli->store, last_change, change, err);
    if (status)
        return status;
    printf("study        %s\nprotocol     %s version %s\n             %s\n",
           als_store_path(cli->store), protocol->code, protocol->version, protocol->title);
    printf("patients     %zu\nvisits       %zu done, %zu due, %zu overdue\n", tally.patients,
           tally.done, tally.due, tally.overdue);
    size_t all = 0;
    for (size_t i = 0; i < als_store_instrument_count(cli->store); i++) {
        const struct als_instrument *instrument = als_store_instrument(cli->store, i);
        size_t n;
        status = count_assessments(cli, instrument, &n, err);
        if (status)
            return status;
        all += n;
        printf("%-12s %s: %zu\n", i ? "" : "assessments", instrument->code, n);
    }
    printf("last change  %s\n\nnext         %s\n", change, next_command(&tally, all));
    return ALS_OK;
}

enum als_status als_overview(struct als_cli *cli, struct als_err *err)
{
    if (!als_cli_study_path(cli)) {
        als_help_short(stdout);
        return ALS_OK;
    }
    enum als_status status = als_cli_open(cli, ALS_STORE_READ, err);
    return status ? status : show(cli, err);
}
