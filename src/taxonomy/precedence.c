/* Which of several flags names a failure: methods.md,
 *   INFRA > BUDGET > FORMAT > TOOL > V1/V2/V6 > SPEC > DRIFT > V3 > REASON,
 * and within a group the lower number. V4 and V5 say something of the verifier and not of the
 * submission; they name a failure only where nothing else does. */
#include "taxonomy/taxonomy.h"

static const char order[N_TAXONOMY_FLAGS][3] = {
    "I1", "I2",                                     /* infrastructure */
    "B1", "B2", "B3", "B4",                         /* budget */
    "F1", "F2", "F3",                               /* format */
    "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", /* tool misuse */
    "V1", "V2", "V6",                   /* the right one thrown away, or never looked at */
    "S1", "S2", "S3", "S4", "S5", "S6", /* spec error */
    "P1", "P2", "P3", "P4", "P5", "P6", /* plan drift */
    "V3",                               /* a verifier that let it pass */
    "R1", "R2", "R3", "R4",             /* reasoning */
    "V4", "V5"};

int taxonomy_ranked(int rank)
{
    return taxonomy_index(order[rank]);
}

int taxonomy_primary(taxonomy_set flags)
{
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++) {
        int flag = taxonomy_ranked(i);
        if (flags >> flag & 1)
            return flag;
    }
    return -1;
}
