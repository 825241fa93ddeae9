/* The steps of reading a protocol. Private to this layer. */
#ifndef ALSTRACK_SRC_DEFINE_PROTOCOL_PARSE_H
#define ALSTRACK_SRC_DEFINE_PROTOCOL_PARSE_H

#include "alstrack/define/protocol.h"
#include "yaml.h"

#define MAX_DAYS 36500

/* A protocol under construction, with the nodes that its visits and cohorts came from. */
struct protocol_draft {
    struct yaml_file *file;
    struct als_arena *arena; /* of the protocol */
    struct als_protocol *out;
    als_instrument_lookup *lookup; /* may be NULL: instruments are then not checked */
    void *context;
    struct als_visit_plan *visits;
    const struct yaml_node **visit_nodes;
    struct als_cohort *cohorts;
    const struct yaml_node **cohort_nodes;
};

void protocol_read_visits(struct protocol_draft *draft, const struct yaml_node *list);
void protocol_read_baselines(struct protocol_draft *draft, const struct yaml_node *map);
void protocol_read_criteria(struct protocol_draft *draft, const struct yaml_node *list);
void protocol_read_analysis(struct protocol_draft *draft, const struct yaml_node *map);
void protocol_read_adverse_events(struct protocol_draft *draft, const struct yaml_node *map);
void protocol_read_escalation(struct protocol_draft *draft, const struct yaml_node *map);

/* `event NAME`, `infusion N`, `last planned infusion` or `visit CODE`; needs all visit codes. */
bool read_anchor(struct protocol_draft *draft, const struct yaml_node *node,
                 struct als_anchor *out);

/* The visit of that code; reported and -1 when there is none. */
ptrdiff_t known_visit(struct protocol_draft *draft, const struct yaml_node *node, const char *code);

/* Report a code that an earlier element has; codes[i] stands at nodes[i]. */
void check_repeated(struct yaml_file *file, const char *what, const char *const *codes,
                    const struct yaml_node *const *nodes, size_t n);

/* What can be judged only when all visits and cohorts are known: infusions, cycles, windows. */
void protocol_check(struct protocol_draft *draft);

/* False for another cohort's visit and for one that hangs on an infusion the cohort never gets. */
bool visit_concerns(const struct als_visit_plan *visit, const struct als_cohort *cohort);

/* The visit at which the cohort gets its n-th infusion, or -1. */
ptrdiff_t giver_of(const struct als_protocol *protocol, size_t infusion,
                   const struct als_cohort *cohort);

/* The visit that this one's date follows from in the cohort's plan, or -1 for a real date. */
ptrdiff_t anchor_visit(const struct als_protocol *protocol, const struct als_visit_plan *visit,
                       const struct als_cohort *cohort);

/* Do the anchors from this visit on come to an end? */
bool anchors_end(const struct als_protocol *protocol, size_t visit,
                 const struct als_cohort *cohort);

#endif
