#include "validation/certificate_claims.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "absl/strings/string_view.h"
#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/text.h"

namespace enkrat::validation {
namespace {

constexpr char kQcStatements[] = "1.3.6.1.5.5.7.1.3";
constexpr char kAuthContext[] = "1.2.752.201.5.1";
constexpr int kMostPolicies = 64;
constexpr size_t kLongestLevel = 200;

// 0.4.0.1862.1.1, .4 and .6; types .6.1 to .6.3.
constexpr uint8_t kQcCompliance[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x01};
constexpr uint8_t kQcSscd[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x04};
constexpr uint8_t kQcType[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x06};
constexpr absl::string_view kTypes[] = {"esign", "eseal", "web"};

// In the order of the bits of KeyUsage (RFC 5280 4.2.1.3).
constexpr absl::string_view kUsages[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                         "dataEncipherment", "keyAgreement",   "keyCertSign",
                                         "crlSign",          "encipherOnly",   "decipherOnly"};

// The value of the extension; nullopt if there is none.
std::optional<Bytes> ExtensionValue(X509* certificate, const char* oid) {
  const Asn1ObjectPtr type(OBJ_txt2obj(oid, /*no_name=*/1));
  const int at = X509_get_ext_by_OBJ(certificate, type.get(), -1);
  if (at < 0) return std::nullopt;
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
  return Bytes(ASN1_STRING_get0_data(value),
               ASN1_STRING_get0_data(value) + ASN1_STRING_length(value));
}

std::string ReadQcType(DerReader& statement) {
  const std::optional<DerElement> types = statement.Take(der_tag::kSequence);
  if (!types.has_value()) return "";
  DerReader cursor(types->content);
  while (const auto type = cursor.Take(der_tag::kObjectIdentifier)) {
    const ByteSpan prefix = type->content.first(std::min(type->content.size(), sizeof(kQcType)));
    if (type->content.size() != sizeof(kQcType) + 1 || prefix != ByteSpan(kQcType)) continue;
    const size_t number = type->content.back();
    if (number >= 1 && number <= std::size(kTypes)) return std::string(kTypes[number - 1]);
  }
  return "";
}

void ReadQcStatements(X509* certificate, CertificateClaims& claims) {
  const std::optional<Bytes> value = ExtensionValue(certificate, kQcStatements);
  if (!value.has_value()) return;
  const std::optional<ByteSpan> statements = OnlyElement(*value, der_tag::kSequence);
  if (!statements.has_value()) return;
  DerReader cursor(*statements);
  while (const auto statement = cursor.Take(der_tag::kSequence)) {
    DerReader fields(statement->content);
    const std::optional<DerElement> id = fields.Take(der_tag::kObjectIdentifier);
    if (!id.has_value()) continue;
    claims.qc_compliance |= id->content == ByteSpan(kQcCompliance);
    claims.qc_sscd |= id->content == ByteSpan(kQcSscd);
    if (id->content == ByteSpan(kQcType) && claims.qc_type.empty()) {
      claims.qc_type = ReadQcType(fields);
    }
  }
}

// AuthenticationContexts ::= SEQUENCE OF SEQUENCE { contextType, contextInfo UTF8String }, the
// latter XML with an attribute that names the level (RFC 7773 3). The attribute is looked for as
// text: no document of a stranger's is parsed for a label.
void ReadAuthContext(X509* certificate, CertificateClaims& claims) {
  constexpr absl::string_view kName = " AuthnContextClassRef=\"";
  const std::optional<Bytes> value = ExtensionValue(certificate, kAuthContext);
  if (!value.has_value()) return;
  const std::string text = ToString(*value);
  const size_t at = text.find(kName.data(), 0, kName.size());
  if (at == std::string::npos) return;
  const size_t begin = at + kName.size();
  const size_t end = text.find('"', begin);
  if (end == std::string::npos || end - begin > kLongestLevel) return;
  const std::string level = text.substr(begin, end - begin);
  if (CheckVisibleText(level, kLongestLevel).ok()) claims.level_of_assurance = level;
}

void ReadPolicies(X509* certificate, CertificateClaims& claims) {
  auto* policies = static_cast<CERTIFICATEPOLICIES*>(
      X509_get_ext_d2i(certificate, NID_certificate_policies, nullptr, nullptr));
  const int count = std::min(sk_POLICYINFO_num(policies), kMostPolicies);
  for (int i = 0; i < count; ++i) {
    char text[128];
    const ASN1_OBJECT* policy = sk_POLICYINFO_value(policies, i)->policyid;
    const int size = OBJ_obj2txt(text, sizeof(text), policy, /*no_name=*/1);
    if (size > 0 && size < static_cast<int>(sizeof(text))) claims.policy_oids.emplace_back(text);
  }
  CERTIFICATEPOLICIES_free(policies);
}

void ReadKeyUsages(X509* certificate, CertificateClaims& claims) {
  auto* bits =
      static_cast<ASN1_BIT_STRING*>(X509_get_ext_d2i(certificate, NID_key_usage, nullptr, nullptr));
  for (int i = 0; bits != nullptr && i < static_cast<int>(std::size(kUsages)); ++i) {
    if (ASN1_BIT_STRING_get_bit(bits, i) == 1) claims.key_usages.emplace_back(kUsages[i]);
  }
  ASN1_BIT_STRING_free(bits);
}

}  // namespace

CertificateClaims ReadCertificateClaims(ByteSpan certificate_der) {
  CertificateClaims claims;
  const absl::StatusOr<X509Ptr> certificate = ParseCertificate(certificate_der);
  if (!certificate.ok()) return claims;
  ReadQcStatements(certificate->get(), claims);
  ReadAuthContext(certificate->get(), claims);
  ReadPolicies(certificate->get(), claims);
  ReadKeyUsages(certificate->get(), claims);
  DrainOpenSslErrors();
  return claims;
}

}  // namespace enkrat::validation
