/* The table of commands, section by section. */
#include "command_table.h"

const char *const als_group_titles[ALS_GROUP_COUNT] = {
    [ALS_GROUP_STUDY] = "Start a study",
    [ALS_GROUP_DEFINE] = "Protocols and instruments",
    [ALS_GROUP_RECORD] = "Patients, visits and what was measured",
    [ALS_GROUP_RESULT] = "Results, charts and files",
    [ALS_GROUP_PEOPLE] = "People, locks and signatures",
    [ALS_GROUP_KEEP] = "Keep the study",
    [ALS_GROUP_HELP] = "Help",
};

static const struct als_command_section *const sections[] = {
    &als_commands_define, &als_commands_record, &als_commands_result, &als_commands_question,
    &als_commands_people, &als_commands_keep,   &als_commands_help};

const struct als_command *als_command_at(size_t index)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        if (index < sections[i]->count)
            return &sections[i]->items[index];
        index -= sections[i]->count;
    }
    return NULL;
}

size_t als_command_count(void)
{
    size_t n = 0;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        n += sections[i]->count;
    return n;
}
