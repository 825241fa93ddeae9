/* Reading a command line against the command table. */
#include "option.h"

#include <string.h>

#include "alstrack/core/date.h"
#include "alstrack/core/diag.h"
#include "alstrack/core/utf8.h"
#include "help.h"

/* How a word of the command line looks before the command's own options are known. */
struct word {
    const char *name;  /* option name or letter; NULL for an operand */
    size_t length;     /* of name */
    const char *value; /* after '='; NULL if there is none */
    bool letter;
};

static struct word look_at(const char *text)
{
    struct word word = {0};
    if (text[0] != '-' || text[1] == '\0')
        return word;
    if (text[1] != '-') {
        word.letter = true;
        word.name = text + 1;
        word.length = 1;
        word.value = text[2] == '=' ? text + 3 : text[2] ? text + 2 : NULL;
        return word;
    }
    word.name = text + 2;
    word.length = strcspn(word.name, "=");
    word.value = word.name[word.length] ? word.name + word.length + 1 : NULL;
    return word;
}

static bool is_called(const struct als_option *option, const struct word *word)
{
    if (word->letter)
        return option->letter == word->name[0];
    return strlen(option->name) == word->length &&
           memcmp(option->name, word->name, word->length) == 0;
}

static const struct als_option *option_of(const struct als_command *command,
                                          const struct word *word)
{
    const struct als_option *options[ALS_COMMAND_OPTIONS];
    size_t n = als_command_options(command, options);
    for (size_t i = 0; i < n; i++)
        if (is_called(options[i], word))
            return options[i];
    return NULL;
}

static const struct als_option *anywhere(const struct word *word)
{
    for (size_t i = 0; i < als_command_count(); i++) {
        const struct als_option *option = option_of(als_command_at(i), word);
        if (option)
            return option;
    }
    return NULL;
}

const struct als_option *als_option_anywhere(const char *name, size_t length)
{
    struct word word = {.name = name, .length = length, .letter = length == 1};
    return anywhere(&word);
}

/* The first two words that are neither options nor their values, and whether help or the version is
 * asked for anywhere. */
struct outline {
    int noun, verb; /* places in argv, 0 if none */
    bool help, version;
};

static struct outline outline_of(int argc, char *const *argv)
{
    struct outline outline = {0};
    for (int i = 1; i < argc; i++) {
        struct word word = look_at(argv[i]);
        if (!word.name) {
            if (!outline.noun)
                outline.noun = i;
            else if (!outline.verb)
                outline.verb = i;
            continue;
        }
        if (!word.letter && word.length == 0)
            break;
        if (!word.letter && !word.value && word.length == 7 && memcmp(word.name, "version", 7) == 0)
            outline.version = true;
        const struct als_option *option = anywhere(&word);
        if (!option)
            continue;
        if (strcmp(option->name, "help") == 0)
            outline.help = true;
        if (option->value && !word.value)
            i++;
    }
    return outline;
}

static enum als_status unknown_command(const char *noun, struct als_err *err)
{
    const char *names[128];
    size_t n = 0;
    for (size_t i = 0; i < als_command_count() && n < 128; i++)
        if (!(als_command_at(i)->flags & ALS_CMD_HIDDEN))
            names[n++] = als_command_at(i)->noun;
    const char *nearest = als_nearest(noun, names, n);
    enum als_status status =
        als_fail(err, ALS_USAGE, "E-COMMAND", "there is no command '%s'", noun);
    if (nearest)
        als_err_hint(err, "did you mean 'alstrack %s'?", nearest);
    else
        als_err_hint(err, "'alstrack --help' lists the commands");
    return status;
}

static enum als_status unknown_verb(const struct als_command *first, size_t count, const char *verb,
                                    struct als_err *err)
{
    const char *names[16];
    char list[200] = "";
    for (size_t i = 0; i < count && i < 16; i++) {
        names[i] = first[i].verb;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", first[i].verb);
    }
    if (!verb) {
        enum als_status status =
            als_fail(err, ALS_USAGE, "E-COMMAND", "'alstrack %s' needs a verb", first->noun);
        als_err_hint(err, "one of %s", list);
        return status;
    }
    const char *nearest = als_nearest(verb, names, count < 16 ? count : 16);
    enum als_status status =
        als_fail(err, ALS_USAGE, "E-COMMAND", "there is no '%s %s'", first->noun, verb);
    if (nearest)
        als_err_hint(err, "did you mean 'alstrack %s %s'?", first->noun, nearest);
    else
        als_err_hint(err, "one of %s", list);
    return status;
}

static enum als_status unknown_option(const struct als_command *command, const struct word *word,
                                      struct als_err *err)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)word->length, word->name);
    char command_name[64];
    als_command_name(command, command_name);
    const struct als_option *options[ALS_COMMAND_OPTIONS];
    const char *names[ALS_COMMAND_OPTIONS];
    size_t n = als_command_options(command, options);
    for (size_t i = 0; i < n; i++)
        names[i] = options[i]->name;
    const char *nearest = word->letter ? NULL : als_nearest(name, names, n);
    enum als_status status = als_fail(err, ALS_USAGE, "E-OPTION", "'%s' has no option %s%s",
                                      command_name, word->letter ? "-" : "--", name);
    if (nearest)
        als_err_hint(err, "did you mean --%s?", nearest);
    else
        als_err_hint(err, "'alstrack %s --help' lists its options", command_name);
    return status;
}

bool als_choice_holds(const char *choices, const char *word)
{
    if (!strchr(choices, '|'))
        return true;
    size_t length = strlen(word);
    for (const char *at = choices;; at++) {
        size_t n = strcspn(at, "|");
        if (n == length && memcmp(at, word, n) == 0)
            return true;
        at += n;
        if (!*at)
            return false;
    }
}

static bool was_given(const struct als_given *given, size_t n, const struct als_option *option)
{
    for (size_t i = 0; i < n; i++)
        if (given[i].option == option)
            return true;
    return false;
}

/* Take the option at argv[*at], moving *at to its value if that is a word of its own. */
static enum als_status take_option(const struct als_command *command, int argc, char *const *argv,
                                   int *at, struct als_given *given, size_t *n_given,
                                   struct als_err *err)
{
    struct word word = look_at(argv[*at]);
    const struct als_option *option = option_of(command, &word);
    if (!option)
        return unknown_option(command, &word, err);
    const char *value = word.value;
    if (!option->value && value)
        return als_fail(err, ALS_USAGE, "E-OPTION", "--%s takes no value", option->name);
    if (option->value && !value) {
        if (*at + 1 >= argc)
            return als_fail(err, ALS_USAGE, "E-OPTION", "--%s needs a value: %s", option->name,
                            option->value);
        value = argv[++*at];
    }
    if (value && !als_choice_holds(option->value, value))
        return als_fail(err, ALS_USAGE, "E-OPTION", "--%s is one of %.*s, not '%s'", option->name,
                        als_help_value_length(option->value), option->value, value);
    if (!option->repeats && was_given(given, *n_given, option))
        return als_fail(err, ALS_USAGE, "E-OPTION", "--%s is given twice", option->name);
    given[(*n_given)++] = (struct als_given){option, value};
    return ALS_OK;
}

/* Names of files may be any bytes; all other words must be UTF-8. */
static bool is_path(const char *what)
{
    return strcmp(what, "FILE") == 0 || strcmp(what, "DIR") == 0 || strcmp(what, "STUDY.db") == 0;
}

static enum als_status check_words(const struct als_command *command, const struct als_args *args,
                                   struct als_err *err)
{
    struct als_operand operands[8];
    const size_t n = als_command_operands(command, operands, 8);
    /* Words that a command does not take are refused as such: check_operands. */
    for (size_t i = 0; n > 0 && i < args->n_operands; i++) {
        const struct als_operand *operand = &operands[i < n ? i : n - 1];
        if (!is_path(operand->name) &&
            !als_utf8_is_valid(args->operands[i], strlen(args->operands[i])))
            return als_fail(err, ALS_USAGE, "E-ENCODING", "%s is not UTF-8", operand->name);
    }
    for (size_t i = 0; i < args->n_given; i++) {
        const struct als_option *option = args->given[i].option;
        if (option->value && !is_path(option->value) &&
            !als_utf8_is_valid(args->given[i].value, strlen(args->given[i].value)))
            return als_fail(err, ALS_USAGE, "E-ENCODING", "--%s is not UTF-8", option->name);
    }
    return ALS_OK;
}

static bool is_date(const char *word)
{
    struct als_date date;
    return als_date_parse(word, strlen(word), &date);
}

static enum als_status check_operands(const struct als_command *command,
                                      const struct als_args *args, struct als_err *err)
{
    struct als_operand operands[8];
    size_t n = als_command_operands(command, operands, 8);
    size_t least = 0;
    bool endless = false;
    for (size_t i = 0; i < n; i++) {
        least += !operands[i].optional;
        endless |= operands[i].repeats;
    }
    enum als_status status = ALS_OK;
    char name[64];
    als_command_name(command, name);
    if (args->n_operands < least)
        status =
            als_fail(err, ALS_USAGE, "E-OPERAND", "%s is missing", operands[args->n_operands].name);
    else if (args->n_operands > n && !endless)
        status =
            als_fail(err, ALS_USAGE, "E-OPERAND", "'%s' is one word too many", args->operands[n]);
    if (status && args->n_operands > n && is_date(args->operands[n]) &&
        option_of(command, &(struct word){.name = "date", .length = 4}))
        als_err_hint(err, "--date %s says which", args->operands[n]);
    else if (status)
        als_err_hint(err, "usage: alstrack %s%s%s", name, *command->operands ? " " : "",
                     command->operands);
    return status;
}

static enum als_status find_command(const struct outline *outline, char *const *argv,
                                    struct als_args *args, struct als_err *err)
{
    const char *noun = argv[outline->noun];
    const char *verb = outline->verb ? argv[outline->verb] : NULL;
    size_t count;
    const struct als_command *first = als_command_find_noun(noun, &count);
    if (!first)
        return unknown_command(noun, err);
    args->noun = first->noun;
    args->command = als_command_find(noun, verb);
    if (!args->command && !(args->help && !verb))
        return unknown_verb(first, count, verb, err);
    return ALS_OK;
}

static enum als_status no_command(int argc, char *const *argv, struct als_err *err)
{
    for (int i = 1; i < argc; i++) {
        struct word word = look_at(argv[i]);
        if (!word.name || (!word.letter && word.length == 0))
            continue;
        const struct als_option *option = anywhere(&word);
        if (!option) {
            enum als_status status =
                als_fail(err, ALS_USAGE, "E-OPTION", "there is no option %s", argv[i]);
            als_err_hint(err, "'alstrack --help' says what there is");
            return status;
        }
        if (option->value && !word.value)
            i++;
    }
    return ALS_OK;
}

/* -d and --user count also when no command is named: `alstrack -d STUDY.db` shows the study. */
static void take_bare_options(int argc, char *const *argv, struct als_given *given, size_t *n)
{
    for (int i = 1; i < argc; i++) {
        struct word word = look_at(argv[i]);
        const struct als_option *option = word.name ? anywhere(&word) : NULL;
        if (!option)
            continue;
        const char *value = word.value;
        if (option->value && !value && i + 1 < argc)
            value = argv[++i];
        given[(*n)++] = (struct als_given){option, value};
    }
}

enum als_status als_args_parse(struct als_arena *arena, int argc, char *const *argv,
                               struct als_args *args, struct als_err *err)
{
    struct outline outline = outline_of(argc, argv);
    struct als_given *given = als_arena_array(arena, (size_t)argc + 1, sizeof *given);
    const char **operands = als_arena_array(arena, (size_t)argc + 1, sizeof *operands);
    *args = (struct als_args){.given = given,
                              .operands = operands,
                              .help = outline.help,
                              .version = outline.version && !outline.noun};
    if (!outline.noun) {
        take_bare_options(argc, argv, given, &args->n_given);
        return args->help || args->version ? ALS_OK : no_command(argc, argv, err);
    }
    enum als_status status = find_command(&outline, argv, args, err);
    if (status || args->help)
        return status;
    bool ended = false;
    for (int i = 1; i < argc; i++) {
        if (i == outline.noun || (args->command->verb && i == outline.verb))
            continue;
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
            continue;
        }
        if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
            operands[args->n_operands++] = argv[i];
            continue;
        }
        status = take_option(args->command, argc, argv, &i, given, &args->n_given, err);
        if (status)
            return status;
    }
    status = check_words(args->command, args, err);
    return status ? status : check_operands(args->command, args, err);
}

static const struct als_option *option_named(const struct als_args *args, const char *name)
{
    struct word word = {.name = name, .length = strlen(name)};
    return args->command ? option_of(args->command, &word) : NULL;
}

bool als_args_takes(const struct als_args *args, const char *name)
{
    return option_named(args, name) != NULL;
}

static const struct als_option *must_have(const struct als_args *args, const char *name)
{
    const struct als_option *option = option_named(args, name);
    if (args->command && !option)
        als_bug("%s %s has no option %s", args->command->noun,
                args->command->verb ? args->command->verb : "", name);
    return option;
}

const char *als_args_text(const struct als_args *args, const char *name)
{
    size_t position = 0;
    return als_args_next(args, name, &position);
}

bool als_args_chose(const struct als_args *args, const char *name, const char *word)
{
    const char *value = als_args_text(args, name);
    return value && strcmp(value, word) == 0;
}

bool als_args_flag(const struct als_args *args, const char *name)
{
    return was_given(args->given, args->n_given, must_have(args, name));
}

const char *als_args_next(const struct als_args *args, const char *name, size_t *position)
{
    must_have(args, name);
    while (*position < args->n_given) {
        const struct als_given *given = &args->given[(*position)++];
        if (strcmp(given->option->name, name) == 0)
            return given->value;
    }
    return NULL;
}

const char *als_args_operand(const struct als_args *args, size_t index)
{
    return index < args->n_operands ? args->operands[index] : NULL;
}

void als_args_add(struct als_args *args, struct als_arena *arena, const char *option,
                  const char *value)
{
    if (!option) {
        const char **operands = als_arena_array(arena, args->n_operands + 1, sizeof *operands);
        if (args->n_operands)
            memcpy(operands, args->operands, args->n_operands * sizeof *operands);
        operands[args->n_operands++] = value;
        args->operands = operands;
        return;
    }
    struct als_given *given = als_arena_array(arena, args->n_given + 1, sizeof *given);
    if (args->n_given)
        memcpy(given, args->given, args->n_given * sizeof *given);
    given[args->n_given++] = (struct als_given){must_have(args, option), value};
    args->given = given;
}
