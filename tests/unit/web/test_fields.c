/* Decoding what browsers send. */
#include "als_test.h"

#include "fields.h"
#include "request.h"

TestSuite(fields);

static struct als_fields parse(struct als_arena *arena, const char *text)
{
    struct als_fields fields;
    const char *why = "";
    cr_assert(als_fields_parse(arena, text, strlen(text), &fields, &why), "%s: %s", text, why);
    return fields;
}

Test(fields, a_form_gives_its_fields_in_order)
{
    struct als_arena *arena = als_arena_new();
    struct als_fields fields = parse(arena, "walking=3&note=a+b%26c%3D&walking=2&empty=&bare");
    size_t position = 0;
    cr_assert_eq(fields.count, 5);
    cr_assert_str_eq(als_fields_next(&fields, "walking", &position), "3");
    cr_assert_str_eq(als_fields_next(&fields, "walking", &position), "2");
    cr_assert_null(als_fields_next(&fields, "walking", &position));
    cr_assert_str_eq(als_fields_get(&fields, "note"), "a b&c=");
    cr_assert_str_eq(als_fields_get(&fields, "empty"), "");
    cr_assert_str_eq(als_fields_get(&fields, "bare"), "");
    cr_assert_null(als_fields_get(&fields, "absent"));
    als_arena_free(arena);
}

Test(fields, line_ends_of_a_form_are_unified_and_other_text_stays)
{
    struct als_arena *arena = als_arena_new();
    struct als_fields fields = parse(arena, "note=one%0D%0Atwo&name=%C3%A9l%C3%A8ve");
    cr_assert_str_eq(als_fields_get(&fields, "note"), "one\ntwo");
    cr_assert_str_eq(als_fields_get(&fields, "name"), "\xC3\xA9l\xC3\xA8ve");
    als_arena_free(arena);
}

static const char *const bad_forms[] = {
    "a=%",    "a=%4",        "a=%zz",    "a=%00",   "a=%C3", "a=%C3%28",
    "a=\xff", "a=%ED%A0%80", "a=%C0%AF", "a=%1B[m", "a=%0D", "%7F=1",
};
TABLE_TEST(fields, what_is_not_text_is_refused_as_a_whole, bad_forms)
{
    struct als_arena *arena = als_arena_new();
    struct als_fields fields;
    const char *why = NULL, *text = bad_forms[*row_];
    cr_assert_not(als_fields_parse(arena, text, strlen(text), &fields, &why), "%s", text);
    cr_assert_not_null(why);
    als_arena_free(arena);
}

Test(fields, a_form_of_too_many_fields_is_refused)
{
    struct als_arena *arena = als_arena_new();
    struct als_fields fields;
    const char *why;
    char text[2 * ALS_FIELDS_MOST + 1];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 2 ? '&' : 'a';
    cr_assert(als_fields_parse(arena, text, sizeof text - 2, &fields, &why));
    cr_assert_eq(fields.count, ALS_FIELDS_MOST);
    cr_assert_not(als_fields_parse(arena, text, sizeof text, &fields, &why));
    als_arena_free(arena);
}

Test(fields, cookies_are_found_among_others)
{
    struct als_arena *arena = als_arena_new();
    struct als_fields cookies;
    als_cookies_parse(arena, "theme=dark; alstrack-1=abc; bad=\"x\"; =y; lone;alstrack-2=d=e",
                      &cookies);
    cr_assert_eq(cookies.count, 3);
    cr_assert_str_eq(als_fields_get(&cookies, "alstrack-1"), "abc");
    cr_assert_str_eq(als_fields_get(&cookies, "alstrack-2"), "d=e");
    cr_assert_null(als_fields_get(&cookies, "bad"));
    als_arena_free(arena);
}

Test(fields, a_path_is_split_before_it_is_decoded)
{
    struct als_arena *arena = als_arena_new();
    struct als_path path;
    const char *why;
    cr_assert(als_path_parse(arena, "/patients/P%2F1%20a/visits?q=%3F&r=/../x", &path, &why));
    cr_assert_eq(path.count, 3);
    cr_assert_str_eq(path.parts[1], "P/1 a");
    cr_assert_str_eq(path.query, "q=%3F&r=/../x");
    cr_assert(als_path_parse(arena, "/", &path, &why));
    cr_assert_eq(path.count, 0);
    als_arena_free(arena);
}

static const char *const bad_paths[] = {
    "",     "*",       "x",        "http://h/",   "//h/x",          "/a//b",
    "/a/",  "/a/../b", "/..",      "/a/%2e%2e/b", "/a/%2E./b",      "/./a",
    "/a#b", "/a%00",   "/a%0d%0a", "/%",          "/%c0%ae%c0%ae/", "/\xff",
};
TABLE_TEST(fields, a_path_that_leads_elsewhere_is_refused, bad_paths)
{
    struct als_arena *arena = als_arena_new();
    struct als_path path;
    const char *why = NULL;
    cr_assert_not(als_path_parse(arena, bad_paths[*row_], &path, &why), "%s", bad_paths[*row_]);
    cr_assert_not_null(why);
    als_arena_free(arena);
}

Test(fields, an_address_is_made_of_encoded_parts)
{
    struct als_arena *arena = als_arena_new();
    cr_assert_str_eq(
        als_url(arena, "/patients/{}/visits/{}?x={}", "P/1 \"<", "MN3", "a&b=\xC3\xA9"),
        "/patients/P%2F1%20%22%3C/visits/MN3?x=a%26b%3D%C3%A9");
    als_arena_free(arena);
    assert_no_leaks();
}
