/* The key outside the study, and seals made with it. */
#include "alstrack/store/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "people_int.h"

#define KEY_BYTES 32
#define KEY_HEX   (2 * KEY_BYTES)

/* One for the process: whoever opens a study within it, writes under the same key. */
static struct als_key {
    bool known;
    unsigned char bytes[KEY_BYTES];
    char fingerprint[33];
} in_use;

enum als_status als_key_make(const char *path, struct als_err *err)
{
    unsigned char key[KEY_BYTES];
    char hex[KEY_HEX + 2];
    if (sodium_init() < 0)
        als_bug("libsodium cannot be started");
    randombytes_buf(key, sizeof key);
    sodium_bin2hex(hex, KEY_HEX + 1, key, sizeof key);
    hex[KEY_HEX] = '\n';
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = descriptor >= 0 && write(descriptor, hex, KEY_HEX + 1) == KEY_HEX + 1 &&
                   fsync(descriptor) == 0;
    int why = errno;
    if (descriptor >= 0)
        close(descriptor);
    sodium_memzero(hex, sizeof hex);
    sodium_memzero(key, sizeof key);
    if (!written)
        return als_fail(err, ALS_CANNOT_CREATE, why == EEXIST ? "E-EXISTS" : "E-CREATE", "%s: %s",
                        path, strerror(why));
    return ALS_OK;
}

static enum als_status read_key(const char *path, struct als_key *key, struct als_err *err)
{
    char hex[KEY_HEX + 2] = "";
    unsigned char digest[16];
    size_t n = 0;
    if (sodium_init() < 0)
        als_bug("libsodium cannot be started");
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return als_fail(err, ALS_NO_INPUT, "E-KEY", "%s: %s", path, strerror(errno));
    ssize_t got = read(descriptor, hex, KEY_HEX);
    close(descriptor);
    if (got != KEY_HEX ||
        sodium_hex2bin(key->bytes, KEY_BYTES, hex, KEY_HEX, NULL, &n, NULL) != 0 || n != KEY_BYTES)
        return als_fail(err, ALS_DATA, "E-KEY", "%s: not a key made by 'audit key'", path);
    key->known = true;
    crypto_generichash(digest, sizeof digest, key->bytes, KEY_BYTES, NULL, 0);
    sodium_bin2hex(key->fingerprint, sizeof key->fingerprint, digest, sizeof digest);
    return ALS_OK;
}

enum als_status als_key_use(const char *path, struct als_err *err)
{
    struct als_key key = {.known = false};
    enum als_status status = read_key(path, &key, err);
    if (status == ALS_OK)
        in_use = key;
    return status;
}

const char *als_key_fingerprint(void)
{
    return in_use.fingerprint;
}

enum als_status als_store_is_sealed(struct als_store *store, bool *sealed, struct als_err *err)
{
    int64_t any = 0;
    enum als_status status =
        als_sql_integer(store, "SELECT EXISTS (SELECT 1 FROM main.trail_key)", &any, err);
    if (status == ALS_OK)
        *sealed = any != 0;
    return status;
}

/* The key with which the change set under way is sealed: the one registered last before it, so that
 * only who has a key can have another follow it; the first seals its own registration. *sealed
 * false when there is none. */
static enum als_status fits(struct als_store *store, bool *sealed, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store,
                       "SELECT fingerprint FROM main.trail_key WHERE change_id < ?1"
                       " OR trail_key_id = (SELECT min(trail_key_id) FROM main.trail_key)"
                       " ORDER BY trail_key_id DESC LIMIT 1",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, store->change.change_id);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    *sealed = status == ALS_OK && row;
    bool good =
        !*sealed || strcmp((const char *)sqlite3_column_text(stmt, 0), in_use.fingerprint) == 0;
    als_sql_done(stmt);
    if (good)
        return status;
    als_fail(err, ALS_NOT_PERMITTED, "E-KEY",
             "%s: its change sets are sealed with a key, which is not at hand", store->path);
    als_err_hint(err, "ALSTRACK_KEY_FILE names the file with the key");
    return ALS_NOT_PERMITTED;
}

enum als_status als_key_register(struct als_store *store, const char *path, struct als_err *err)
{
    struct als_relation *table;
    struct als_key key = {.known = false};
    int64_t id = 0;
    bool sealed = false;
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK)
        status = als_may(store, ALS_ACT_KEEP, 0, err);
    if (status == ALS_OK)
        status = fits(store, &sealed, err);
    if (status == ALS_OK)
        status = read_key(path, &key, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "trail_key", &table, err);
    if (status != ALS_OK)
        return status;
    if (!sealed)
        in_use = key;
    struct als_row_cell cell = als_cell_text(key.fingerprint);
    return als_row_put(store, table, &id, &cell, false, NULL, err);
}

enum als_status als_seal_make(struct als_store *store, const unsigned char digest[ALS_DIGEST_BYTES],
                              unsigned char seal[ALS_DIGEST_BYTES], bool *sealed,
                              struct als_err *err)
{
    enum als_status status = fits(store, sealed, err);
    if (status == ALS_OK && *sealed)
        crypto_generichash(seal, ALS_DIGEST_BYTES, digest, ALS_DIGEST_BYTES, in_use.bytes,
                           KEY_BYTES);
    return status;
}

/* ---- Verifying ---- */

struct als_seals {
    struct {
        int64_t since;
        bool in_use;
    } * keys; /* in order of registration */
    size_t n;
    bool wanted; /* a key is in use */
    bool met;    /* and was registered */
};

enum als_status als_seals_load(struct als_store *store, struct als_seals **out, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        store, "SELECT change_id, fingerprint FROM main.trail_key ORDER BY trail_key_id", &stmt,
        err);
    if (status != ALS_OK)
        return status;
    struct als_seals *seals = als_alloc(sizeof *seals);
    seals->wanted = in_use.known;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        seals->keys = als_realloc_array(seals->keys, seals->n + 1, sizeof *seals->keys);
        bool same = strcmp((const char *)sqlite3_column_text(stmt, 1), in_use.fingerprint) == 0;
        seals->keys[seals->n].since = sqlite3_column_int64(stmt, 0);
        seals->keys[seals->n++].in_use = same;
        seals->met = seals->met || same;
    }
    *out = seals;
    return status;
}

bool als_seals_miss_the_key(const struct als_seals *seals)
{
    return seals->wanted && !seals->met;
}

const char *als_seal_check(const struct als_seals *seals, int64_t change_id, const void *digest,
                           const void *seal, int seal_bytes)
{
    size_t key = seals->n;
    while (key > 0 && (seals->keys[key - 1].since > change_id ||
                       (key > 1 && seals->keys[key - 1].since == change_id)))
        key--;
    if (key == 0)
        return seal_bytes ? "has a seal, and no key was set" : NULL;
    if (seal_bytes != ALS_DIGEST_BYTES)
        return "has no seal";
    if (!seals->keys[key - 1].in_use)
        return NULL;
    unsigned char right[ALS_DIGEST_BYTES];
    crypto_generichash(right, sizeof right, digest, ALS_DIGEST_BYTES, in_use.bytes, KEY_BYTES);
    return memcmp(right, seal, sizeof right) == 0 ? NULL : "is not sealed with the key";
}

void als_seals_free(struct als_seals *seals)
{
    if (seals)
        free(seals->keys);
    free(seals);
}
