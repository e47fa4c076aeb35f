// The qcStatements extension of a one-time certificate: its legal claims and the semantics of its
// names (EN 319 412-5, RFC 3739 3.2.6).
#ifndef ENKRAT_CA_QC_STATEMENTS_H_
#define ENKRAT_CA_QC_STATEMENTS_H_

#include "ca/profile.h"
#include "common/der_writer.h"

namespace enkrat::ca {

// Appends the Extension, not critical: QcCompliance, QcRetentionPeriod, QcSSCD, QcType, QcPDS as
// far as `spec` claims them, then the semantics of natural or legal persons (EN 319 412-1 5.1).
// QcCClegislation never: it is not for certificates of the Union (QCS-5-01).
void WriteQcStatements(DerWriter& writer, const ProfileSpec& spec);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_QC_STATEMENTS_H_
