/* The exported folder: what it holds, that it repeats to the byte, and that nothing is lost. */
#include <dirent.h>
#include <jansson.h>
#include <sys/stat.h>

#include "../analysis/trial.h"
#include "alstrack/core/file.h"
#include "alstrack/export/csv.h"
#include "alstrack/store/digest.h"
#include "dataset.h"
#include "recount.h"

static struct als_export_options options;
static char out[300];

static void fill(struct trial *trial, int patients)
{
    trial_open(trial);
    int zero = trial_day("2016-01-04");
    for (int i = 1; i <= patients; i++) {
        char name[40];
        snprintf(name, sizeof name, i == 2 ? "P, \"%d\"" : "P%03d", i);
        int64_t patient = trial_patient(trial, name, i % 2 ? "A" : NULL);
        trial_event(trial, patient, "consent", "2015-12");
        trial_event(trial, patient, "infusion", "2016-01-04");
        trial_alsfrsr(trial, patient, "SCR", zero - 30, 42);
        trial_alsfrsr(trial, patient, "D0", zero, 40);
        trial_alsfrsr(trial, patient, "MN3", zero + 91, 37);
        trial_fvc(trial, patient, "SCR", zero - 30, 3.4, 71.5);
        trial_fvc(trial, patient, "MN3", zero + 91, NAN, 66);
        if (i == 1)
            trial_event(trial, patient, "death", "2016-12");
        trial_adverse(trial, patient, "1", "MN3", "head\nache", "2016-02", 2);
    }
    trial_commit(trial);
    snprintf(out, sizeof out, "%s/out", trial->folder);
    options = (struct als_export_options){
        .folder = out, .as_of_day = trial_day("2017-01-01"), .program = "alstrack 0", .readers = 1};
}

static void export_now(struct trial *trial)
{
    struct als_err err = {.status = ALS_OK};
    struct als_export_result result;
    trial_ok(als_export_csv(trial->store, &options, &result, &err), &err);
    cr_assert_eq(result.files, 19u);
}

static char *read_out(const char *file)
{
    char path[400];
    struct als_buf buf;
    struct als_err err = {.status = ALS_OK};
    snprintf(path, sizeof path, "%s/%s", out, file);
    als_buf_init(&buf, ALS_BUF_LARGE);
    trial_ok(als_file_read(path, &buf, &err), &err);
    return buf.data;
}

static void assert_starts(const char *file, const char *expected)
{
    char *text = read_out(file);
    cr_assert_eq(strncmp(text, expected, strlen(expected)), 0, "%s is\n%s\nexpected\n%s", file,
                 text, expected);
    free(text);
}

Test(export, writes_typed_rows)
{
    struct trial trial;
    fill(&trial, 2);
    export_now(&trial);
    assert_starts("patients.csv",
                  "patient,site,sex,birth_date,birth_date_precision,height_cm,arm,cohort,"
                  "onset_site,time_zero,time_zero_source\n"
                  "P001,PRG,M,1960,year,175,A,1,,2016-01-04,protocol\n"
                  "\"P, \"\"2\"\"\",PRG,M,1960,year,175,,1,,2016-01-04,protocol\n");
    assert_starts("events.csv", "patient,event,date,date_precision,day,value,unit,note\n"
                                "P001,consent,2015-12,month,-20,,,\n"
                                "P001,infusion,2016-01-04,day,0,15000000,cells,\n"
                                "P001,death,2016-12,month,346,,,\n");
    assert_starts("adverse_events.csv",
                  "patient,ae_id,visit,term,onset,onset_precision,onset_day,end,end_precision,"
                  "grade,serious,relation,action,outcome,dlt\n"
                  "P001,1,MN3,\"head\nache\",2016-02,month,42,,,2,N,procedure; disease,,,\n");
    assert_starts("visits.csv",
                  "patient,visit,visit_label,target,window_from,window_to,date,day,month,status,"
                  "offset_days,outside_days,mode,reason,assigned\n"
                  "P001,SCR,\"Visit I, screening\",2015-12-15,2015-12-08,2015-12-22,2015-12-05,-30,"
                  "-0.9856262833675564,early,-10,-3,,,");
    trial_close(&trial);
}

Test(export, writes_one_wide_file_per_instrument)
{
    struct trial trial;
    fill(&trial, 1);
    export_now(&trial);
    assert_starts("fvc.csv",
                  "patient,visit,visit_label,date,day,month,mode,rater,respondent,status,reason,"
                  "litres,percent,posture,blows,percent_entered,percent_nhanes3,percent_ecsc,"
                  "percent_predicted,percent_predicted.source\n"
                  "P001,SCR,\"Visit I, screening\",2015-12-05,-30,-0.9856262833675564,,,,done,,"
                  "3.4,71.5,,,71.5,");
    char *text = read_out("fvc.csv");
    cr_assert_not_null(strstr(text, ",computed\n"));
    cr_assert_not_null(strstr(text, ",66,,,66,,,66,entered\n"), "%s", text);
    free(text);
    assert_starts("alsfrsr.csv", "patient,visit,visit_label,date,day,month,mode,rater,respondent,"
                                 "status,reason,speech,salivation,");
    trial_close(&trial);
}

/* Domain: baseline of ALSFRS-R on the day of the infusion, of FVC at the screening visit. */
Test(export, gives_each_patient_one_cohort_row)
{
    struct trial trial;
    fill(&trial, 1);
    export_now(&trial);
    char *text = read_out("cohort.csv");
    char *row = strchr(text, '\n') + 1;
    const char *start = "P001,PRG,M,A,1,,2016-01-04,55.5";
    cr_assert_eq(strncmp(row, start, strlen(start)), 0, "%s", row);
    /* One infusion of 15e6 cells; death on 15 December at the latest convention: day 346. */
    cr_assert_not_null(strstr(row, ",1,15000000,346,346,1,2016-12,2016-04-04,40,D0,2016-01-04,3,"),
                       "%s", row);
    cr_assert_not_null(strstr(row, ",SCR,2015-12-05,2,"), "%s", row);
    cr_assert_null(strchr(strchr(row, '\n') + 1, '\n'), "one row only");
    free(text);
    trial_close(&trial);
}

/* 40 points at the infusion, onset known to the month (the 15th): 8 lost in 568 days. */
Test(export, tells_the_points_lost_since_onset)
{
    struct trial trial;
    fill(&trial, 1);
    trial_begin(&trial);
    trial_event(&trial, 1, "onset", "2014-06");
    trial_event(&trial, 1, "diagnosis", "2015-01-15");
    trial_commit(&trial);
    export_now(&trial);
    char *text = read_out("cohort.csv");
    cr_assert_not_null(
        strstr(text, ",onset_date,diagnosis_date,onset_to_zero,diagnostic_delay,delta_fs\n"));
    int onset = trial_day("2014-06-15"), zero = trial_day("2016-01-04");
    double months = (zero - onset) / 30.4375;
    char *row = strstr(text, ",2014-06,2015-01-15,");
    cr_assert_not_null(row, "%s", text);
    double since, delay, lost;
    cr_assert_eq(sscanf(row, ",2014-06,2015-01-15,%lf,%lf,%lf", &since, &delay, &lost), 3);
    assert_close(since, months, 1e-14);
    assert_close(delay, 214 / 30.4375, 1e-14);
    assert_close(lost, 8 / months, 1e-14);
    free(text);
    trial_close(&trial);
}

Test(export, lists_every_item_in_the_observations_with_its_missing_reason)
{
    struct trial trial;
    fill(&trial, 1);
    trial_begin(&trial);
    struct als_err err = {.status = ALS_OK};
    const struct als_instrument *fvc = als_store_find_instrument(trial.store, "fvc");
    struct als_value values[4] = {ALS_MISSING_VALUE};
    const char *reasons[4] = {"equipment", NULL, NULL, NULL};
    struct als_assessment assessment = {.patient_id = 1,
                                        .visit_no = trial_visit(&trial, "MN6"),
                                        .day = trial_day("2016-07-04"),
                                        .values = values,
                                        .item_reasons = reasons};
    trial_ok(als_assessment_put(trial.store, fvc, &assessment, ALS_GIVEN_ALL, NULL, NULL, &err),
             &err);
    trial_commit(&trial);
    export_now(&trial);
    assert_starts("observations.csv", "patient,visit,visit_label,date,day,month,instrument,"
                                      "item_or_score,value,unit,missing_reason\n");
    char *text = read_out("observations.csv");
    cr_assert_not_null(strstr(text, ",fvc,litres,,L,equipment\n"));
    cr_assert_not_null(strstr(text, ",fvc,litres,3.4,L,\n"));
    cr_assert_not_null(strstr(text, ",alsfrsr,total,37,points,\n"));
    free(text);
    text = read_out("fvc.csv");
    cr_assert_not_null(strstr(text, "blows,litres.reason,percent_entered"));
    cr_assert_not_null(strstr(text, ",done,,,,,,equipment,,,,,\n"), "%s", text);
    free(text);
    trial_close(&trial);
}

static void each_file(void (*act)(const char *name, void *context), void *context)
{
    DIR *folder = opendir(out);
    cr_assert_not_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            act(entry->d_name, context);
    closedir(folder);
}

static void hash_file(const char *name, void *context)
{
    char path[400], hex[ALS_SHA256_HEX];
    struct als_err err = {.status = ALS_OK};
    snprintf(path, sizeof path, "%s/%s", out, name);
    trial_ok(als_sha256_file(path, hex, &err), &err);
    json_object_set_new(context, name, json_string(hex));
}

Test(export, repeats_to_the_byte_whatever_the_number_of_readers)
{
    struct trial trial;
    fill(&trial, 900); /* several ranges */
    json_t *first = json_object(), *second = json_object();
    export_now(&trial);
    each_file(hash_file, first);
    options.readers = 3;
    export_now(&trial); /* over the former one */
    each_file(hash_file, second);
    cr_assert_eq(json_object_size(first), 19u);
    cr_assert(json_equal(first, second));
    json_decref(first);
    json_decref(second);
    trial_close(&trial);
}

Test(export, says_in_the_manifest_what_the_files_are)
{
    struct trial trial;
    fill(&trial, 3);
    export_now(&trial);
    json_t *hashes = json_object();
    each_file(hash_file, hashes);
    char *text = read_out("manifest.json");
    json_t *manifest = json_loads(text, 0, NULL);
    const json_t *files = json_object_get(manifest, "files");
    cr_assert_eq(json_array_size(files), 18u);
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);
        const char *name = json_string_value(json_object_get(file, "file"));
        cr_assert_str_eq(json_string_value(json_object_get(file, "sha256")),
                         json_string_value(json_object_get(hashes, name)));
        if (strcmp(name, "alsfrsr.csv") == 0)
            cr_assert_eq(json_integer_value(json_object_get(file, "rows")), 9);
    }
    const json_t *study = json_object_get(manifest, "study");
    char head[65];
    struct als_err err = {.status = ALS_OK};
    trial_ok(als_audit_head(trial.store, head, &err), &err);
    cr_assert_str_eq(json_string_value(json_object_get(study, "trail_head")), head);
    cr_assert_str_eq(json_string_value(json_object_get(manifest, "as_of")), "2017-01-01");
    json_decref(manifest);
    json_decref(hashes);
    free(text);
    trial_close(&trial);
}

static int run_python(const char *script)
{
    char command[1024];
    snprintf(command, sizeof command, "cd '%s' && python3 -B -c '%s'", out, script);
    return system(command);
}

Test(export, loads_with_its_python_loader)
{
    struct trial trial;
    fill(&trial, 3);
    if (system("python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null") != 0)
        cr_skip_test("no python3 of at least 3.10");
    options.bom = true;
    export_now(&trial);
    cr_assert_eq(run_python("import load; s = load.load_study()\n"
                            "assert len(s[\"alsfrsr\"]) == 9\n"
                            "assert s[\"patients\"][1][\"patient\"] == \"P, \\\"2\\\"\"\n"
                            "assert s[\"adverse_events\"][0][\"term\"] == \"head\\nache\"\n"
                            "assert s[\"adverse_events\"][0][\"serious\"] is False\n"
                            "assert s[\"cohort\"][0][\"alsfrsr_total_baseline\"] == 40\n"
                            "assert str(s[\"alsfrsr\"][1][\"date\"]) == \"2016-01-04\"\n"
                            "assert s[\"fvc\"][1][\"litres\"] is None\n"),
                 0);
    trial_close(&trial);
}

Test(export, leaves_a_folder_of_others_alone)
{
    struct trial trial;
    fill(&trial, 1);
    struct als_err err = {.status = ALS_OK};
    char path[400];
    export_now(&trial);
    snprintf(path, sizeof path, "%s/my-analysis.R", out);
    test_write_file(path, "summary(1)\n");
    char *before = read_out("manifest.json");
    trial_begin(&trial);
    trial_patient(&trial, "P999", NULL);
    trial_commit(&trial);
    cr_assert_eq(als_export_csv(trial.store, &options, NULL, &err), ALS_CANNOT_CREATE);
    cr_assert_not_null(strstr(err.text, "my-analysis.R"), "%s", err.text);
    char *after = read_out("manifest.json");
    cr_assert_str_eq(before, after);
    free(before);
    free(after);
    /* Nothing temporary is left beside it. */
    size_t entries = 0;
    DIR *folder = opendir(trial.folder);
    while (readdir(folder))
        entries++;
    closedir(folder);
    cr_assert_eq(entries, 4u, "., .., study.db and out");
    trial_close(&trial);
}

Test(export, fills_an_empty_folder_and_one_named_with_a_slash)
{
    struct trial trial;
    fill(&trial, 1);
    cr_assert_eq(mkdir(out, 0755), 0);
    char slashed[320];
    snprintf(slashed, sizeof slashed, "%s//", out);
    options.folder = slashed;
    export_now(&trial);
    free(read_out("manifest.json"));
    trial_close(&trial);
}

Test(export, refuses_a_folder_that_cannot_be)
{
    struct trial trial;
    fill(&trial, 1);
    struct als_err err = {.status = ALS_OK};
    static const char *const wrong[] = {"/", "/nonexistent/place/out", "/dev/null"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        options.folder = wrong[i];
        cr_expect_eq(als_export_csv(trial.store, &options, NULL, &err), ALS_CANNOT_CREATE, "%s",
                     wrong[i]);
    }
    trial_close(&trial);
}

Test(export, of_a_study_without_patients_has_headers_only)
{
    struct trial trial;
    fill(&trial, 0);
    export_now(&trial);
    char *text = read_out("alsfrsr.csv");
    cr_assert_eq(strchr(text, '\n') + 1, text + strlen(text));
    free(text);
    trial_close(&trial);
}

Test(wide, is_the_same_file_for_any_number_of_readers)
{
    struct trial trial;
    fill(&trial, 900);
    struct als_err err = {.status = ALS_OK};
    char one[65], many[65], path[400];
    size_t rows_one, rows_many;
    snprintf(path, sizeof path, "%s/wide.csv", trial.folder);
    trial_ok(als_export_wide(trial.store, "alsfrsr", path, 1, one, &rows_one, &err), &err);
    trial_ok(als_export_wide(trial.store, "alsfrsr", path, 4, many, &rows_many, &err), &err);
    cr_assert_str_eq(one, many);
    cr_assert_eq(rows_one, 2700u);
    cr_assert_eq(rows_many, 2700u);
    char hex[65];
    trial_ok(als_sha256_file(path, hex, &err), &err);
    cr_assert_str_eq(hex, one);
    cr_assert_eq(als_export_wide(trial.store, "norris", path, 1, one, &rows_one, &err), ALS_USAGE);
    trial_close(&trial);
}

Test(recount, finds_a_flipped_byte_and_a_lost_row)
{
    char folder[256], path[300];
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    struct als_dataset *dataset = als_dataset_new(arena, "x.csv", "test", "a");
    als_dataset_add(dataset, "a", "A", ALS_FIELD_TEXT, NULL);
    als_dataset_add(dataset, "b", "B", ALS_FIELD_TEXT, NULL);
    static const char right[] = "a,b\n1,\"x\"\"y\n,\"\n22,\n";
    snprintf(path, sizeof path, "%s/x.csv", test_folder(folder));
    test_write_file(path, right);
    dataset->rows = 2;
    dataset->bytes = strlen(right);
    trial_ok(als_sha256_file(path, dataset->sha256, &err), &err);
    trial_ok(als_recount(path, dataset, &err), &err);
    cr_assert_eq(dataset->fields[0].widest, 2u);
    cr_assert_eq(dataset->fields[1].widest, 5u);
    static const char *const wrong[] = {"a,b\n2,\"x\"\"y\n,\"\n22,\n", "a,b\n1,\"x\"\"y\n,\"\n",
                                        "a,b\n1,\"x\"\"y\n,\"\n22\n", "a,b\n1,\"x\"\"y\n,\n22,\n"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        test_write_file(path, wrong[i]);
        cr_expect_eq(als_recount(path, dataset, &err), ALS_IO, "case %zu", i);
    }
    als_arena_free(arena);
    unlink(path);
    rmdir(folder);
    assert_no_leaks();
}
