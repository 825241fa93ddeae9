/* What pages are made of: nothing gets through unescaped. */
#include "als_test.h"

#include "page.h"
#include "session.h"

TestSuite(html);

struct fixture {
    struct als_response response;
    struct als_web_session session;
    struct als_request request;
    struct als_html page;
};

static struct fixture *set_up(void)
{
    struct fixture *f = als_alloc(sizeof *f);
    als_response_init(&f->response);
    memcpy(f->session.token, "secret", 7);
    f->request = (struct als_request){.arena = als_arena_new(), .url = "/", .session = &f->session};
    f->page = (struct als_html){
        .out = &f->response.body, .request = &f->request, .response = &f->response};
    return f;
}

static void tear_down(struct fixture *f)
{
    als_response_release(&f->response);
    als_arena_free(f->request.arena);
    free(f);
    assert_no_leaks();
}

#define EVIL    "<script>\"'&"
#define ESCAPED "&lt;script&gt;&quot;&#39;&amp;"

Test(html, text_attributes_and_formats_are_escaped)
{
    struct fixture *f = set_up();
    als_html_text(&f->page, EVIL);
    als_html_printf(&f->page, "%s %d", EVIL, 3);
    als_html_open(&f->page, "a", "href", EVIL, "class", NULL, "hidden", "");
    als_html_link(&f->page, EVIL, EVIL);
    cr_assert_str_eq(f->response.body.data, ESCAPED ESCAPED
                     " 3<a href=\"" ESCAPED "\" hidden><a href=\"" ESCAPED "\">" ESCAPED "</a>");
    tear_down(f);
}

Test(html, no_part_of_a_page_writes_what_it_is_given_as_markup)
{
    struct fixture *f = set_up();
    const struct als_input input = {
        .name = EVIL, .label = EVIL, .hint = EVIL, .error = EVIL, .value = EVIL};
    const struct als_input_choice choice = {EVIL, EVIL, EVIL};
    const struct als_html_error error = {EVIL, EVIL};
    als_input_text(&f->page, &input);
    als_input_password(&f->page, &input);
    als_input_number(&f->page, &input, EVIL);
    als_input_date(&f->page, &input, true);
    als_input_area(&f->page, &input, 3);
    als_input_select(&f->page, &input, &choice, 1);
    als_input_radios(&f->page, &input, &choice, 1, ALS_TEXTS("data-question", EVIL));
    als_input_check(&f->page, &input, true);
    als_input_button(&f->page, EVIL, EVIL, EVIL);
    als_input_hidden(&f->page, EVIL, EVIL);
    als_html_errors(&f->page, &error, 1);
    als_html_notice(&f->page, ALS_FLASH_ERROR, EVIL);
    als_html_badge(&f->page, "late", EVIL);
    als_html_table(&f->page, EVIL, EVIL, "#" EVIL);
    als_html_row(&f->page);
    als_html_head(&f->page, EVIL, EVIL);
    als_html_cell(&f->page, EVIL);
    als_html_number(&f->page, EVIL);
    als_html_cell_link(&f->page, EVIL, EVIL);
    als_html_table_end(&f->page);
    als_html_form(&f->page, EVIL, "data-draft", EVIL);
    als_html_filter(&f->page, EVIL);
    cr_assert_null(strstr(f->response.body.data, "<script"));
    cr_assert_null(strstr(f->response.body.data, "\"'&"));
    tear_down(f);
}

Test(html, a_form_carries_the_token_of_its_session)
{
    struct fixture *f = set_up();
    als_html_form(&f->page, "/logout", NULL);
    als_html_form_end(&f->page);
    cr_assert_not_null(
        strstr(f->response.body.data, "<input type=\"hidden\" name=\"token\" value=\"secret\">"));
    tear_down(f);
}

Test(html, an_input_is_tied_to_its_label_hint_and_error)
{
    struct fixture *f = set_up();
    als_input_date(&f->page,
                   &(struct als_input){.name = "day",
                                       .label = "Day",
                                       .error = "no such day",
                                       .value = "2024-02-30",
                                       .required = true},
                   false);
    const char *html = f->response.body.data;
    cr_assert_not_null(strstr(html, "<label for=\"day\">Day</label>"));
    cr_assert_not_null(strstr(html, "id=\"day-error\">no such day"));
    cr_assert_not_null(strstr(html, "aria-describedby=\"day-error day-hint\""));
    cr_assert_not_null(strstr(html, "aria-invalid=\"true\""));
    cr_assert_not_null(strstr(html, "value=\"2024-02-30\""));
    tear_down(f);
}

Test(html, the_choice_that_was_made_stays_chosen)
{
    struct fixture *f = set_up();
    const struct als_input_choice choices[] = {{"4", "normal", "4"}, {"0", "none", "0"}};
    als_input_radios(&f->page,
                     &(struct als_input){.name = "walking", .label = "Walking", .value = "0"},
                     choices, 2, ALS_TEXTS("data-question", "walking"));
    const char *html = f->response.body.data;
    cr_assert_not_null(strstr(html, "<legend>Walking</legend>"));
    cr_assert_not_null(strstr(html, "value=\"0\" data-key=\"0\" checked>"));
    cr_assert_not_null(strstr(html, "value=\"4\" data-key=\"4\">"));
    tear_down(f);
}

Test(html, json_texts_cannot_end_early)
{
    struct fixture *f = set_up();
    als_response_json_text(&f->response, "a\"b\\c\n</script>");
    cr_assert_str_eq(f->response.body.data, "\"a\\u0022b\\u005cc\\u000a\\u003c/script>\"");
    tear_down(f);
}

Test(html, a_download_has_a_harmless_name)
{
    struct fixture *f = set_up();
    als_response_attachment(&f->response, "text/csv", "../P 1\r\nX: y\".csv");
    cr_assert_eq(f->response.n_headers, 1);
    cr_assert_str_eq(f->response.headers[0].value, "attachment; filename=\"..-P-1--X--y-.csv\"");
    tear_down(f);
}

Test(html, a_header_cannot_be_split, .exit_code = 70)
{
    struct fixture *f = set_up();
    als_response_header(&f->response, "X-Name", "a\r\nSet-Cookie: b");
}

Test(html, a_redirect_leads_nowhere_else, .exit_code = 70)
{
    struct fixture *f = set_up();
    als_response_redirect(&f->response, "//elsewhere.example/");
}
