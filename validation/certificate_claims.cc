#include "validation/certificate_claims.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/text.h"

namespace enkrat::validation {
namespace {

constexpr char kQcStatements[] = "1.3.6.1.5.5.7.1.3";
constexpr char kAuthContext[] = "1.2.752.201.5.1";
constexpr absl::string_view kSamlContextType = "http://id.elegnamnden.se/auth-cont/1.0/saci";
constexpr int kMostPolicies = 64;
constexpr size_t kLongestLevel = 200;

// 0.4.0.1862.1.1, .4, .6 and .7; types .6.1 to .6.3.
constexpr uint8_t kQcCompliance[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x01};
constexpr uint8_t kQcSscd[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x04};
constexpr uint8_t kQcType[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x06};
constexpr uint8_t kQcCcLegislation[] = {0x04, 0x00, 0x8e, 0x46, 0x01, 0x07};
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

// EN 319 412-5 4.2.3: exactly one.
std::string ReadQcType(DerReader& statement) {
  const std::optional<DerElement> types = statement.Take(der_tag::kSequence);
  if (!types.has_value()) return "";
  DerReader cursor(types->content);
  std::string found;
  while (const auto type = cursor.Take(der_tag::kObjectIdentifier)) {
    const ByteSpan prefix = type->content.first(std::min(type->content.size(), sizeof(kQcType)));
    if (type->content.size() != sizeof(kQcType) + 1 || prefix != ByteSpan(kQcType)) continue;
    const size_t number = type->content.back();
    if (number < 1 || number > std::size(kTypes)) continue;
    if (!found.empty()) return "several";
    found = std::string(kTypes[number - 1]);
  }
  return found;
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
    claims.foreign_law |= id->content == ByteSpan(kQcCcLegislation);
    if (id->content == ByteSpan(kQcType) && claims.qc_type.empty()) {
      claims.qc_type = ReadQcType(fields);
    }
  }
}

// The five entities of XML 1.0 4.6; anything else stays as it is.
std::string Unescape(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}});
}

// The attribute is looked for as text: no document of a stranger's is parsed for a label.
std::string LevelIn(absl::string_view context_info) {
  constexpr absl::string_view kName = " AuthnContextClassRef=";
  const size_t at = context_info.find(kName);
  if (at == absl::string_view::npos) return "";
  absl::string_view rest = context_info.substr(at + kName.size());
  if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) return "";
  const size_t end = rest.find(rest.front(), 1);
  if (end == absl::string_view::npos || end > kLongestLevel) return "";
  const std::string level = Unescape(rest.substr(1, end - 1));
  return CheckVisibleText(level, kLongestLevel).ok() ? level : "";
}

// AuthenticationContexts ::= SEQUENCE OF SEQUENCE { contextType UTF8String, contextInfo UTF8String
// OPTIONAL }, the latter XML with an attribute that names the level (RFC 7773 2, 3).
void ReadAuthContext(X509* certificate, CertificateClaims& claims) {
  const std::optional<Bytes> value = ExtensionValue(certificate, kAuthContext);
  if (!value.has_value()) return;
  const std::optional<ByteSpan> contexts = OnlyElement(*value, der_tag::kSequence);
  if (!contexts.has_value()) return;
  DerReader cursor(*contexts);
  while (const auto context = cursor.Take(der_tag::kSequence)) {
    DerReader fields(context->content);
    const std::optional<DerElement> type = fields.Take(der_tag::kUtf8String);
    const std::optional<DerElement> info = fields.Take(der_tag::kUtf8String);
    if (!type.has_value() || !info.has_value()) continue;
    if (type->content != AsSpan(kSamlContextType)) continue;
    claims.level_of_assurance = LevelIn(ToString(info->content));
    return;
  }
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
