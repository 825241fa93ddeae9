/* Checks of requests, one by one. */
#include "als_test.h"

#include "guard.h"
#include "link.h"
#include "listen.h"
#include "route.h"
#include "session.h"

TestSuite(guard);

static const char *const hosts[] = {"localhost:8080", "127.0.0.1:8080", "[::1]:8080"};
static const struct als_server ours = {.scheme = "http", .hosts = hosts, .n_hosts = COUNT(hosts)};

static const struct {
    const char *hosts[3];
    bool good;
} host_cases[] = {
    {{"127.0.0.1:8080"}, true},
    {{"LocalHost:8080"}, true},
    {{"[::1]:8080"}, true},
    {{NULL}, false},
    {{"evil.example"}, false},
    {{"evil.example:8080"}, false},
    {{"127.0.0.1"}, false},
    {{"127.0.0.1:8081"}, false},
    {{"127.0.0.1:8080.evil.example"}, false},
    {{"127.0.0.1:8080", "127.0.0.1:8080"}, false},
    {{""}, false},
};
TABLE_TEST(guard, only_our_own_names_are_answered, host_cases)
{
    struct als_http_header headers[3];
    size_t n = 0;
    for (; host_cases[*row_].hosts[n]; n++)
        headers[n] = (struct als_http_header){n ? "host" : "Host", host_cases[*row_].hosts[n]};
    const struct als_http_message message = {.headers = headers, .n_headers = n};
    cr_assert_eq(als_guard_host(&ours, &message), host_cases[*row_].good, "row %zu", *row_);
}

static const struct {
    const char *origin, *fetch;
    bool good;
} origin_cases[] = {
    {"http://127.0.0.1:8080", "same-origin", true},
    {"http://127.0.0.1:8080", NULL, true},
    {"null", "same-origin", true},
    {NULL, "same-origin", true},
    {NULL, NULL, false},
    {"null", NULL, false},
    {"http://evil.example", "same-origin", false},
    {"http://evil.example", NULL, false},
    {"https://127.0.0.1:8080", NULL, false},
    {"http://127.0.0.1:8080.evil.example", NULL, false},
    {"http://127.0.0.1:9999", NULL, false},
    {"http://127.0.0.1:8080", "cross-site", false},
    {"http://127.0.0.1:8080", "same-site", false},
    {NULL, "none", false},
    {"", NULL, false},
};
TABLE_TEST(guard, a_post_comes_from_our_own_pages, origin_cases)
{
    struct als_http_header headers[2];
    size_t n = 0;
    if (origin_cases[*row_].origin)
        headers[n++] = (struct als_http_header){"Origin", origin_cases[*row_].origin};
    if (origin_cases[*row_].fetch)
        headers[n++] = (struct als_http_header){"Sec-Fetch-Site", origin_cases[*row_].fetch};
    const struct als_http_message message = {.headers = headers, .n_headers = n};
    cr_assert_eq(als_guard_origin(&ours, &message), origin_cases[*row_].good, "row %zu", *row_);
}

static const struct {
    struct als_web_config config;
    const char *code; /* NULL: may start */
} listen_cases[] = {
    {{.port = 0}, NULL},
    {{.listen = "127.0.0.1"}, NULL},
    {{.listen = "::1"}, NULL},
    {{.listen = "127.8.8.8"}, NULL},
    {{.listen = "192.0.2.1"}, "E-LISTEN"},
    {{.listen = "2001:db8::1"}, "E-LISTEN"},
    {{.listen = "0.0.0.0"}, "E-LISTEN"},
    {{.listen = "::"}, "E-LISTEN"},
    {{.listen = "localhost"}, "E-LISTEN"},
    {{.listen = "192.0.2.1", .tls_cert = "c", .tls_key = "k"}, NULL},
    {{.listen = "0.0.0.0", .tls_cert = "c", .tls_key = "k"}, "E-HOST"},
    {{.listen = "192.0.2.1", .proxy = true}, "E-HOST"},
    {{.tls_cert = "c"}, "E-TLS"},
    {{.tls_key = "k"}, "E-TLS"},
    {{.port = 70000}, "E-PORT"},
};
TABLE_TEST(guard, a_study_is_not_exposed_without_tls, listen_cases)
{
    struct als_err err = {0};
    enum als_status status = als_listen_check(&listen_cases[*row_].config, &err);
    if (listen_cases[*row_].code) {
        cr_assert_eq(status, ALS_USAGE);
        cr_assert_str_eq(err.code, listen_cases[*row_].code, "row %zu", *row_);
    } else {
        cr_assert_eq(status, ALS_OK, "row %zu: %s", *row_, err.text);
    }
}

static bool is_among(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

Test(guard, names_of_the_configuration_count_with_their_port_and_behind_a_proxy_without)
{
    struct als_arena *arena = als_arena_new();
    const char *const named[] = {"Trial.Example.org"};
    struct als_web_config config = {.hosts = named, .n_hosts = 1};
    size_t n;
    const char *const *names = als_listen_hosts(&config, 8443, arena, &n);
    cr_assert(is_among(names, n, "trial.example.org:8443"));
    cr_assert(is_among(names, n, "[::1]:8443"));
    cr_assert_not(is_among(names, n, "trial.example.org"));
    config.proxy = true;
    names = als_listen_hosts(&config, 8443, arena, &n);
    cr_assert(is_among(names, n, "trial.example.org"));
    als_arena_free(arena);
}

Test(guard, the_link_is_good_once)
{
    struct als_web_link *link = als_web_link_new();
    char token[ALS_SESSION_NAME];
    snprintf(token, sizeof token, "%s", als_web_link_token(link));
    cr_assert_not(als_web_link_use(link, ""));
    cr_assert_not(als_web_link_use(link, "00000000000000000000000000000000"));
    cr_assert(als_web_link_use(link, token));
    cr_assert_not(als_web_link_use(link, token));
    cr_assert(als_web_link_renew(link, token));
    cr_assert_not(als_web_link_renew(link, token), "the new one is not used yet");
    cr_assert(als_web_link_use(link, token));
    als_web_link_free(link);
    assert_no_leaks();
}

/* ---- Sessions ---- */

static struct als_arena *arena;
static void begin(void)
{
    arena = als_arena_new();
}
static void end(void)
{
    als_arena_free(arena);
}
TestSuite(session, .init = begin, .fini = end);

Test(session, a_session_is_found_by_its_name_only)
{
    struct als_web_sessions *sessions = als_web_sessions_new();
    char first[ALS_SESSION_NAME], second[ALS_SESSION_NAME];
    als_web_session_open(sessions, "ana", NULL, 100, first);
    als_web_session_open(sessions, "ben", NULL, 100, second);
    const struct als_web_session *found = als_web_session_find(sessions, first, 101, arena);
    const struct als_web_session *other = als_web_session_find(sessions, second, 101, arena);
    cr_assert_str_eq(found->user, "ana");
    cr_assert_str_eq(other->user, "ben");
    cr_assert_str_neq(found->token, other->token);
    cr_assert_null(als_web_session_find(sessions, "", 101, arena));
    cr_assert_null(als_web_session_find(sessions, found->token, 101, arena));
    als_web_session_close(sessions, found->number);
    cr_assert_null(als_web_session_find(sessions, first, 101, arena));
    cr_assert_not_null(als_web_session_find(sessions, second, 101, arena));
    als_web_sessions_free(sessions);
    assert_no_leaks();
}

Test(session, a_session_ends_after_half_an_hour_of_rest)
{
    struct als_web_sessions *sessions = als_web_sessions_new();
    char name[ALS_SESSION_NAME];
    als_web_session_open(sessions, "ana", NULL, 0, name);
    cr_assert_not_null(als_web_session_find(sessions, name, 30 * 60, arena));
    cr_assert_not_null(als_web_session_find(sessions, name, 60 * 60, arena));
    cr_assert_null(als_web_session_find(sessions, name, 60 * 60 + 30 * 60 + 1, arena));
    cr_assert_null(als_web_session_find(sessions, name, 60 * 60, arena), "it stays ended");
    als_web_sessions_free(sessions);
}

Test(session, a_session_ends_after_twelve_hours_of_work)
{
    struct als_web_sessions *sessions = als_web_sessions_new();
    char name[ALS_SESSION_NAME];
    als_web_session_open(sessions, "ana", NULL, 0, name);
    for (double now = 0; now <= 12 * 3600; now += 600)
        cr_assert_not_null(als_web_session_find(sessions, name, now, arena));
    cr_assert_null(als_web_session_find(sessions, name, 12 * 3600 + 1, arena));
    als_web_sessions_free(sessions);
}

Test(session, when_there_are_too_many_the_one_idle_longest_gives_way)
{
    struct als_web_sessions *sessions = als_web_sessions_new();
    char first[ALS_SESSION_NAME], second[ALS_SESSION_NAME], name[ALS_SESSION_NAME];
    als_web_session_open(sessions, "ana", NULL, 0, first);
    als_web_session_open(sessions, "ben", NULL, 1, second);
    for (size_t i = 2; i < ALS_SESSIONS_MOST; i++)
        als_web_session_open(sessions, "x", NULL, 2, name);
    cr_assert_not_null(als_web_session_find(sessions, first, 3, arena));
    als_web_session_open(sessions, "one more", NULL, 4, name);
    cr_assert_not_null(als_web_session_find(sessions, first, 5, arena));
    cr_assert_null(als_web_session_find(sessions, second, 5, arena));
    als_web_sessions_free(sessions);
}

Test(session, sessions_of_the_study_are_given_back_one_by_one)
{
    struct als_web_sessions *sessions = als_web_sessions_new();
    char name[ALS_SESSION_NAME];
    als_web_session_open(sessions, "ana", "secret a", 0, name);
    als_web_session_open(sessions, "ben", NULL, 0, name);
    cr_assert_str_eq(als_web_sessions_take(sessions, arena), "secret a");
    cr_assert_null(als_web_sessions_take(sessions, arena));
    als_web_sessions_free(sessions);
}

Test(session, a_message_is_told_once)
{
    struct als_web_sessions *sessions = als_web_sessions_new();
    char name[ALS_SESSION_NAME];
    enum als_flash kind = ALS_FLASH_ERROR;
    als_web_session_open(sessions, "ana", NULL, 0, name);
    int64_t number = als_web_session_find(sessions, name, 1, arena)->number;
    als_web_session_tell(sessions, number, ALS_FLASH_DONE, "saved");
    cr_assert_str_eq(als_web_session_told(sessions, number, &kind, arena), "saved");
    cr_assert_eq(kind, ALS_FLASH_DONE);
    cr_assert_null(als_web_session_told(sessions, number, &kind, arena));
    als_web_sessions_free(sessions);
}

/* ---- Routes ---- */

Test(guard, a_pattern_takes_whole_parts)
{
    struct als_path path;
    struct als_fields parts;
    const char *why;
    arena = als_arena_new();
    cr_assert(als_path_parse(arena, "/patients/P%2F1/visits/MN3", &path, &why));
    cr_assert(als_route_fits(arena, "/patients/{patient}/visits/{visit}", &path, &parts));
    cr_assert_str_eq(als_fields_get(&parts, "patient"), "P/1");
    cr_assert_str_eq(als_fields_get(&parts, "visit"), "MN3");
    cr_assert_not(als_route_fits(arena, "/patients/{patient}", &path, &parts));
    cr_assert_not(als_route_fits(arena, "/patients/{patient}/visits/{visit}/x", &path, &parts));
    cr_assert_not(als_route_fits(arena, "/patients/{patient}/visit/{visit}", &path, &parts));
    cr_assert_not(als_route_fits(arena, "/", &path, &parts));
    als_arena_free(arena);
}

Test(guard, every_row_of_the_table_can_be_reached_and_says_what_it_does)
{
    const struct als_route *row, *found;
    arena = als_arena_new();
    for (size_t i = 0; (row = als_route_at(i)); i++) {
        struct als_path path;
        struct als_fields parts;
        const char *why;
        char address[300];
        size_t n = 0;
        for (const char *c = row->pattern; *c; c++) /* {name} stands for the part "name~" */
            if (*c == '}')
                address[n++] = '~';
            else if (*c != '{')
                address[n++] = *c;
        address[n] = '\0';
        cr_assert(als_path_parse(arena, address, &path, &why));
        cr_assert_eq(als_route_find(arena, row->method, &path, &found, &parts), ALS_MATCH_FOUND);
        cr_assert_eq(found, row, "%s is hidden behind %s", row->pattern, found->pattern);
        cr_assert_neq(row->act, ALS_ACT_UNSAID, "%s", row->pattern);
        cr_assert(row->method == ALS_POST || !(row->flags & ALS_ROUTE_WRITES),
                  "%s is a GET that writes", row->pattern);
    }
    als_arena_free(arena);
}
