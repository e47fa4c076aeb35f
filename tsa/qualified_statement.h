// esi4-qtstStatement-1: that a timestamp, or the unit of a certificate, is a qualified one (EN 319
// 422 9.1, in the qcStatements extension of RFC 3739 3.2.6).
#ifndef ENKRAT_TSA_QUALIFIED_STATEMENT_H_
#define ENKRAT_TSA_QUALIFIED_STATEMENT_H_

#include "common/bytes.h"

namespace enkrat::tsa {

// 1.3.6.1.5.5.7.1.3, id-pe-qcStatements.
inline constexpr uint8_t kQcStatementsOid[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x03};

// QCStatements in DER with this statement alone.
Bytes QualifiedTimestampStatements();

// Whether it is among the statements; false for what is not QCStatements in DER.
bool HasQualifiedTimestampStatement(ByteSpan qc_statements_der);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_QUALIFIED_STATEMENT_H_
