/* Filling in an assessment: order, keys, wordings, what is missing, totals, drafts. */
#include "scales.h"

#include "alstrack/score/form.h"

static const char *const gastrostomy[] = {"gastrostomy"};

static char expected[200];

static void say(struct als_form *form, const char *item, const char *text)
{
    const size_t i = item_of(als_form_instrument(form), item);
    cr_assert(als_form_answer(form, i, text, expected, sizeof expected), "%s: expected %s", item,
              expected);
}

static const struct als_question *question(struct als_form *form, const char *item)
{
    return als_form_question(form, item_of(als_form_instrument(form), item));
}

static const char *status(struct als_form *form)
{
    static char text[400];
    struct als_buf buf;
    als_buf_init(&buf, sizeof text - 1);
    als_form_status(form, &buf);
    memcpy(text, buf.data, buf.length + 1);
    als_buf_release(&buf);
    return text;
}

static char *written(const struct als_form *form)
{
    struct als_buf buf;
    als_buf_init(&buf, 4096);
    als_form_write(form, &buf);
    char *text = als_buf_take(&buf);
    als_buf_release(&buf);
    return text;
}

/* Answer as somebody does who presses the first key that each question offers. */
static size_t press_through(struct als_form *form)
{
    size_t pressed = 0;
    ptrdiff_t at = -1;
    while ((at = als_form_next(form, at, true)) >= 0) {
        const struct als_question *asked = als_form_question(form, (size_t)at);
        const struct als_item *item = asked->definition;
        char text[40] = "a note";
        cr_assert(*asked->label, "%s has no label", item->code);
        if (asked->n_choices) {
            cr_assert(asked->one_key && asked->choices[0].key, "%s has no keys", item->code);
            const char *code = als_question_code_of(asked, asked->choices[0].key);
            cr_assert_str_eq(code, asked->choices[0].code);
            snprintf(text, sizeof text, "%s", code);
        } else if (item->type == ALS_ITEM_DATE) {
            snprintf(text, sizeof text, "2024-03");
        } else if (item->type != ALS_ITEM_TEXT) {
            snprintf(text, sizeof text, "%g", item->has_min ? ceil(item->min) : 1);
        }
        cr_assert(als_form_answer(form, (size_t)at, text, expected, sizeof expected),
                  "%s: %s, expected %s", item->code, text, expected);
        pressed++;
    }
    return pressed;
}

Test(form, walks_through_every_shipped_instrument)
{
    for (size_t i = 0; i < als_builtin_instrument_count; i++) {
        struct als_instrument *instrument = load_scale(als_builtin_instruments[i].name);
        struct als_form *form = als_form_new(instrument);
        cr_expect_gt(press_through(form), 0, "%s asks nothing", instrument->code);
        cr_expect_eq(als_form_missing(form, NULL), 0, "%s", instrument->code);
        als_form_free(form);
        als_instrument_free(instrument);
    }
    assert_no_leaks();
}

Test(form, of_the_revised_scale_needs_twelve_answers)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    cr_expect_eq(als_form_count(form), 12);
    cr_expect_eq(press_through(form), 12, "the form of item 5 follows from the events");
    cr_expect_str_eq(status(form),
                     "Total 48/48 | Bulbar 12/12 | Fine motor 12/12 | Gross motor 12/12 | "
                     "Respiratory 12/12");
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}

Test(form, takes_the_wording_from_the_events_until_somebody_says_otherwise)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    cr_expect_eq(question(form, "cutting_form")->state, ALS_ANSWER_PREFILLED);
    cr_expect_str_eq(question(form, "cutting_form")->text, "a");
    cr_expect_str_eq(question(form, "cutting")->choices[1].label, "slow without help");
    als_form_know(form, &(struct als_form_known){.events = gastrostomy, .n_events = 1});
    cr_expect_str_eq(question(form, "cutting_form")->text, "b");
    cr_expect_str_eq(question(form, "cutting")->label, "Fastenings and devices (with gastrostomy)");
    cr_expect_str_eq(question(form, "cutting")->choices[1].label, "clumsy but independent");
    say(form, "cutting_form", "a");
    cr_expect_eq(question(form, "cutting_form")->state, ALS_ANSWER_GIVEN);
    cr_expect_str_eq(question(form, "cutting")->label, "Cutting food and handling utensils");
    cr_expect_not(als_form_is_touched(form) == false);
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}

Test(form, counts_what_is_left_out_when_it_was_not_done)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    struct als_form_head head = {.day = ALS_NO_DAY, .not_done = true, .reason = "refused"};
    als_form_set_head(form, &head);
    cr_expect_eq(als_form_said(form), 0, "a prefilled wording is no answer");
    say(form, "cutting_form", "b");
    cr_expect_eq(als_form_said(form), 0, "nor is one that was chosen");
    say(form, "speech", "3");
    say(form, "cutting", "1");
    say(form, "cutting_form", "a");
    cr_expect_eq(als_form_said(form), 2, "an answer to the other wording is one");
    cr_expect(als_form_set_missing(form, item_of(instrument, "walking"), "refused"));
    cr_expect_eq(als_form_said(form), 3);
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}

Test(form, prefills_nothing_of_a_stored_assessment)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    als_form_know(form, &(struct als_form_known){.stored = true});
    cr_expect_eq(question(form, "cutting_form")->state, ALS_ANSWER_NONE);
    cr_expect_eq(als_form_values(form)[item_of(instrument, "cutting_form")].kind,
                 ALS_VALUE_MISSING);
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}

Test(form, keeps_the_answer_to_the_other_wording_and_stores_one)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    const size_t cutting = item_of(instrument, "cutting");
    struct als_form *form = als_form_new(instrument);
    say(form, "cutting", "3");
    say(form, "cutting_form", "b");
    cr_expect_eq(question(form, "cutting")->state, ALS_ANSWER_NONE);
    cr_expect_str_eq(question(form, "cutting")->aside_label, "slow without help");
    say(form, "cutting", "1");
    cr_expect_eq(als_form_values(form)[cutting].integer, 1);
    char *text = written(form);
    cr_expect_str_eq(text, "answer\tcutting_form\tb\nanswer2\tcutting\t1\nanswer\tcutting\t3\n");
    say(form, "cutting_form", "a");
    cr_expect_eq(als_form_values(form)[cutting].integer, 3);
    cr_expect_str_eq(question(form, "cutting")->aside_label, "gives minimal help");
    struct als_form *again = als_form_new(instrument);
    als_form_read(again, text, NULL);
    cr_expect_eq(als_form_values(again)[cutting].integer, 1);
    cr_expect_str_eq(question(again, "cutting")->aside_label, "slow without help");
    free(text);
    als_form_free(again);
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}

Test(form, numbers_the_questions_as_the_paper_form_does)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    cr_expect_eq(question(form, "handwriting")->number, 4);
    cr_expect_eq(question(form, "cutting_form")->number, 5);
    cr_expect(question(form, "cutting_form")->selects_wording);
    cr_expect_eq(question(form, "cutting")->number, 5);
    cr_expect_eq(question(form, "respiratory_insufficiency")->number, 12);
    als_form_free(form);
    als_instrument_free(instrument);
}

Test(form, has_a_key_for_each_choice)
{
    struct als_instrument *scale = load_scale("alsfrsr"), *lungs = load_scale("fvc");
    struct als_form *form = als_form_new(scale), *blow = als_form_new(lungs);
    const struct als_question *speech = question(form, "speech");
    cr_expect_eq(speech->choices[0].key, '4');
    cr_expect_str_eq(als_question_code_of(speech, '2'), "2");
    cr_expect_null(als_question_code_of(speech, '5'));
    cr_expect_null(als_question_code_of(speech, '\0'));
    const struct als_question *posture = question(blow, "posture");
    cr_expect_str_eq(als_question_code_of(posture, '2'), "supine");
    const struct als_question *blows = question(blow, "blows");
    cr_expect(blows->one_key && blows->n_choices == 0);
    cr_expect_str_eq(als_question_code_of(blows, '3'), "3");
    cr_expect_null(als_question_code_of(blows, '9'), "at most 8 blows");
    cr_expect_not(question(blow, "litres")->one_key);
    als_form_free(blow);
    als_form_free(form);
    als_instrument_free(lungs);
    als_instrument_free(scale);
}

Test(form, says_what_was_expected_and_stays_as_it_was)
{
    struct als_instrument *instrument = load_scale("fvc");
    struct als_form *form = als_form_new(instrument);
    const size_t litres = item_of(instrument, "litres");
    say(form, "litres", "3.1");
    cr_expect_not(als_form_answer(form, litres, "3100", expected, sizeof expected));
    cr_expect_not_null(strstr(expected, "0.1"), "%s", expected);
    cr_expect_str_eq(question(form, "litres")->answer_label, "3.1 L");
    say(form, "litres", "");
    cr_expect_eq(question(form, "litres")->state, ALS_ANSWER_NONE);
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}

Test(form, counts_what_is_missing_until_there_is_an_answer_or_a_reason)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    size_t items[MOST_ITEMS];
    cr_expect_eq(als_form_missing(form, items), 12);
    say(form, "speech", "4");
    const size_t stairs = item_of(instrument, "stairs");
    cr_expect_not(als_form_set_missing(form, stairs, "tired"));
    cr_expect(als_form_set_missing(form, stairs, "too_weak"));
    cr_expect_eq(als_form_missing(form, items), 10);
    cr_expect_eq(items[0], item_of(instrument, "salivation"));
    cr_expect_eq(question(form, "stairs")->state, ALS_ANSWER_MISSING);
    cr_expect_str_eq(als_form_reasons(form)[stairs], "too_weak");
    say(form, "stairs", "1");
    cr_expect_null(als_form_reasons(form)[stairs]);
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}

Test(form, shows_the_total_so_far_and_what_can_still_be_reached)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    struct als_form_score total;
    say(form, "speech", "3");
    say(form, "salivation", "2");
    als_form_score(form, score_of(instrument, "total"), &total);
    cr_expect(isnan(total.value));
    assert_close(total.so_far, 5, 0);
    assert_close(total.reachable, 45, 0);
    assert_close(total.greatest, 48, 0);
    cr_expect_eq(total.answered, 2);
    cr_expect(als_form_set_missing(form, item_of(instrument, "stairs"), "refused"));
    als_form_score(form, score_of(instrument, "total"), &total);
    assert_close(total.reachable, 41, 0);
    cr_expect_str_eq(status(form), "Total 5 so far (2 of 12), at most 41 of 48 | Bulbar "
                                   "5/12 so far | Fine motor - | Gross motor - | Respiratory -");
    als_form_free(form);
    als_instrument_free(instrument);
}

Test(form, computes_percentages_of_a_known_person)
{
    struct als_instrument *instrument = load_scale("fvc");
    struct als_form *form = als_form_new(instrument);
    /* a 50-year-old man of 175 cm with 3.40 L: 76.5766 % by ECSC */
    const struct als_person person = {ALS_SEX_MALE, 50, 175, ALS_FVC_ECSC};
    als_form_know(form, &(struct als_form_known){.person = &person});
    say(form, "litres", "3.40");
    cr_expect_str_eq(status(form), "FVC % predicted 76.6 %");
    als_form_free(form);
    als_instrument_free(instrument);
}

static struct als_instrument *parsed(const char *text)
{
    struct als_instrument *instrument = als_instrument_parse("own.yaml", text, strlen(text), NULL);
    cr_assert_not_null(instrument);
    return instrument;
}

Test(form, leaves_out_what_does_not_apply_but_keeps_it_for_later)
{
    struct als_instrument *instrument =
        parsed("instrument: own\ntitle: Own\nversion: '1'\nitems:\n"
               "  - {code: smokes, label: Smokes, type: yes-no}\n"
               "  - {code: packs, label: Packs a day, type: integer, range: [1, 5], "
               "applies: smokes = 1}\n");
    struct als_form *form = als_form_new(instrument);
    say(form, "smokes", "Y");
    say(form, "packs", "2");
    say(form, "smokes", "N");
    cr_expect_eq(als_form_next(form, 0, false), -1, "packs are not asked");
    cr_expect_eq(als_form_values(form)[1].kind, ALS_VALUE_MISSING);
    cr_expect_eq(als_form_missing(form, NULL), 0);
    say(form, "smokes", "Y");
    cr_expect_eq(als_form_values(form)[1].integer, 2);
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}

Test(form, goes_back_over_what_was_prefilled)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    const ptrdiff_t cutting = (ptrdiff_t)item_of(instrument, "cutting");
    cr_expect_eq(als_form_previous(form, cutting), item_of(instrument, "handwriting"));
    say(form, "cutting_form", "b");
    cr_expect_eq(als_form_previous(form, cutting), item_of(instrument, "cutting_form"));
    cr_expect_eq(als_form_previous(form, 0), -1);
    als_form_free(form);
    als_instrument_free(instrument);
}

Test(form, shows_the_answer_of_the_assessment_before)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    struct als_value previous[MOST_ITEMS] = {0};
    const size_t speech = item_of(instrument, "speech");
    cr_expect_str_eq(als_form_previous_label(form, speech), "");
    previous[speech] = integer_value(2);
    previous[item_of(instrument, "cutting_form")] =
        (struct als_value){.kind = ALS_VALUE_TEXT, .text = "b", .length = 1};
    previous[item_of(instrument, "cutting")] = integer_value(3);
    als_form_know(form, &(struct als_form_known){.previous = previous});
    cr_expect_str_eq(als_form_previous_label(form, speech), "intelligible when repeated");
    cr_expect_str_eq(als_form_previous_text(form, speech), "2");
    cr_expect_str_eq(als_form_previous_label(form, item_of(instrument, "cutting")),
                     "clumsy but independent", "in the wording that it was asked in");
    cr_expect_str_eq(als_form_previous_text(form, item_of(instrument, "stairs")), "");
    als_form_free(form);
    als_instrument_free(instrument);
}

Test(form, comes_back_from_its_text_as_it_was)
{
    struct als_instrument *instrument = parsed("instrument: own\ntitle: Own\nversion: '1'\nitems:\n"
                                               "  - {code: note, label: Note, type: text}\n"
                                               "  - {code: since, label: Since, type: date}\n"
                                               "  - {code: dose, label: Dose, type: number}\n");
    struct als_form *form = als_form_new(instrument), *again = als_form_new(instrument);
    als_form_set_head(form,
                      &(struct als_form_head){
                          .day = 19800, .mode = "phone", .respondent = "caregiver", .rater = "R1"});
    say(form, "note", "tab\there, back\\slash, \xc3\xa9");
    say(form, "since", "2024-03");
    cr_expect(als_form_set_missing(form, item_of(instrument, "dose"), "refused"));
    char *text = written(form);
    size_t dropped = 9;
    als_form_read(again, text, &dropped);
    cr_expect_eq(dropped, 0);
    char *second = written(again);
    cr_expect_str_eq(text, second);
    cr_expect_str_eq(question(again, "note")->text, "tab\there, back\\slash, \xc3\xa9");
    cr_expect_eq(als_form_head(again)->day, 19800);
    cr_expect_str_eq(als_form_head(again)->respondent, "caregiver");
    free(second);
    free(text);
    als_form_free(again);
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}

Test(form, leaves_out_lines_of_a_draft_that_the_definition_no_longer_allows)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    size_t dropped = 0;
    als_form_read(form,
                  "answer\tspeech\t3\nanswer\tspeech\t9\nanswer\tgone\t1\nnonsense\nhead\tdate\tx\n"
                  "missing\tstairs\ttired\nanswer\t\t\n\t\t\n",
                  &dropped);
    cr_expect_eq(dropped, 7);
    cr_expect_str_eq(question(form, "speech")->text, "3");
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}

Test(form, of_what_was_not_done_stores_no_answers)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    struct als_form *form = als_form_new(instrument);
    say(form, "speech", "3");
    als_form_set_head(
        form, &(struct als_form_head){.day = ALS_NO_DAY, .not_done = true, .reason = "too_weak"});
    cr_expect_eq(als_form_values(form)[0].kind, ALS_VALUE_MISSING);
    als_form_set_head(form, &(struct als_form_head){.day = 19800});
    cr_expect_eq(als_form_values(form)[0].integer, 3, "and keeps them in case it was after all");
    als_form_free(form);
    als_instrument_free(instrument);
}

Test(form, takes_an_answer_to_either_wording)
{
    struct als_instrument *instrument = load_scale("alsfrsr");
    const size_t cutting = item_of(instrument, "cutting");
    struct als_form *form = als_form_new(instrument);
    cr_assert(als_form_answer_wording(form, cutting, false, "3", expected, sizeof expected));
    cr_assert(als_form_answer_wording(form, cutting, true, "1", expected, sizeof expected));
    cr_expect_not(als_form_answer_wording(form, cutting, true, "9", expected, sizeof expected));
    cr_expect_str_eq(question(form, "cutting")->text, "3");
    cr_expect_str_eq(question(form, "cutting")->aside_text, "1");
    say(form, "cutting_form", "b");
    cr_expect_str_eq(question(form, "cutting")->text, "1");
    cr_assert(als_form_set_missing_wording(form, cutting, false, "refused"));
    cr_expect_str_eq(question(form, "cutting")->aside_text, "");
    als_form_free(form);
    als_instrument_free(instrument);
    assert_no_leaks();
}
