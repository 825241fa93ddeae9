/*
 * `enter`: the assessments of one visit, question by question. What to ask and in which words is
 * the form's (score/form.h), what is doubtful the judge's, what is stored the store's; here are
 * only the page on the screen and the keys that people press.
 */
#ifndef ALSTRACK_CLI_ENTER_H
#define ALSTRACK_CLI_ENTER_H

#include "screen.h"

#include "context.h"

#include "alstrack/score/form.h"
#include "alstrack/store/draft.h"
#include "alstrack/store/entry.h"

/* The visit. Lives as long as the command. */
struct enter {
    struct als_cli *cli;
    struct als_tty tty;
    struct als_patient patient;
    struct als_patient_facts facts;
    const char *visit;        /* code */
    int visit_no;             /* 0: an extra one that the study does not know yet */
    struct als_visit_row row; /* plan NULL for an extra one */
    int recorded_day;         /* of the visit; ALS_NO_DAY */
    const char *recorded_mode;
    int today;
    const struct als_instrument **instruments;
    size_t n_instruments;
    bool dry;         /* --dry-run: neither drafts nor results are written */
    const char *note; /* for the next screen: what was saved */
};

/* An assessment that was done before: of the same patient and instrument. */
struct earlier {
    const char *visit;
    int day, rater_no;
    const char *rater; /* NULL: not named */
    const struct als_value *values;
};

enum draft_state { DRAFT_NONE, DRAFT_KEPT, DRAFT_FAILED };

/* One assessment on the screen. */
struct page {
    struct enter *enter;
    size_t index; /* into enter->instruments */
    const struct als_instrument *instrument;
    struct als_arena *arena; /* ends with the page */
    struct als_form *form;
    struct als_person person;
    const struct earlier *history; /* of other visits */
    size_t n_history;
    const struct earlier *previous; /* the latest before the form's day; NULL */
    bool stored;                    /* a row is corrected */
    int64_t expected_change;        /* of the row as the form began; 0: none */
    struct als_assessment before;   /* that row, when stored */
    enum draft_state draft;
    char draft_at[32];  /* local time of the last writing */
    const char *others; /* who else has a draft of this; NULL */
    const char *merged; /* with whose change the form was merged; NULL: it was not */
    size_t at;          /* item that is asked */
    bool jumped;        /* from the review, and back to it */
    bool show_previous, show_help;
    const char *note;                         /* for the next screen: what was wrong */
    struct als_justification *justifications; /* [n_justifications], in the arena */
    size_t n_justifications, room_justifications;
};

enum page_end {
    PAGE_STAYS,
    PAGE_REVIEW, /* inside the page only */
    PAGE_SAVED,
    PAGE_SKIPPED,     /* on to the next assessment; a draft is kept */
    PAGE_BACK,        /* to the one before */
    PAGE_LEFT,        /* out of everything; a draft is kept */
    PAGE_DISCARDED,   /* out of everything; nothing is kept */
    PAGE_INTERRUPTED, /* Ctrl-C; a draft is kept */
    PAGE_FAILED       /* err is filled */
};

/* ---- enter_page.c: what is on a page, and its draft ---- */

ALS_CHECKED enum als_status page_open(struct page *page, struct enter *enter, size_t index,
                                      const char *rater, struct als_err *err);
void page_close(struct page *page);
/* For the next screen, once. */
__attribute__((format(printf, 2, 3))) void page_say(struct page *page, const char *format, ...);
/* The form's day or rater is another: what was known of the patient then, the look back. */
void page_follow_day(struct page *page);
/* Write the draft; a study that is busy is told on the page and tried again at the next answer. */
void page_keep_draft(struct page *page);
ALS_CHECKED enum als_status page_discard_draft(struct page *page, struct als_err *err);
/* The form as an assessment. Borrowed from the form. */
void page_assessment(struct page *page, struct als_assessment *out);
/* Load the stored row (again); *found says whether there is one. */
ALS_CHECKED enum als_status page_load_stored(struct page *page, struct als_assessment *out,
                                             int64_t *change_id, struct als_err *err);
/* Take the stored answers into the form. */
void page_take(struct page *page, const struct als_assessment *stored);
/* "2024-06-04 14:02" by the local clock, of a UTC stamp. */
void page_local_time(const char *utc, char text[32]);

/* ---- enter_which.c ---- */

/* Patient and visit, as far as they were not given: of those that are due, or any. */
ALS_CHECKED enum als_status ask_which(struct als_cli *cli, struct als_err *err);

/* ---- enter_draw.c ---- */

void draw_head(struct page *page, struct als_screen *screen);
void draw_question(struct page *page);
/* `typed`: digits of an item's number so far. */
void draw_review(struct page *page, const struct als_verdict_list *verdicts, const char *typed);

/* ---- enter_ask.c ---- */

/* Questions from page->at on until something else is to be done. */
enum page_end ask_questions(struct page *page);
/* A key that means the same on every page. */
enum page_end page_command(struct page *page, int key);
/* One of a list by its key: index, -1 for going back, -2 for leaving (Ctrl-D), -3 Ctrl-C. */
ptrdiff_t ask_list(struct page *page, const char *title, const char *const *labels, size_t n);
/* A line of text: false when it was left. Starts with what is in `line`. */
bool ask_line(struct page *page, const char *title, struct als_buf *line);
/* A question that is answered by y; anything else is no. */
bool ask_yes(struct page *page, const char *question);
/* The page has nothing for that key: say so, if it was a character. */
void say_unknown_key(struct page *page, int key);
/* Coded reason for missing data, or NULL. */
const char *ask_reason(struct page *page, const char *what);

/* ---- enter_head.c ---- */

/* Date, mode, respondent, rater, not done. */
enum page_end ask_head(struct page *page);
/* The day of an assessment that has none yet, since the visit is not due. False when it was left.
 */
bool ask_day(struct page *page);
/* Not done as a whole, with the reason. */
enum page_end ask_not_done(struct page *page);
/* Words for a date as people type it: digits alone get their separators, t is today. */
void date_typed(const struct enter *enter, struct als_buf *line);

/* ---- enter_reason.c ---- */

/* Why a stored assessment changes; the short answers have numbers. NULL when it was left. */
const char *ask_why(struct page *page);
/* A typed reason for each soft rule that stands, into page->justifications. False when one was
 * left. */
bool justify(struct page *page, const struct als_entry_outcome *outcome);

/* ---- enter_review.c, enter_save.c, enter_merge.c ---- */

enum page_end review(struct page *page, struct als_err *err);
enum page_end save(struct page *page, struct als_err *err);
/* The stored row is another than the form began with: who, when, which answers; what to keep. */
enum page_end merge(struct page *page, struct als_err *err);

#endif
