// One X.509 extension, written (RFC 5280 4.2).
#ifndef ENKRAT_CA_EXTENSION_H_
#define ENKRAT_CA_EXTENSION_H_

#include <utility>

#include "common/bytes.h"
#include "common/der_writer.h"

namespace enkrat::ca {

enum class Criticality { kNonCritical, kCritical };

// Appends an Extension whose value is what `write_value` writes to the same writer.
template <typename WriteValue>
void WriteExtension(DerWriter& writer, ByteSpan type, Criticality criticality,
                    WriteValue&& write_value) {
  writer.Nested(der_tag::kSequence, [&] {
    writer.ObjectIdentifier(type);
    if (criticality == Criticality::kCritical) writer.True();
    writer.Nested(der_tag::kOctetString, std::forward<WriteValue>(write_value));
  });
}

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_EXTENSION_H_
