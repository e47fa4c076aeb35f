// Reads extension values for the lints: one SEQUENCE as its members, with OpenSSL's decoder.
#ifndef ENKRAT_CA_LINTS_SEQUENCE_H_
#define ENKRAT_CA_LINTS_SEQUENCE_H_

#include <optional>
#include <vector>

#include "ca/parsed_certificate.h"
#include "common/bytes.h"

namespace enkrat::ca::lints {

// A member: its ASN.1 type as OpenSSL counts (V_ASN1_...), and its octets: content for primitive
// types of X.680, the whole encoding for SEQUENCE, SET and context-specific members.
struct SequenceMember {
  int type = 0;
  Bytes octets;
};

// nullopt unless `der` is exactly one SEQUENCE.
std::optional<std::vector<SequenceMember>> ReadSequence(ByteSpan der);

// The statements of qcStatements, each with its members: identifier first.
std::optional<std::vector<std::vector<SequenceMember>>> ReadQcStatements(const ParsedTbs& tbs);
// Those whose identifier is `identifier`.
std::vector<std::vector<SequenceMember>> QcStatementsOf(const ParsedTbs& tbs, ByteSpan identifier);

}  // namespace enkrat::ca::lints

#endif  // ENKRAT_CA_LINTS_SEQUENCE_H_
