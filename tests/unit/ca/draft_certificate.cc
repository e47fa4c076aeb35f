#include "tests/unit/ca/draft_certificate.h"

#include <algorithm>
#include <cstdlib>

#include "ca/lints/encoded_value.h"
#include "ca/parsed_certificate.h"
#include "common/der_writer.h"

namespace enkrat::testing {
namespace {

DraftTime TimeFrom(const ASN1_TIME* time) {
  return {.tag = static_cast<uint8_t>(ASN1_STRING_type(time)),
          .text = std::string(ca::lints::ReadText(time))};
}

void WriteSubject(DerWriter& writer, const std::vector<DraftAttribute>& subject) {
  writer.Nested(der_tag::kSequence, [&] {
    for (const DraftAttribute& attribute : subject) {
      writer.Nested(der_tag::kSet, [&] {
        writer.Nested(der_tag::kSequence, [&] {
          writer.ObjectIdentifier(attribute.type);
          writer.Element(attribute.tag, attribute.text);
        });
      });
    }
  });
}

void WriteExtensions(DerWriter& writer, const std::vector<DraftExtension>& extensions) {
  writer.Nested(der_tag::Constructed(3), [&] {
    writer.Nested(der_tag::kSequence, [&] {
      for (const DraftExtension& extension : extensions) {
        writer.Nested(der_tag::kSequence, [&] {
          writer.ObjectIdentifier(extension.type);
          if (extension.critical) writer.True();
          writer.Element(der_tag::kOctetString, extension.value);
        });
      }
    });
  });
}

}  // namespace

DraftCertificate DraftCertificate::FromTbs(ByteSpan tbs_der) {
  const ca::ParsedTbs tbs = ca::ParsedTbs::Parse(tbs_der).value();
  DraftCertificate draft;
  draft.serial_number = ToBytes(ca::lints::ReadOctets(tbs.serial_number()));
  draft.signature_algorithm_der = ToBytes(tbs.signature_algorithm_der());
  draft.issuer_der = ToBytes(tbs.issuer_der());
  draft.not_before = TimeFrom(tbs.not_before());
  draft.not_after = TimeFrom(tbs.not_after());
  for (int i = 0; i < X509_NAME_entry_count(tbs.subject()); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(tbs.subject(), i);
    const ASN1_OBJECT* type = X509_NAME_ENTRY_get_object(entry);
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(entry);
    draft.subject.push_back({.type = ToBytes(ByteSpan(OBJ_get0_data(type), OBJ_length(type))),
                             .tag = static_cast<uint8_t>(ASN1_STRING_type(value)),
                             .text = std::string(ca::lints::ReadText(value))});
  }
  draft.spki_der = ToBytes(tbs.spki_der());
  for (const ca::ParsedExtension& extension : tbs.extensions()) {
    draft.extensions.push_back({.type = ToBytes(extension.type),
                                .critical = extension.critical,
                                .value = ToBytes(extension.value)});
  }
  return draft;
}

Bytes DraftCertificate::Encode() const {
  DerWriter writer(1024);
  writer.Nested(der_tag::kSequence, [&] {
    writer.Nested(der_tag::Constructed(0), [&] { writer.UnsignedInteger(Bytes{version}); });
    writer.Element(der_tag::kInteger, serial_number);
    writer.Raw(signature_algorithm_der);
    writer.Raw(issuer_der);
    writer.Nested(der_tag::kSequence, [&] {
      writer.Element(not_before.tag, not_before.text);
      writer.Element(not_after.tag, not_after.text);
    });
    WriteSubject(writer, subject);
    writer.Raw(spki_der);
    WriteExtensions(writer, extensions);
  });
  return std::move(writer).Take();
}

DraftExtension& DraftCertificate::Find(ByteSpan type) {
  const auto found = std::find_if(extensions.begin(), extensions.end(),
                                  [&](const DraftExtension& each) { return each.type == type; });
  if (found == extensions.end()) std::abort();
  return *found;
}

void DraftCertificate::Remove(ByteSpan type) {
  std::erase_if(extensions, [&](const DraftExtension& each) { return each.type == type; });
}

}  // namespace enkrat::testing
