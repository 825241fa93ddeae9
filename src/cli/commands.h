/*
 * The functions that the command table names, one per command, in the files cmd_NOUN.c.
 */
#ifndef ALSTRACK_CLI_COMMANDS_H
#define ALSTRACK_CLI_COMMANDS_H

#include "command.h"

als_run_fn als_cmd_init;
als_run_fn als_cmd_protocol_check;
als_run_fn als_cmd_protocol_show;
als_run_fn als_cmd_protocol_diff;
als_run_fn als_cmd_protocol_amend;
als_run_fn als_cmd_instrument_check;
als_run_fn als_cmd_instrument_list;
als_run_fn als_cmd_instrument_show;
als_run_fn als_cmd_patient_add;
als_run_fn als_cmd_patient_edit;
als_run_fn als_cmd_patient_list;
als_run_fn als_cmd_patient_show;
als_run_fn als_cmd_patient_screen;
als_run_fn als_cmd_event_add;
als_run_fn als_cmd_event_edit;
als_run_fn als_cmd_event_remove;
als_run_fn als_cmd_event_list;
als_run_fn als_cmd_visit_list;
als_run_fn als_cmd_visit_due;
als_run_fn als_cmd_visit_record;
als_run_fn als_cmd_record;
als_run_fn als_cmd_ae_add;
als_run_fn als_cmd_ae_edit;
als_run_fn als_cmd_ae_list;
als_run_fn als_cmd_import;
als_run_fn als_cmd_analyze_slopes;
als_run_fn als_cmd_analyze_ae;
als_run_fn als_cmd_analyze_prepost;
als_run_fn als_cmd_analyze_change;
als_run_fn als_cmd_analyze_stages;
als_run_fn als_cmd_analyze_dose;
als_run_fn als_cmd_analyze_mixed;
als_run_fn als_cmd_analyze_survival;
als_run_fn als_cmd_analyze_joint_rank;
als_run_fn als_cmd_plot_patient;
als_run_fn als_cmd_plot_spaghetti;
als_run_fn als_cmd_export_csv;
als_run_fn als_cmd_serve;
als_run_fn als_cmd_login;
als_run_fn als_cmd_logout;
als_run_fn als_cmd_user_add;
als_run_fn als_cmd_user_edit;
als_run_fn als_cmd_user_list;
als_run_fn als_cmd_user_passwd;
als_run_fn als_cmd_user_disable;
als_run_fn als_cmd_user_enable;
als_run_fn als_cmd_lock;
als_run_fn als_cmd_lock_list;
als_run_fn als_cmd_unlock;
als_run_fn als_cmd_sign;
als_run_fn als_cmd_sign_list;
als_run_fn als_cmd_audit_list;
als_run_fn als_cmd_audit_cells;
als_run_fn als_cmd_audit_verify;
als_run_fn als_cmd_audit_access;
als_run_fn als_cmd_audit_key;
als_run_fn als_cmd_audit_redact;
als_run_fn als_cmd_audit_redact_event;
als_run_fn als_cmd_audit_redact_ae;
als_run_fn als_cmd_backup;
als_run_fn als_cmd_help;
als_run_fn als_cmd_man;
als_run_fn als_cmd_completion;
als_run_fn als_cmd_complete;

#endif
