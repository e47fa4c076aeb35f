#include "tsa/qualified_statement.h"

#include <optional>

#include "common/der_reader.h"
#include "common/der_writer.h"

namespace enkrat::tsa {
namespace {

constexpr uint8_t kQualifiedTimestamp[] = {0x04, 0x00, 0x81, 0x97, 0x5e, 0x01, 0x01};

}  // namespace

Bytes QualifiedTimestampStatements() {
  return DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {DerOid(kQualifiedTimestamp)})});
}

bool HasQualifiedTimestampStatement(ByteSpan qc_statements_der) {
  DerReader statements(OnlyElement(qc_statements_der, der_tag::kSequence).value_or(ByteSpan()));
  bool found = false;
  while (!statements.AtEnd()) {
    const std::optional<DerElement> statement = statements.Take(der_tag::kSequence);
    if (!statement) return false;
    const auto id = DerReader(statement->content).Take(der_tag::kObjectIdentifier);
    if (!id) return false;
    found |= id->content == ByteSpan(kQualifiedTimestamp);
  }
  return found;
}

}  // namespace enkrat::tsa
