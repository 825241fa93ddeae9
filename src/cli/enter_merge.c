/* Two people, one assessment: what the other saved meanwhile, and what is to be kept. */
#include "enter.h"

#include <string.h>

#include "alstrack/store/history.h"

/* A field in which the form and the stored row differ. */
struct difference {
    const char *label;
    const char *mine, *theirs, *was; /* in words; was: as both began */
    ptrdiff_t item;                  /* -1: of the head, by `head` */
    enum { HEAD_DATE, HEAD_MODE, HEAD_RESPONDENT, HEAD_DONE } head;
    bool take_theirs;
};

struct conflict {
    struct page *page;
    struct als_assessment theirs, was;
    bool corrects; /* there was a row when the form began */
    int64_t change;
    const char *who, *when;
    struct difference *items;
    size_t n;
};

/* ---- Who and when ---- */

static void note_author(const struct als_audit_row *row, void *context)
{
    struct conflict *conflict = context;
    char at[32];
    if (row->change_id != conflict->change)
        return;
    page_local_time(row->at_utc, at);
    conflict->who = als_arena_strdup(conflict->page->arena, row->user);
    conflict->when = als_arena_strdup(conflict->page->arena, at);
}

/* ---- What differs ---- */

static const char *item_words(struct page *page, size_t item, const struct als_value *value,
                              const char *reason)
{
    char text[300];
    if (reason && *reason)
        return als_arena_printf(page->arena, "missing: %s", reason);
    if (value->kind == ALS_VALUE_MISSING)
        return "----";
    als_value_format(&page->instrument->items[item], value, text, sizeof text);
    return als_arena_strdup(page->arena, text);
}

static const char *reason_of(const char *const *reasons, size_t item)
{
    return reasons ? reasons[item] : NULL;
}

/* What was not touched here is theirs, unless somebody says otherwise. */
static void add(struct conflict *conflict, struct difference difference)
{
    difference.take_theirs = strcmp(difference.mine, difference.was) == 0;
    if (strcmp(difference.mine, difference.theirs) != 0)
        conflict->items[conflict->n++] = difference;
}

static void compare_items(struct conflict *conflict, const struct als_assessment *mine)
{
    struct page *page = conflict->page;
    const struct als_assessment *theirs = &conflict->theirs, *was = &conflict->was;
    for (size_t i = 0; i < page->instrument->n_items; i++)
        add(conflict,
            (struct difference){
                .label = page->instrument->items[i].label,
                .mine = item_words(page, i, &mine->values[i], reason_of(mine->item_reasons, i)),
                .theirs =
                    item_words(page, i, &theirs->values[i], reason_of(theirs->item_reasons, i)),
                .was = item_words(page, i, &was->values[i], reason_of(was->item_reasons, i)),
                .item = (ptrdiff_t)i});
}

static const char *day_words(struct page *page, int day)
{
    char text[ALS_DATE_TEXT];
    return day == ALS_NO_DAY ? "none" : als_arena_strdup(page->arena, als_day_format(day, text));
}

static const char *done_words(struct page *page, const struct als_assessment *row)
{
    return row->not_done ? als_arena_printf(page->arena, "not done: %s",
                                            row->reason ? row->reason : "no reason")
                         : "done";
}

static const char *or_not_said(const char *text)
{
    return text ? text : "not said";
}

static void compare_heads(struct conflict *conflict, const struct als_assessment *mine)
{
    struct page *page = conflict->page;
    const struct als_assessment *theirs = &conflict->theirs, *was = &conflict->was;
    add(conflict, (struct difference){.label = "Status",
                                      .mine = done_words(page, mine),
                                      .theirs = done_words(page, theirs),
                                      .was = done_words(page, was),
                                      .item = -1,
                                      .head = HEAD_DONE});
    add(conflict, (struct difference){.label = "Date",
                                      .mine = day_words(page, mine->day),
                                      .theirs = day_words(page, theirs->day),
                                      .was = day_words(page, was->day),
                                      .item = -1,
                                      .head = HEAD_DATE});
    add(conflict, (struct difference){.label = "Mode",
                                      .mine = or_not_said(mine->mode),
                                      .theirs = or_not_said(theirs->mode),
                                      .was = or_not_said(was->mode),
                                      .item = -1,
                                      .head = HEAD_MODE});
    add(conflict, (struct difference){.label = "Respondent",
                                      .mine = or_not_said(mine->respondent),
                                      .theirs = or_not_said(theirs->respondent),
                                      .was = or_not_said(was->respondent),
                                      .item = -1,
                                      .head = HEAD_RESPONDENT});
}

/* The row that the form began with, which a draft may have begun long ago; an empty one if there
 * was none. */
static enum als_status load_beginning(struct conflict *conflict, struct als_err *err)
{
    struct page *page = conflict->page;
    const struct als_assessment_key key = {.patient_id = conflict->theirs.patient_id,
                                           .visit_no = conflict->theirs.visit_no,
                                           .rater_no = conflict->theirs.rater_no,
                                           .instrument = page->instrument};
    struct als_value *none = als_arena_array(page->arena, page->instrument->n_items, sizeof *none);
    enum als_status status =
        als_assessment_at(page->enter->cli->store, &key, page->expected_change, page->arena,
                          &conflict->was, &conflict->corrects, err);
    if (!conflict->corrects)
        conflict->was = (struct als_assessment){.day = ALS_NO_DAY, .values = none};
    return status;
}

static enum als_status find_conflict(struct page *page, struct conflict *conflict,
                                     struct als_err *err)
{
    struct als_assessment mine;
    *conflict = (struct conflict){.page = page, .who = "somebody", .when = "meanwhile"};
    enum als_status status = page_load_stored(page, &conflict->theirs, &conflict->change, err);
    if (!status)
        status = als_audit_each(page->enter->cli->store, note_author, conflict, err);
    if (status || conflict->change == 0)
        return status;
    status = load_beginning(conflict, err);
    if (status)
        return status;
    conflict->items =
        als_arena_array(page->arena, page->instrument->n_items + 4, sizeof *conflict->items);
    page_assessment(page, &mine);
    compare_heads(conflict, &mine);
    compare_items(conflict, &mine);
    return ALS_OK;
}

/* ---- Choosing ---- */

/* 1 to 9, then A to Z; blank when there are more. */
static char key_of(size_t difference)
{
    static const char keys[] = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return difference < sizeof keys - 1 ? keys[difference] : ' ';
}

static ptrdiff_t difference_of(const struct conflict *conflict, int key)
{
    for (size_t i = 0; i < conflict->n; i++)
        if (key != ' ' && key_of(i) == key)
            return (ptrdiff_t)i;
    return -1;
}

static void draw_conflict(const struct conflict *conflict)
{
    struct page *page = conflict->page;
    struct als_screen screen;
    als_screen_begin(&screen, &page->enter->tty);
    draw_head(page, &screen);
    als_screen_line(&screen, ALS_STYLE_ALERT, 2,
                    "%s saved this assessment at %s (change %lld), after you began. Nothing of "
                    "yours is stored yet.",
                    conflict->who, conflict->when, (long long)conflict->change);
    if (conflict->n == 0)
        als_screen_line(&screen, ALS_STYLE_PLAIN, 2, "Both are the same.");
    for (size_t i = 0; i < conflict->n; i++) {
        const struct difference *one = &conflict->items[i];
        als_screen_line(&screen, ALS_STYLE_PLAIN, 5, "  %c  %s: yours %s, theirs %s%s%s -> %s",
                        key_of(i), one->label, one->mine, one->theirs,
                        conflict->corrects ? ", was " : "", conflict->corrects ? one->was : "",
                        one->take_theirs ? "THEIRS" : "yours");
    }
    als_screen_line(
        &screen, ALS_STYLE_FAINT, 0,
        "number or capital: the other one  m all yours  t all theirs  Enter goes on to the "
        "review  d keep draft and leave");
    als_screen_end(&screen);
}

static void set_all(struct conflict *conflict, bool theirs)
{
    for (size_t i = 0; i < conflict->n; i++)
        conflict->items[i].take_theirs = theirs;
}

static void take_item(struct page *page, size_t item, const struct als_assessment *theirs)
{
    als_form_set_value(page->form, item, &theirs->values[item]);
    const char *reason = reason_of(theirs->item_reasons, item);
    if (reason)
        (void)als_form_set_missing(page->form, item, reason);
}

/* The form with what was chosen, as a correction of what they stored. */
static void apply(struct conflict *conflict)
{
    struct page *page = conflict->page;
    const struct als_assessment *theirs = &conflict->theirs;
    struct als_form_head head = *als_form_head(page->form);
    for (size_t i = 0; i < conflict->n; i++) {
        const struct difference *one = &conflict->items[i];
        if (!one->take_theirs)
            continue;
        if (one->item >= 0)
            take_item(page, (size_t)one->item, theirs);
        else if (one->head == HEAD_DATE)
            head.day = theirs->day;
        else if (one->head == HEAD_MODE)
            head.mode = theirs->mode;
        else if (one->head == HEAD_RESPONDENT)
            head.respondent = theirs->respondent;
        else {
            head.not_done = theirs->not_done;
            head.reason = theirs->reason;
        }
    }
    head.mode = als_arena_strdup(page->arena, head.mode);
    head.respondent = als_arena_strdup(page->arena, head.respondent);
    head.rater = als_arena_strdup(page->arena, head.rater);
    als_form_set_head(page->form, &head);
    page->stored = true;
    page->before = *theirs;
    page->expected_change = conflict->change;
    page->merged = als_arena_printf(page->enter->cli->arena, "merged with change %lld by %s",
                                    (long long)conflict->change, conflict->who);
    page_follow_day(page);
    page_keep_draft(page);
}

static enum page_end choose(struct conflict *conflict)
{
    for (;;) {
        draw_conflict(conflict);
        const int key = als_tty_key();
        const ptrdiff_t which = difference_of(conflict, key);
        if (which >= 0)
            conflict->items[which].take_theirs = !conflict->items[which].take_theirs;
        else if (key == 'm' || key == 't')
            set_all(conflict, key == 't');
        else if (key == ALS_KEY_INTERRUPT)
            return PAGE_INTERRUPTED;
        else if (key == 'd' || key == ALS_KEY_LEAVE)
            return PAGE_LEFT;
        else if (key == ALS_KEY_ENTER)
            return PAGE_STAYS;
    }
}

enum page_end merge(struct page *page, struct als_err *err)
{
    struct conflict conflict;
    if (find_conflict(page, &conflict, err) != ALS_OK)
        return PAGE_FAILED;
    if (conflict.change == 0) {
        page->expected_change = 0;
        page_say(page, "the stored assessment has been taken out meanwhile; s saves yours as new");
        return PAGE_STAYS;
    }
    const enum page_end end = choose(&conflict);
    if (end != PAGE_STAYS)
        return end;
    apply(&conflict);
    page_say(page, "merged; s saves it as a correction");
    return PAGE_STAYS;
}
