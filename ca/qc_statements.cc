#include "ca/qc_statements.h"

#include "ca/extension.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca {
namespace {

// A statement without information, and every SEQUENCE of one identifier.
void WriteIdentifier(DerWriter& writer, ByteSpan identifier) {
  writer.Nested(der_tag::kSequence, [&] { writer.ObjectIdentifier(identifier); });
}

template <typename WriteInformation>
void WriteStatement(DerWriter& writer, ByteSpan identifier, WriteInformation&& write) {
  writer.Nested(der_tag::kSequence, [&] {
    writer.ObjectIdentifier(identifier);
    write();
  });
}

void WritePdsLocations(DerWriter& writer, const std::vector<PdsLocation>& locations) {
  writer.Nested(der_tag::kSequence, [&] {
    for (const PdsLocation& location : locations) {
      writer.Nested(der_tag::kSequence, [&] {
        writer.Element(der_tag::kIa5String, location.url);
        writer.Element(der_tag::kPrintableString, location.language);
      });
    }
  });
}

void WriteClaims(DerWriter& writer, const ProfileSpec& spec) {
  const bool seal = spec.kind == ProfileKind::kSeal;
  WriteIdentifier(writer, oid::kQcCompliance);
  if (spec.retention_years > 0) {
    WriteStatement(writer, oid::kQcRetentionPeriod, [&] {
      writer.UnsignedInteger(Bytes{static_cast<uint8_t>(spec.retention_years)});
    });
  }
  if (spec.on_qscd) WriteIdentifier(writer, oid::kQcSscd);
  WriteStatement(writer, oid::kQcType, [&] {
    WriteIdentifier(writer, seal ? ByteSpan(oid::kQcTypeEseal) : ByteSpan(oid::kQcTypeEsign));
  });
  WriteStatement(writer, oid::kQcPds, [&] { WritePdsLocations(writer, spec.pds); });
}

}  // namespace

void WriteQcStatements(DerWriter& writer, const ProfileSpec& spec) {
  const bool seal = spec.kind == ProfileKind::kSeal;
  WriteExtension(writer, oid::kQcStatements, Criticality::kNonCritical, [&] {
    writer.Nested(der_tag::kSequence, [&] {
      if (spec.qualified) WriteClaims(writer, spec);
      WriteStatement(writer, oid::kPkixQcSyntaxV2, [&] {  // SemanticsInformation
        WriteIdentifier(writer,
                        seal ? ByteSpan(oid::kSemanticsLegal) : ByteSpan(oid::kSemanticsNatural));
      });
    });
  });
}

}  // namespace enkrat::ca
