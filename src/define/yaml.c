/* From YAML text to a tree of nodes with positions, by way of libfyaml's events. */
#include "yaml.h"

#include <libfyaml.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/buf.h"

/* The line that holds the byte at offset, without its end. */
static char *line_at(struct yaml_file *file, size_t offset)
{
    size_t from = offset < file->length ? offset : file->length;
    size_t to = from;
    while (from > 0 && file->text[from - 1] != '\n')
        from--;
    while (to < file->length && file->text[to] != '\n' && file->text[to] != '\r')
        to++;
    return als_arena_strndup(file->arena, file->text + from, to > from ? to - from : 0);
}

static size_t offset_of_line(const struct yaml_file *file, size_t line)
{
    size_t offset = 0;
    while (line > 1 && offset < file->length) {
        const char *end = memchr(file->text + offset, '\n', file->length - offset);
        if (!end)
            break;
        offset = (size_t)(end - file->text) + 1;
        line--;
    }
    return offset;
}

static void keep(struct yaml_file *file, size_t offset, const struct als_diag *place,
                 const char *format, va_list args)
{
    if (file->errors++ >= YAML_MAX_FINDINGS)
        return;
    struct als_buf what;
    als_buf_init(&what, 4096);
    als_buf_vprintf(&what, format, args);
    if (file->errors == YAML_MAX_FINDINGS)
        als_buf_text(&what, " (there are more mistakes than are listed)");
    if (!file->findings)
        file->findings = als_arena_array(file->arena, YAML_MAX_FINDINGS, sizeof *file->findings);
    struct als_diag *diag = &file->findings[file->errors - 1];
    *diag = *place;
    diag->severity = ALS_SEVERITY_ERROR;
    diag->file = file->name;
    diag->what = als_arena_strdup(file->arena, what.data);
    diag->source = line_at(file, offset);
    als_buf_release(&what);
}

static int by_place(const void *left, const void *right)
{
    const struct als_diag *a = left, *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    return strcmp(a->what, b->what);
}

static void send_all(struct yaml_file *file)
{
    size_t n = file->errors < YAML_MAX_FINDINGS ? file->errors : YAML_MAX_FINDINGS;
    if (n > 0)
        qsort(file->findings, n, sizeof *file->findings, by_place);
    for (size_t i = 0; i < n; i++)
        als_diag_send(file->sink, &file->findings[i]);
}

/* For places that no node stands for. */
__attribute__((format(printf, 6, 7))) static void error_at(struct yaml_file *file, size_t line,
                                                           size_t column, const char *code,
                                                           const char *hint, const char *format,
                                                           ...)
{
    struct als_diag place = {.code = code, .line = line, .column = column, .hint = hint};
    va_list args;
    va_start(args, format);
    keep(file, offset_of_line(file, line), &place, format, args);
    va_end(args);
}

void yaml_error(struct yaml_file *file, const struct yaml_node *at, const char *code,
                const char *hint, const char *format, ...)
{
    struct als_diag place = {.code = code,
                             .line = at->line,
                             .column = at->column,
                             .field = at->key ? at->key->text : NULL,
                             .hint = hint};
    va_list args;
    va_start(args, format);
    keep(file, at->offset, &place, format, args);
    va_end(args);
}

/* How many source bytes stand for the first `within` bytes of a scalar's value; only escapes that
 * are common in one-line scalars are followed, others leave the column a little early. */
static size_t source_distance(const struct yaml_file *file, const struct yaml_node *at,
                              size_t within)
{
    const char *source = file->text + at->offset;
    size_t left = file->length - at->offset;
    if (!at->quoted || left == 0)
        return within;
    char quote = source[0];
    if (quote != '\'' && quote != '"')
        return 0;
    size_t used = 1;
    for (size_t i = 0; i < within && used < left; i++) {
        bool pair = quote == '\'' ? source[used] == '\'' : source[used] == '\\';
        used += pair ? 2 : 1;
    }
    return used;
}

void yaml_error_within(struct yaml_file *file, const struct yaml_node *at, size_t within,
                       const char *code, const char *hint, const char *format, ...)
{
    struct als_diag place = {.code = code,
                             .line = at->line,
                             .column = at->column + source_distance(file, at, within),
                             .field = at->key ? at->key->text : NULL,
                             .hint = hint};
    va_list args;
    va_start(args, format);
    keep(file, at->offset, &place, format, args);
    va_end(args);
}

const char *yaml_hint(struct yaml_file *file, const char *word, const char *const *candidates,
                      size_t n)
{
    const char *near = file->errors < YAML_MAX_FINDINGS ? als_nearest(word, candidates, n) : NULL;
    return near ? als_arena_printf(file->arena, "did you mean %s?", near) : NULL;
}

/* What is being built: the open lists and maps, and a key that waits for its value. */
struct builder {
    struct yaml_file *file;
    struct yaml_node *open[YAML_MAX_DEPTH];
    struct yaml_node *last[YAML_MAX_DEPTH]; /* last child of each */
    struct yaml_node *key[YAML_MAX_DEPTH];
    size_t depth;
    bool ended; /* a document ended: nothing may follow */
    bool stop;
};

/* The library's marks of quoted scalars, anchors and aliases are behind the sign that opens them;
 * `sign` is what to look for before the mark, NULL for nothing. */
static void place_node(struct builder *builder, struct yaml_node *node, struct fy_token *token,
                       const char *sign)
{
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (mark) {
        node->offset =
            mark->input_pos < builder->file->length ? mark->input_pos : builder->file->length;
        if (sign && node->offset > 0 && strchr(sign, builder->file->text[node->offset - 1]))
            node->offset--;
        node->line = (size_t)mark->line + 1;
        size_t start = node->offset;
        while (start > 0 && builder->file->text[start - 1] != '\n')
            start--;
        node->column = node->offset - start + 1;
    }
}

static void refuse(struct builder *builder, const struct yaml_node *node, const char *what)
{
    yaml_error(builder->file, node, "E-YAML", NULL, "%s cannot be used in definitions", what);
    builder->stop = true;
}

/* Hang a finished scalar, or a list or map that begins, into the tree. */
static void attach(struct builder *builder, struct yaml_node *node)
{
    if (builder->depth == 0) {
        if (builder->ended)
            refuse(builder, node, "a second document");
        else
            builder->file->root = node;
        return;
    }
    size_t top = builder->depth - 1;
    struct yaml_node *parent = builder->open[top];
    if (parent->kind == YAML_MAP) {
        if (!builder->key[top]) {
            builder->key[top] = node;
            if (parent->count == 0 && parent->line == 0) {
                parent->offset = node->offset;
                parent->line = node->line;
                parent->column = node->column;
            }
            return;
        }
        node->key = builder->key[top];
        builder->key[top] = NULL;
    }
    if (node->line == 0 && node->key) {
        node->offset = node->key->offset;
        node->line = node->key->line;
        node->column = node->key->column;
    }
    if (builder->last[top])
        builder->last[top]->next = node;
    else
        parent->first = node;
    builder->last[top] = node;
    if (++parent->count > YAML_MAX_CHILDREN) {
        yaml_error(builder->file, node, "E-LIMIT", NULL, "more than %d entries in a list or map",
                   YAML_MAX_CHILDREN);
        builder->stop = true;
    }
}

static void add_scalar(struct builder *builder, struct fy_token *token)
{
    struct yaml_file *file = builder->file;
    struct yaml_node *node = als_arena_take(file->arena, sizeof *node);
    size_t length = 0;
    const char *text = token ? fy_token_get_text(token, &length) : NULL;
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
    node->kind = YAML_SCALAR;
    node->quoted = style != FYSS_PLAIN;
    node->length = text ? length : 0;
    node->text = als_arena_strndup(file->arena, text ? text : "", node->length);
    if (node->length > 0 || node->quoted)
        place_node(builder, node, token, node->quoted ? "'\"" : NULL);
    while (style > FYSS_DOUBLE_QUOTED && node->offset < file->length &&
           file->text[node->offset] == ' ') {
        node->offset++;
        node->column++;
    }
    attach(builder, node);
    if (memchr(node->text, '\0', node->length))
        refuse(builder, node, "a NUL character");
}

static void open_node(struct builder *builder, enum yaml_kind kind, struct fy_token *token)
{
    struct yaml_node *node = als_arena_take(builder->file->arena, sizeof *node);
    node->kind = kind;
    node->text = "";
    size_t top = builder->depth;
    bool is_key = top > 0 && builder->open[top - 1]->kind == YAML_MAP && !builder->key[top - 1];
    /* A block map's own token is its first key's place; a flow one's is its bracket. */
    place_node(builder, node, token, NULL);
    if (is_key) {
        refuse(builder, node, "a key that is a list or a map");
        return;
    }
    attach(builder, node);
    if (top == YAML_MAX_DEPTH) {
        refuse(builder, node, "nesting this deep");
        return;
    }
    builder->open[top] = node;
    builder->last[top] = NULL;
    builder->key[top] = NULL;
    builder->depth++;
}

static void refuse_marks(struct builder *builder, struct fy_token *anchor, struct fy_token *tag)
{
    struct yaml_node node = {.line = 1, .column = 1};
    if (!builder->stop && (anchor || tag)) {
        place_node(builder, &node, anchor ? anchor : tag, anchor ? "&" : NULL);
        refuse(builder, &node, anchor ? "an anchor" : "a tag");
    }
}

static void take_event(struct builder *builder, struct fy_event *event)
{
    struct yaml_node node = {.line = 1, .column = 1};
    switch (event->type) {
    case FYET_DOCUMENT_END:
        builder->ended = true;
        break;
    case FYET_SCALAR:
        add_scalar(builder, event->scalar.value);
        refuse_marks(builder, event->scalar.anchor, event->scalar.tag);
        break;
    case FYET_SEQUENCE_START:
        open_node(builder, YAML_LIST, event->sequence_start.sequence_start);
        refuse_marks(builder, event->sequence_start.anchor, event->sequence_start.tag);
        break;
    case FYET_MAPPING_START:
        open_node(builder, YAML_MAP, event->mapping_start.mapping_start);
        refuse_marks(builder, event->mapping_start.anchor, event->mapping_start.tag);
        break;
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        builder->depth--;
        break;
    case FYET_ALIAS:
        place_node(builder, &node, event->alias.anchor, "*");
        refuse(builder, &node, "an alias");
        break;
    default:
        break;
    }
}

/* Many an editor's tab is the cause of a mistake that the library sees elsewhere. */
static const char *tab_hint(struct yaml_file *file)
{
    size_t line = 1;
    bool indent = true;
    for (size_t i = 0; i < file->length; i++) {
        char c = file->text[i];
        if (indent && c == '\t')
            return als_arena_printf(
                file->arena, "line %zu is indented with a tab, and YAML takes blanks only", line);
        indent = c == '\n' || (indent && c == ' ');
        line += c == '\n';
    }
    return NULL;
}

/* The library's first finding is the mistake; those after it are its consequences. */
static void report_syntax(struct yaml_file *file, struct fy_diag *diag)
{
    void *iterator = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &iterator);
    if (!error) {
        error_at(file, 1, 1, "E-YAML", NULL, "this is not YAML");
        return;
    }
    size_t line = error->line > 0 ? (size_t)error->line : 1;
    size_t column = error->column > 0 ? (size_t)error->column : 1;
    error_at(file, line, column, "E-YAML", tab_hint(file), "not well-formed YAML: %s",
             error->msg ? error->msg : "unknown mistake");
}

static bool build(struct yaml_file *file, struct fy_diag *diag)
{
    struct fy_parse_cfg config = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE,
                                  .diag = diag};
    struct fy_parser *parser = fy_parser_create(&config);
    if (!parser) {
        error_at(file, 1, 1, "E-YAML", NULL, "the YAML parser could not be started");
        return false;
    }
    struct builder builder = {.file = file};
    bool good = fy_parser_set_string(parser, file->text, file->length) == 0;
    struct fy_event *event;
    while (good && !builder.stop && (event = fy_parser_parse(parser))) {
        take_event(&builder, event);
        fy_parser_event_free(parser, event);
    }
    good = good && !fy_parser_get_stream_error(parser);
    if (!good && !builder.stop)
        report_syntax(file, diag);
    fy_parser_destroy(parser);
    return good && !builder.stop;
}

/* Length of the well-formed UTF-8 sequence at the start of text, 0 if there is none. */
static size_t sequence_length(const unsigned char *text, size_t left)
{
    static const struct {
        unsigned char mask, lead;
        size_t length;
        unsigned least; /* smaller ones are overlong */
    } forms[] = {{0x80, 0x00, 1, 0},
                 {0xe0, 0xc0, 2, 0x80},
                 {0xf0, 0xe0, 3, 0x800},
                 {0xf8, 0xf0, 4, 0x10000}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if ((text[0] & forms[i].mask) != forms[i].lead)
            continue;
        unsigned point = text[0] & (unsigned char)~forms[i].mask;
        for (size_t k = 1; k < forms[i].length; k++) {
            if (k == left || (text[k] & 0xc0) != 0x80)
                return 0;
            point = point << 6 | (text[k] & 0x3f);
        }
        bool surrogate = point >= 0xd800 && point <= 0xdfff;
        return point >= forms[i].least && point <= 0x10ffff && !surrogate ? forms[i].length : 0;
    }
    return 0;
}

/* Bytes that the library would take for the end of input or pass on as they are. */
static bool has_only_text(struct yaml_file *file)
{
    const unsigned char *text = (const unsigned char *)file->text;
    size_t line = 1, start = 0, step;
    for (size_t i = 0; i < file->length; i += step) {
        unsigned char c = text[i];
        step = sequence_length(text + i, file->length - i);
        if (step == 0) {
            error_at(file, line, i - start + 1, "E-YAML", NULL, "this byte is not UTF-8 text");
            return false;
        }
        if (c == '\n') {
            line++;
            start = i + 1;
        } else if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7f) {
            error_at(file, line, i - start + 1, "E-YAML", NULL, "control character %u in the text",
                     c);
            return false;
        }
    }
    return true;
}

bool yaml_open(struct yaml_file *file, const char *name, const char *text, size_t length,
               const struct als_sink *sink)
{
    *file = (struct yaml_file){.name = name, .text = text, .length = length, .sink = sink};
    file->arena = als_arena_new();
    if (length > YAML_MAX_BYTES) {
        file->length = 0;
        error_at(file, 1, 1, "E-LIMIT", NULL, "the file has %zu bytes, at most %zu are accepted",
                 length, YAML_MAX_BYTES);
        return false;
    }
    if (!has_only_text(file))
        return false;
    struct fy_diag_cfg config;
    fy_diag_cfg_default(&config);
    config.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&config);
    if (!diag)
        return false;
    fy_diag_set_collect_errors(diag, true);
    bool good = build(file, diag);
    fy_diag_destroy(diag);
    if (good && !file->root) {
        error_at(file, 1, 1, "E-YAML", NULL, "the file is empty");
        return false;
    }
    return good;
}

void yaml_close(struct yaml_file *file)
{
    send_all(file);
    als_arena_free(file->arena);
    *file = (struct yaml_file){0};
}
