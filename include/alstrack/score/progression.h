/*
 * Rate of progression before a first measurement, from the date of onset alone.
 */
#ifndef ALSTRACK_SCORE_PROGRESSION_H
#define ALSTRACK_SCORE_PROGRESSION_H

/* (maximum - total) / months since onset: points lost per month of 30.4375 days if the scale was at
 * its maximum at onset (Kimura et al. 2006, Neurology 66:265). It understates the rate to come, and
 * no measured slope should give way to it. NAN unless total is a number and days_since_onset > 0.
 */
double als_delta_fs(double maximum, double total, int days_since_onset);

#endif
