#include "ca/parsed_certificate.h"

#include <openssl/asn1t.h>

#include <algorithm>
#include <utility>

#include "ca/object_identifiers.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

// ASN1_SEQUENCE members stay encoded, header included.
struct TbsStructure {
  ASN1_INTEGER* version;
  ASN1_INTEGER* serial_number;
  ASN1_STRING* signature_algorithm;
  ASN1_STRING* issuer;
  X509_VAL* validity;
  X509_NAME* subject;
  ASN1_STRING* spki;
  STACK_OF(X509_EXTENSION) * extensions;
};

ASN1_SEQUENCE(TbsStructure) =
    {
        ASN1_EXP(TbsStructure, version, ASN1_INTEGER, 0),
        ASN1_SIMPLE(TbsStructure, serial_number, ASN1_INTEGER),
        ASN1_SIMPLE(TbsStructure, signature_algorithm, ASN1_SEQUENCE),
        ASN1_SIMPLE(TbsStructure, issuer, ASN1_SEQUENCE),
        ASN1_SIMPLE(TbsStructure, validity, X509_VAL),
        ASN1_SIMPLE(TbsStructure, subject, X509_NAME),
        ASN1_SIMPLE(TbsStructure, spki, ASN1_SEQUENCE),
        ASN1_EXP_SEQUENCE_OF(TbsStructure, extensions, X509_EXTENSION, 3),
} ASN1_SEQUENCE_END(TbsStructure)

        struct CertificateStructure {
  ASN1_STRING* tbs;
  ASN1_STRING* signature_algorithm;
  ASN1_BIT_STRING* signature;
};

ASN1_SEQUENCE(CertificateStructure) =
    {
        ASN1_SIMPLE(CertificateStructure, tbs, ASN1_SEQUENCE),
        ASN1_SIMPLE(CertificateStructure, signature_algorithm, ASN1_SEQUENCE),
        ASN1_SIMPLE(CertificateStructure, signature, ASN1_BIT_STRING),
} ASN1_SEQUENCE_END(CertificateStructure)

        template <typename T, const ASN1_ITEM* (*Item)()>
        struct ItemDeleter {
  void operator()(T* value) const { ASN1_item_free(reinterpret_cast<ASN1_VALUE*>(value), Item()); }
};
using TbsPtr = std::unique_ptr<TbsStructure, ItemDeleter<TbsStructure, &TbsStructure_it>>;
using CertificatePtr = std::unique_ptr<CertificateStructure,
                                       ItemDeleter<CertificateStructure, &CertificateStructure_it>>;

template <typename Ptr>
Ptr Decode(ByteSpan der, const ASN1_ITEM* item) {
  const unsigned char* cursor = der.data();
  Ptr value(reinterpret_cast<typename Ptr::element_type*>(
      ASN1_item_d2i(nullptr, &cursor, static_cast<long>(der.size()), item)));
  if (value != nullptr && cursor != der.data() + der.size()) return nullptr;
  return value;
}

bool EncodesTo(TbsStructure* tbs, ByteSpan expected) {
  const ASN1_ITEM* item = TbsStructure_it();
  auto* value = reinterpret_cast<ASN1_VALUE*>(tbs);
  if (ASN1_item_i2d(value, nullptr, item) != static_cast<int>(expected.size())) return false;
  Bytes again(expected.size());
  unsigned char* cursor = again.data();
  ASN1_item_i2d(value, &cursor, item);
  return again == expected;
}

ByteSpan Octets(const ASN1_STRING* string) {
  return ByteSpan(ASN1_STRING_get0_data(string), static_cast<size_t>(ASN1_STRING_length(string)));
}

std::optional<std::vector<SequenceMembers>> ReadQcStatements(const ParsedExtension* extension) {
  if (extension == nullptr) return std::nullopt;
  const std::optional<SequenceMembers> statements = ReadSequence(extension->value);
  if (!statements.has_value()) return std::nullopt;
  std::vector<SequenceMembers> result;
  for (const SequenceMember& statement : *statements) {
    std::optional<SequenceMembers> members = ReadSequence(statement.octets);
    if (!members.has_value() || members->empty() || members->front().type != V_ASN1_OBJECT) {
      return std::nullopt;
    }
    result.push_back(*std::move(members));
  }
  return result;
}

}  // namespace

struct ParsedTbs::Shape {
  TbsPtr tbs;
};

ParsedTbs::ParsedTbs(ParsedTbs&&) noexcept = default;
ParsedTbs& ParsedTbs::operator=(ParsedTbs&&) noexcept = default;
ParsedTbs::~ParsedTbs() = default;

ParsedTbs::ParsedTbs(std::unique_ptr<Shape> shape) : shape_(std::move(shape)) {
  STACK_OF(X509_EXTENSION)* stack = shape_->tbs->extensions;
  for (int i = 0; i < sk_X509_EXTENSION_num(stack); ++i) {
    X509_EXTENSION* extension = sk_X509_EXTENSION_value(stack, i);
    const ASN1_OBJECT* type = X509_EXTENSION_get_object(extension);
    extensions_.push_back({.type = ByteSpan(OBJ_get0_data(type), OBJ_length(type)),
                           .critical = X509_EXTENSION_get_critical(extension) != 0,
                           .value = Octets(X509_EXTENSION_get_data(extension))});
  }
  qc_statements_ = ReadQcStatements(Find(oid::kQcStatements));
}

absl::StatusOr<ParsedTbs> ParsedTbs::Parse(ByteSpan tbs_der) {
  TbsPtr tbs = Decode<TbsPtr>(tbs_der, TbsStructure_it());
  if (tbs == nullptr) {
    return OpenSslError(Reason::kLintFailed, "der: not a TBSCertificate of version 3");
  }
  if (!EncodesTo(tbs.get(), tbs_der)) {
    return MakeError(Reason::kLintFailed, "der: not the canonical encoding");
  }
  return ParsedTbs(std::make_unique<Shape>(Shape{std::move(tbs)}));
}

const ASN1_INTEGER* ParsedTbs::version() const { return shape_->tbs->version; }
const ASN1_INTEGER* ParsedTbs::serial_number() const { return shape_->tbs->serial_number; }
ByteSpan ParsedTbs::signature_algorithm_der() const {
  return Octets(shape_->tbs->signature_algorithm);
}
ByteSpan ParsedTbs::issuer_der() const { return Octets(shape_->tbs->issuer); }
const ASN1_TIME* ParsedTbs::not_before() const { return shape_->tbs->validity->notBefore; }
const ASN1_TIME* ParsedTbs::not_after() const { return shape_->tbs->validity->notAfter; }
const X509_NAME* ParsedTbs::subject() const { return shape_->tbs->subject; }
ByteSpan ParsedTbs::spki_der() const { return Octets(shape_->tbs->spki); }

const ParsedExtension* ParsedTbs::Find(ByteSpan extension_type) const {
  const auto found =
      std::find_if(extensions_.begin(), extensions_.end(),
                   [&](const ParsedExtension& each) { return each.type == extension_type; });
  return found == extensions_.end() ? nullptr : &*found;
}

const SequenceMembers* ParsedTbs::FindQcStatement(ByteSpan identifier) const {
  if (!qc_statements_.has_value()) return nullptr;
  for (const SequenceMembers& statement : *qc_statements_) {
    if (statement.front().octets == identifier) return &statement;
  }
  return nullptr;
}

absl::StatusOr<CertificateParts> SplitCertificate(ByteSpan certificate_der) {
  const CertificatePtr certificate =
      Decode<CertificatePtr>(certificate_der, CertificateStructure_it());
  if (certificate == nullptr) {
    return OpenSslError(Reason::kInternal, "an assembled certificate cannot be parsed back");
  }
  return CertificateParts{
      .tbs_der = ToBytes(Octets(certificate->tbs)),
      .signature_algorithm_der = ToBytes(Octets(certificate->signature_algorithm)),
      .signature = ToBytes(Octets(certificate->signature))};
}

}  // namespace enkrat::ca
