// One SEQUENCE as its members, read with OpenSSL's decoder.
#ifndef ENKRAT_CA_SEQUENCE_H_
#define ENKRAT_CA_SEQUENCE_H_

#include <optional>
#include <vector>

#include "common/bytes.h"

namespace enkrat::ca {

// A member: its ASN.1 type as OpenSSL counts (V_ASN1_...; V_ASN1_NEG_INTEGER below zero), and its
// octets: content for primitive types of X.680 (of an INTEGER its magnitude), the whole encoding
// for SEQUENCE, SET and context-specific members.
struct SequenceMember {
  int type = 0;
  Bytes octets;
};
using SequenceMembers = std::vector<SequenceMember>;

// nullopt unless `der` is exactly one SEQUENCE.
std::optional<SequenceMembers> ReadSequence(ByteSpan der);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_SEQUENCE_H_
