/* What the names in a condition stand for, and its truth, through a table of what was evaluated
 * before. */
#include <math.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "judge_int.h"

#define TABLE_MOST 4096 /* combinations of answers that a table may have */

/* Ranks that an item may have, 0 among them; 0 when there are too many. */
static size_t rank_count(const struct als_item *item)
{
    if (item->type == ALS_ITEM_CHOICE && item->n_choices < ALS_NO_RANK - 1)
        return item->n_choices + 1;
    if (item->type == ALS_ITEM_YESNO)
        return 3;
    if (item->type == ALS_ITEM_INTEGER && item->has_min && item->has_max &&
        item->max - item->min < ALS_NO_RANK - 2)
        return (size_t)(item->max - item->min) + 2;
    return 0;
}

uint8_t als_rank(const struct als_item *item, const struct als_value *value)
{
    if (value->kind == ALS_VALUE_MISSING)
        return 0;
    if (rank_count(item) == 0)
        return ALS_NO_RANK;
    if (item->type == ALS_ITEM_YESNO)
        return (uint8_t)(1 + value->integer);
    if (item->type == ALS_ITEM_INTEGER)
        return (uint8_t)(1 + value->integer - (int64_t)ceil(item->min));
    for (size_t i = 0; i < item->n_choices; i++)
        if (item->numeric_choice
                ? item->choices[i].number == value->integer
                : strlen(item->choices[i].code) == value->length &&
                      memcmp(item->choices[i].code, value->text, value->length) == 0)
            return (uint8_t)(1 + i);
    return ALS_NO_RANK;
}

/* ---- Names ---- */

static const struct {
    const char *name;
    enum source_kind kind;
} fixed_names[] = {{"months", FROM_MONTHS},
                   {"rater.changed", FROM_RATER},
                   {"mode", FROM_MODE},
                   {"patient.sex", FROM_SEX},
                   {"patient.age", FROM_AGE}};
static const struct {
    const char *prefix;
    enum source_kind of_item, of_score;
} prefixes[] = {{"previous.", FROM_PREVIOUS, FROM_PREVIOUS_SCORE},
                {"change.", FROM_CHANGE, FROM_CHANGE_SCORE},
                {"answered.", FROM_ANSWERED, FROM_NOTHING},
                {"", FROM_ITEM, FROM_SCORE}};

static struct source find_source(const struct als_instrument *instrument, const char *name,
                                 ptrdiff_t each)
{
    for (size_t i = 0; i < sizeof fixed_names / sizeof fixed_names[0]; i++)
        if (strcmp(name, fixed_names[i].name) == 0)
            return (struct source){.kind = fixed_names[i].kind};
    if (strncmp(name, "event.", 6) == 0)
        return (struct source){.kind = FROM_EVENT, .event = name + 6};
    size_t p = 0;
    while (strncmp(name, prefixes[p].prefix, strlen(prefixes[p].prefix)) != 0)
        p++;
    name += strlen(prefixes[p].prefix);
    const ptrdiff_t item =
        each >= 0 && strcmp(name, "item") == 0 ? each : als_instrument_item(instrument, name);
    if (item >= 0)
        return (struct source){.kind = prefixes[p].of_item, .index = (size_t)item};
    const ptrdiff_t score = als_instrument_score(instrument, name);
    if (score >= 0)
        return (struct source){.kind = prefixes[p].of_score, .index = (size_t)score};
    return (struct source){.kind = FROM_NOTHING};
}

/* Values that a source may have in a table; 0: too many. */
static size_t value_count(const struct als_instrument *instrument, const struct source *source)
{
    switch (source->kind) {
    case FROM_NOTHING:
        return 1;
    case FROM_ITEM:
    case FROM_PREVIOUS:
        return rank_count(&instrument->items[source->index]);
    case FROM_CHANGE: {
        const size_t n = rank_count(&instrument->items[source->index]);
        return n * n;
    }
    case FROM_ANSWERED:
    case FROM_EVENT:
        return 2;
    case FROM_RATER:
        return 3;
    default:
        return 0;
    }
}

static void note_looks(struct als_judge *judge, const struct source *source)
{
    switch (source->kind) {
    case FROM_PREVIOUS:
    case FROM_CHANGE:
    case FROM_PREVIOUS_SCORE:
    case FROM_CHANGE_SCORE:
    case FROM_MONTHS:
    case FROM_RATER:
        judge->looks_back = true;
        break;
    default:
        break;
    }
}

/* The item that a score only copies; -1 for any other. */
static ptrdiff_t item_copied(const struct als_instrument *instrument, const struct source *source)
{
    const bool is_score = source->kind == FROM_SCORE || source->kind == FROM_PREVIOUS_SCORE ||
                          source->kind == FROM_CHANGE_SCORE;
    if (!is_score || instrument->scores[source->index].kind != ALS_SCORE_COPY)
        return -1;
    return (ptrdiff_t)instrument->scores[source->index].items[0];
}

static bool is_about_item(const struct source *source)
{
    return source->kind == FROM_ITEM || source->kind == FROM_PREVIOUS ||
           source->kind == FROM_CHANGE || source->kind == FROM_ANSWERED;
}

/* The one item whose answers alone decide; -1 if there is none. */
static ptrdiff_t own_item(const struct condition *condition)
{
    const struct source *sources = condition->sources;
    if (!condition->table || condition->expr->n_names == 0 || sources[0].width == 0)
        return -1;
    for (size_t i = 0; i < condition->expr->n_names; i++)
        if (!is_about_item(&sources[i]) || sources[i].index != sources[0].index)
            return -1;
    return (ptrdiff_t)sources[0].index;
}

void judge_prepare(struct als_judge *judge, struct condition *condition,
                   const struct als_expr *expr, ptrdiff_t item)
{
    condition->expr = expr;
    condition->item = item;
    condition->own_item = -1;
    if (!expr)
        return;
    condition->sources =
        als_arena_array(judge->arena, expr->n_names + 1, sizeof *condition->sources);
    size_t combinations = 1;
    for (size_t i = 0; i < expr->n_names; i++) {
        struct source *source = &condition->sources[i];
        *source = find_source(judge->instrument, expr->names[i], item);
        source->stride = combinations;
        if (is_about_item(source))
            source->width = rank_count(&judge->instrument->items[source->index]);
        const size_t n = value_count(judge->instrument, source);
        combinations = combinations <= TABLE_MOST ? combinations * n : 0;
        if (condition->item < 0 && is_about_item(source))
            condition->item = (ptrdiff_t)source->index;
        else if (condition->item < 0)
            condition->item = item_copied(judge->instrument, source);
        if (condition->rule)
            note_looks(judge, source);
    }
    if (combinations > 0 && combinations <= TABLE_MOST)
        condition->table = als_arena_take(judge->arena, combinations);
    condition->own_item = own_item(condition);
}

/* ---- Values ---- */

static double score_of(struct als_judge *judge, struct als_score_cache *cache,
                       const struct als_sitting *sitting, size_t score)
{
    if (!cache->known[score]) {
        cache->values[score] =
            als_score_compute(judge->instrument, score, sitting->values, &sitting->person).value;
        cache->known[score] = true;
    }
    return cache->values[score];
}

static struct als_value number_value(double number)
{
    if (isnan(number))
        return ALS_MISSING_VALUE;
    return (struct als_value){.kind = ALS_VALUE_NUMBER, .number = number};
}

static struct als_value truth_value(bool truth)
{
    return (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = truth};
}

static struct als_value text_value(const char *text)
{
    if (!text)
        return ALS_MISSING_VALUE;
    return (struct als_value){.kind = ALS_VALUE_TEXT, .text = text, .length = strlen(text)};
}

/* The two numbers that a change is between; NAN when not known. */
static void change_ends(struct als_judge *judge, const struct source *source, double *from,
                        double *to)
{
    const struct als_judge_input *input = judge->input;
    *from = *to = NAN;
    if (!input->previous)
        return;
    if (source->kind == FROM_CHANGE || source->kind == FROM_PREVIOUS) {
        (void)als_value_number(&input->previous->values[source->index], from);
        (void)als_value_number(&input->now.values[source->index], to);
    } else {
        *from = score_of(judge, &judge->previous_scores, input->previous, source->index);
        *to = score_of(judge, &judge->scores, &input->now, source->index);
    }
}

static bool happened(const struct als_judge_input *input, const char *event)
{
    for (size_t i = 0; i < input->n_events; i++)
        if (input->events[i].date.day != ALS_NO_DAY &&
            input->events[i].date.day <= input->now.day &&
            strcmp(input->events[i].event, event) == 0)
            return true;
    return false;
}

/* 0 unknown, 1 the same, 2 another. */
static size_t rater_change(const struct als_judge_input *input)
{
    if (!input->previous || !input->previous->rater || !input->now.rater)
        return 0;
    return strcmp(input->previous->rater, input->now.rater) == 0 ? 1 : 2;
}

static struct als_value value_of(struct als_judge *judge, const struct source *source)
{
    const struct als_judge_input *input = judge->input;
    const struct als_sitting *previous = input->previous;
    double from, to;
    switch (source->kind) {
    case FROM_NOTHING:
        break;
    case FROM_ITEM:
        return input->now.values[source->index];
    case FROM_ANSWERED:
        return truth_value(input->now.values[source->index].kind != ALS_VALUE_MISSING);
    case FROM_PREVIOUS:
        return previous ? previous->values[source->index] : ALS_MISSING_VALUE;
    case FROM_SCORE:
        return number_value(score_of(judge, &judge->scores, &input->now, source->index));
    case FROM_PREVIOUS_SCORE:
        change_ends(judge, source, &from, &to);
        return number_value(from);
    case FROM_CHANGE:
    case FROM_CHANGE_SCORE:
        change_ends(judge, source, &from, &to);
        return number_value(to - from);
    case FROM_EVENT:
        return truth_value(happened(input, source->event));
    case FROM_MONTHS:
        return number_value(previous ? (input->now.day - previous->day) / ALS_DAYS_PER_MONTH : NAN);
    case FROM_RATER:
        return rater_change(input) == 0 ? ALS_MISSING_VALUE : truth_value(rater_change(input) == 2);
    case FROM_MODE:
        return text_value(input->now.mode);
    case FROM_SEX:
        return text_value(input->now.person.sex == ALS_SEX_MALE     ? "M"
                          : input->now.person.sex == ALS_SEX_FEMALE ? "F"
                                                                    : NULL);
    case FROM_AGE:
        return number_value(input->now.person.age_years);
    }
    return ALS_MISSING_VALUE;
}

/* ---- Truth ---- */

static enum als_truth evaluate(struct als_judge *judge, const struct condition *condition)
{
    for (size_t i = 0; i < condition->expr->n_names; i++)
        judge->names[i] = value_of(judge, &condition->sources[i]);
    return als_expr_truth(condition->expr, judge->names);
}

#define NO_PLACE SIZE_MAX

static size_t place_of_rank(uint8_t rank)
{
    return rank == ALS_NO_RANK ? NO_PLACE : rank;
}

/* Place of the source's value in the table; NO_PLACE: it has none. */
static size_t place_of(const struct als_judge *judge, const struct source *source)
{
    switch (source->kind) {
    case FROM_ITEM:
        return place_of_rank(judge->ranks[source->index]);
    case FROM_PREVIOUS:
        return place_of_rank(judge->previous_ranks[source->index]);
    case FROM_CHANGE: {
        const size_t now = judge->ranks[source->index];
        const size_t before = judge->previous_ranks[source->index];
        if (now == ALS_NO_RANK || before == ALS_NO_RANK)
            return NO_PLACE;
        return before * source->width + now;
    }
    case FROM_ANSWERED:
        return judge->ranks[source->index] != 0;
    case FROM_EVENT:
        return happened(judge->input, source->event);
    case FROM_RATER:
        return rater_change(judge->input);
    default:
        return 0;
    }
}

enum als_truth judge_truth(struct als_judge *judge, struct condition *condition)
{
    if (!condition->table)
        return evaluate(judge, condition);
    size_t at = 0;
    for (size_t i = 0; i < condition->expr->n_names; i++) {
        const size_t place = place_of(judge, &condition->sources[i]);
        if (place == NO_PLACE)
            return evaluate(judge, condition);
        at += condition->sources[i].stride * place;
    }
    if (condition->table[at] == 0)
        condition->table[at] = (uint8_t)(1 + evaluate(judge, condition));
    return (enum als_truth)(condition->table[at] - 1);
}

static bool names_months(const struct condition *condition)
{
    for (size_t i = 0; i < condition->expr->n_names; i++)
        if (condition->sources[i].kind == FROM_MONTHS)
            return true;
    return false;
}

static void say_ends(struct als_judge *judge, const struct condition *condition, double from,
                     double to, struct als_buf *out)
{
    char text[ALS_NUM_TEXT];
    als_num_format(round(100 * from) / 100, text);
    als_buf_printf(out, " (%s, now ", text);
    als_num_format(round(100 * to) / 100, text);
    als_buf_text(out, text);
    if (names_months(condition)) {
        const int days = judge->input->now.day - judge->input->previous->day;
        als_buf_printf(out, ", %d day%s later", days, days == 1 ? "" : "s");
    }
    als_buf_char(out, ')');
}

void judge_say_change(struct als_judge *judge, const struct condition *condition,
                      struct als_buf *out)
{
    for (size_t i = 0; i < condition->expr->n_names; i++) {
        const struct source *source = &condition->sources[i];
        double from, to;
        if (source->kind != FROM_PREVIOUS && source->kind != FROM_CHANGE &&
            source->kind != FROM_PREVIOUS_SCORE && source->kind != FROM_CHANGE_SCORE)
            continue;
        change_ends(judge, source, &from, &to);
        if (isnan(from) || isnan(to))
            continue;
        say_ends(judge, condition, from, to, out);
        return;
    }
}

double judge_score(struct als_judge *judge, const struct condition *condition)
{
    for (size_t i = 0; i < condition->expr->n_names; i++) {
        const struct source *source = &condition->sources[i];
        if (source->kind == FROM_SCORE || source->kind == FROM_PREVIOUS_SCORE ||
            source->kind == FROM_CHANGE_SCORE)
            return score_of(judge, &judge->scores, &judge->input->now, source->index);
    }
    return NAN;
}
