/* Passwords as Argon2id strings. */
#include <string.h>

#include "people_int.h"

/* OWASP 2023: 19 MiB, 2 passes, 1 lane (libsodium has no other number of lanes). */
#define PASSES       2
#define MEMORY_BYTES ((size_t)19456 * 1024)

#define SHORTEST 10
#define LONGEST  1024

/* Of a password that nobody knows, with the parameters above: what unknown names are tried on. */
static const char nobodys[] = "$argon2id$v=19$m=19456,t=2,p=1$"
                              "bm9ib2R5IGtub3dzIGl0IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

enum als_status als_password_encode(const char *password, struct als_arena *arena,
                                    const char **encoded, struct als_err *err)
{
    size_t length = strlen(password);
    if (characters(password) < SHORTEST || length > LONGEST)
        return als_fail(err, ALS_DATA, "E-PASSWORD",
                        "a password has at least %d characters and at most %d bytes", SHORTEST,
                        LONGEST);
    char *text = als_arena_take(arena, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str(text, password, length, PASSES, MEMORY_BYTES) != 0)
        als_bug("no memory to hash a password");
    *encoded = text;
    return ALS_OK;
}

bool als_password_is(const char *encoded, const char *password)
{
    /* Longer ones were never accepted; hashing them would only take time. */
    size_t length = strlen(password);
    if (length > LONGEST)
        length = LONGEST + 1;
    bool right = crypto_pwhash_str_verify(encoded ? encoded : nobodys, password, length) == 0;
    return right && encoded;
}

bool als_password_is_old(const char *encoded)
{
    return crypto_pwhash_str_needs_rehash(encoded, PASSES, MEMORY_BYTES) != 0;
}

void als_password_mark(const char *encoded, char hex[65])
{
    unsigned char digest[ALS_DIGEST_BYTES];
    crypto_generichash(digest, sizeof digest, (const unsigned char *)encoded, strlen(encoded), NULL,
                       0);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
}
