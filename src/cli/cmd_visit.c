/* `visit list|due`: schedules and the worklist, as tables and as calendars. */
#include "commands.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alstrack/analysis/visits.h"
#include "alstrack/core/date.h"
#include "alstrack/core/file.h"
#include "alstrack/core/num.h"

#define SOON_DAYS 14

/* A calendar's stamp: SOURCE_DATE_EPOCH, else midnight of the day that counts as today, so that the
 * same question gives the same bytes. */
static const char *calendar_stamp(int today, char text[20])
{
    int64_t epoch;
    const char *given = als_cli_stamp();
    struct tm utc = {0};
    if (given && als_num_parse_integer(given, strlen(given), &epoch)) {
        time_t at = (time_t)epoch;
        gmtime_r(&at, &utc);
    } else {
        int year, month;
        als_day_to_civil(today, &year, &month, &utc.tm_mday);
        utc.tm_year = year - 1900;
        utc.tm_mon = month - 1;
    }
    strftime(text, 20, "%Y%m%dT%H%M%SZ", &utc);
    return text;
}

static enum als_status write_calendar(const char *path, const struct als_buf *calendar,
                                      struct als_err *err)
{
    struct als_file_out out;
    enum als_status status = als_file_create(path, &out, err);
    if (status)
        return status;
    fwrite(calendar->data, 1, calendar->length, out.stream);
    return als_file_commit(&out, err);
}

enum als_status als_cmd_visit_list(struct als_cli *cli, struct als_err *err)
{
    struct als_patient patient = {0};
    struct als_visit_plan_of plan = {0};
    int today = 0;
    enum als_status status = als_cli_today(cli, &today, err);
    if (!status)
        status = als_cli_patient(cli, als_args_operand(&cli->args, 0), &patient, err);
    if (!status)
        status = als_visit_plan_load(cli->store, &patient, today, cli->arena, &plan, err);
    if (status)
        return status;
    const char *path = als_args_text(&cli->args, "ics");
    if (!path)
        return als_cli_emit(cli, als_visit_table(cli->store, &plan), err);
    char stamp[20];
    struct als_buf calendar;
    als_buf_init(&calendar, ALS_BUF_LARGE);
    als_ics_begin(&calendar);
    als_ics_visits(&calendar, als_store_uuid(cli->store), patient.patient, plan.rows, plan.n_rows,
                   calendar_stamp(today, stamp));
    als_ics_end(&calendar);
    status = write_calendar(path, &calendar, err);
    als_buf_release(&calendar);
    return status;
}

static enum als_status due_calendar(const struct als_cli *cli, const struct als_worklist *list,
                                    const char *path, struct als_err *err)
{
    char stamp[20];
    struct als_buf calendar;
    als_buf_init(&calendar, ALS_BUF_LARGE);
    als_worklist_calendar(cli->store, list, calendar_stamp(list->today, stamp), &calendar);
    enum als_status status = write_calendar(path, &calendar, err);
    als_buf_release(&calendar);
    return status;
}

enum als_status als_cmd_visit_due(struct als_cli *cli, struct als_err *err)
{
    struct als_worklist list = {0};
    int today = 0, within_days = SOON_DAYS;
    const char *within = als_args_text(&cli->args, "within");
    enum als_status status = als_cli_today(cli, &today, err);
    if (!status && within)
        status = als_cli_integer(within, "--within", &within_days, err);
    if (!status && within_days < 0)
        status = als_fail(err, ALS_USAGE, "E-NUMBER", "--within is 0 or more, not %d", within_days);
    if (!status)
        status = als_worklist_load(cli->store, today, within_days, NULL, cli->arena, &list, err);
    if (status)
        return status;
    const char *path = als_args_text(&cli->args, "ics");
    return path ? due_calendar(cli, &list, path, err)
                : als_cli_emit(cli, als_worklist_table(&list), err);
}
