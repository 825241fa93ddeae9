/*
 * A definition file as a tree of nodes that know where they stand. Private to this layer; only
 * yaml.c knows the YAML library.
 *
 * The tree is made from the parser's events, so that each key and value keeps its line and column,
 * repeated keys are seen, and depth is bounded. Anchors, aliases and tags are refused: a definition
 * has no use for them, and without them no small file can stand for a huge one.
 *
 * Ownership: nodes and scratch memory live in file->arena until yaml_close.
 */
#ifndef ALSTRACK_SRC_DEFINE_YAML_H
#define ALSTRACK_SRC_DEFINE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/diag.h"

#define YAML_MAX_BYTES    ((size_t)1 << 20)
#define YAML_MAX_DEPTH    16
#define YAML_MAX_CHILDREN 2000 /* of one list or map: comparing each with each stays cheap */
#define YAML_MAX_FINDINGS 1000 /* what comes after is not worth reading, nor computing */

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    bool quoted;                 /* scalar in quotes or a block scalar: never empty by intent */
    size_t offset, line, column; /* of the first byte; line and column from 1 */
    const char *text;            /* scalar, ends with NUL, contains none */
    size_t length;
    struct yaml_node *key; /* when the parent is a map */
    struct yaml_node *first, *next;
    size_t count; /* children */
};

struct yaml_file {
    const char *name;
    const char *text;
    size_t length;
    const struct als_sink *sink;
    size_t errors;             /* mistakes found */
    struct als_diag *findings; /* the first YAML_MAX_FINDINGS of them */
    struct als_arena *arena;
    struct yaml_node *root;
};

/* Build the tree. False after a syntax error or a broken limit, which was reported; the file must
 * be closed in any case. Closing sends what was reported, in order of place. */
bool yaml_open(struct yaml_file *file, const char *name, const char *text, size_t length,
               const struct als_sink *sink);
void yaml_close(struct yaml_file *file);

/* Report an error at a node. hint may be NULL. */
__attribute__((format(printf, 5, 6))) void yaml_error(struct yaml_file *file,
                                                      const struct yaml_node *at, const char *code,
                                                      const char *hint, const char *format, ...);

/* The same inside a scalar, `within` bytes after its first character, for expressions. */
__attribute__((format(printf, 6, 7))) void
yaml_error_within(struct yaml_file *file, const struct yaml_node *at, size_t within,
                  const char *code, const char *hint, const char *format, ...);

/* "did you mean X?" in the file's arena, or NULL when nothing is near. */
const char *yaml_hint(struct yaml_file *file, const char *word, const char *const *candidates,
                      size_t n);

/* Typed values. A value of another kind is reported and gives false, leaving *out alone. Text is
 * copied to `arena`; line ends at its end are dropped, other control characters refused. */
bool yaml_text(struct yaml_file *file, struct als_arena *arena, const struct yaml_node *node,
               const char **out);
bool yaml_flag(struct yaml_file *file, const struct yaml_node *node, bool *out);
bool yaml_size(struct yaml_file *file, const struct yaml_node *node, size_t *out);
bool yaml_int(struct yaml_file *file, const struct yaml_node *node, int *out);
bool yaml_number(struct yaml_file *file, const struct yaml_node *node, double *out);
bool yaml_is_list(struct yaml_file *file, const struct yaml_node *node);
bool yaml_is_map(struct yaml_file *file, const struct yaml_node *node);

/* One of n words; *out is its index. */
bool yaml_word(struct yaml_file *file, const struct yaml_node *node, const char *const *words,
               size_t n, size_t *out);

/* A list of texts. */
bool yaml_texts(struct yaml_file *file, struct als_arena *arena, const struct yaml_node *node,
                const char *const **out, size_t *n);

/* A map with known keys. Each value goes to target + offset as its kind says; YAML_LATER is for
 * values that need more than a look: the caller fetches them with yaml_child. */
enum yaml_want { YAML_TEXT, YAML_FLAG, YAML_SIZE, YAML_INT, YAML_NUMBER, YAML_LATER };

struct yaml_key {
    const char *name;
    enum yaml_want want;
    size_t offset;
    bool required;
};

/* Fill target from the map; unknown, repeated and missing keys are reported. Values that are absent
 * or wrong leave the target as it was. False when node is no map. */
bool yaml_read(struct yaml_file *file, struct als_arena *arena, const struct yaml_node *node,
               const struct yaml_key *keys, size_t n, void *target);

/* The value of a key, or NULL. */
const struct yaml_node *yaml_child(const struct yaml_node *map, const char *key);
/* The same for messages: the value of the key, or the map itself when it is absent. */
const struct yaml_node *yaml_place(const struct yaml_node *map, const char *key);

/* Report a code that does not match: `first` characters, then up to `most` - 1 of `rest`.
 * `pattern` is for people. */
struct yaml_code {
    const char *first, *rest;
    size_t most;
    const char *pattern;
};
bool yaml_code(struct yaml_file *file, const struct yaml_node *node, const char *text,
               const struct yaml_code *code);

#define YAML_LOWER "abcdefghijklmnopqrstuvwxyz"
#define YAML_UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define YAML_DIGIT "0123456789"

#endif
