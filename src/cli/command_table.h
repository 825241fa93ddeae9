/*
 * The table of commands comes in sections, one file each (commands_*.c), in the order of help and
 * manual. A noun's commands are neighbours in one section. Here: the sections, and the options that
 * several commands share.
 */
#ifndef ALSTRACK_CLI_COMMAND_TABLE_H
#define ALSTRACK_CLI_COMMAND_TABLE_H

#include "command.h"

struct als_command_section {
    const struct als_command *items;
    size_t count;
};
extern const struct als_command_section als_commands_define, als_commands_record,
    als_commands_result, als_commands_question, als_commands_people, als_commands_keep,
    als_commands_help;

#define STUDY  ALS_CMD_STUDY
#define WRITES (ALS_CMD_STUDY | ALS_CMD_WRITES)
#define TABLE  ALS_CMD_TABLE
#define AS_OF  ALS_CMD_AS_OF

#define INSTRUMENT_FILE                                                                            \
    {                                                                                              \
        .name = "instrument", .value = "FILE", .help = "an instrument of your own",                \
        .repeats = true                                                                            \
    }
#define REASON                                                                                     \
    {                                                                                              \
        .name = "reason", .value = "TEXT",                                                         \
        .help = "why stored values change; required if any does"                                   \
    }
#define CONFIRM                                                                                    \
    {                                                                                              \
        .name = "confirm", .value = "CODE=TEXT",                                                   \
        .help = "why a doubtful value is right; else its query stays open", .repeats = true        \
    }
#define BY                                                                                         \
    {                                                                                              \
        .name = "by", .value = "arm|cohort|site|sex|onset_site", .help = "group patients by this"  \
    }
#define COVARIATE                                                                                  \
    {                                                                                              \
        .name = "covariate", .value = "NAME", .help = "baseline covariate", .repeats = true        \
    }
#define REFERENCE                                                                                  \
    {                                                                                              \
        .name = "reference", .value = "GROUP", .help = "group the others are compared with"        \
    }
#define PAV_OPTIONS                                                                                \
    {.name = "pav-hours",                                                                          \
     .value = "HOURS",                                                                             \
     .help = "permanent ventilation: more than so many hours a day (22)"},                         \
    {                                                                                              \
        .name = "pav-days", .value = "DAYS", .help = "on more than so many consecutive days (7)"   \
    }
#define PATIENT_OPTIONS                                                                            \
    {.name = "site", .value = "SITE", .help = "site code of the protocol"},                        \
        {.name = "sex", .value = "F|M|", .help = "F or M"},                                        \
        {.name = "birth-date", .value = "DATE", .help = "may be partial: YYYY-MM or YYYY"},        \
        {.name = "height", .value = "CM", .help = "height in centimetres"},                        \
        {.name = "arm", .value = "ARM", .help = "treatment arm"},                                  \
        {.name = "cohort", .value = "COHORT", .help = "cohort code of the protocol"},              \
    {                                                                                              \
        .name = "onset-site", .value = "TEXT", .help = "where the disease began: bulbar, spinal"   \
    }
#define AE_OPTIONS                                                                                 \
    {.name = "visit", .value = "VISIT", .help = "visit at which it was recorded"},                 \
        {.name = "onset", .value = "DATE", .help = "may be partial"},                              \
        {.name = "end", .value = "DATE", .help = "may be partial; empty while it lasts"},          \
        {.name = "grade", .value = "N", .help = "severity in the protocol's system"},              \
        {.name = "serious", .value = "yes|no|", .help = "serious by regulation"},                  \
        {.name = "relation", .value = "TEXT", .help = "causality categories, ; between several"},  \
        {.name = "action", .value = "TEXT", .help = "action taken"},                               \
        {.name = "outcome", .value = "TEXT", .help = "outcome"},                                   \
    {                                                                                              \
        .name = "dlt", .value = "yes|no|", .help = "dose-limiting toxicity"                        \
    }

#endif
