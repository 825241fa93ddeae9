/*
 * Signatures on pages: who stands for what, whether it still is what was signed, and the way to
 * sign it.
 */
#ifndef ALSTRACK_WEB_SIGNATURES_H
#define ALSTRACK_WEB_SIGNATURES_H

#include "alstrack/store/sign.h"
#include "page.h"

/* The page of what is signed: of a visit, of a patient, or of all signatures. */
const char *als_scope_url(const struct als_request *request, const struct als_scope *scope);
/* The page on which it is signed. */
const char *als_sign_url(const struct als_request *request, const struct als_scope *scope);

/* "valid", or since which change set it is not. */
void als_html_signature_state(struct als_html *html, const struct als_signature *signature);

/* Heading and list of the signatures of exactly that scope, with a way to sign it as it is shown,
 * for whoever may. Nothing in a study without users. */
void als_html_signatures(struct als_html *html, const struct als_scope *scope, const char *way);

#endif
