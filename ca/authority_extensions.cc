#include "ca/authority_extensions.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ca/http_url.h"
#include "ca/object_identifiers.h"
#include "ca/subject_public_key_info.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

constexpr absl::string_view kAnyPolicy = "2.5.29.32.0";

using AuthorityKeyIdPtr = std::unique_ptr<AUTHORITY_KEYID, OpenSslDeleter<AUTHORITY_KEYID_free>>;
using PoliciesPtr = std::unique_ptr<CERTIFICATEPOLICIES, OpenSslDeleter<CERTIFICATEPOLICIES_free>>;
using AccessPtr =
    std::unique_ptr<AUTHORITY_INFO_ACCESS, OpenSslDeleter<AUTHORITY_INFO_ACCESS_free>>;
using UsagePeriodPtr = std::unique_ptr<PKEY_USAGE_PERIOD, OpenSslDeleter<PKEY_USAGE_PERIOD_free>>;

// Extensions that are the same in every certificate of a role.
struct ConstantExtension {
  int nid;
  const char* value;
};

std::vector<ConstantExtension> ConstantExtensions(AuthorityRole role) {
  static constexpr ConstantExtension kCaUsage = {NID_key_usage, "critical,keyCertSign,cRLSign"};
  static constexpr ConstantExtension kSignUsage = {NID_key_usage, "critical,digitalSignature"};
  switch (role) {
    case AuthorityRole::kRootCa:
      return {{NID_basic_constraints, "critical,CA:TRUE,pathlen:1"}, kCaUsage};
    case AuthorityRole::kIssuingCa:
      return {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"}, kCaUsage};
    case AuthorityRole::kTimestampingUnit:
      return {kSignUsage, {NID_ext_key_usage, "critical,timeStamping"}};
    case AuthorityRole::kOcspResponder:
      return {
          kSignUsage, {NID_ext_key_usage, "OCSPSigning"}, {NID_id_pkix_OCSP_noCheck, "ignored"}};
  }
  return {};
}

absl::Status Add(X509* certificate, int nid, void* value) {
  if (X509_add1_ext_i2d(certificate, nid, value, /*crit=*/0, X509V3_ADD_DEFAULT) != 1) {
    return OpenSslError(Reason::kInternal, "cannot add an extension");
  }
  return absl::OkStatus();
}

Asn1OctetStringPtr OctetString(ByteSpan octets) {
  Asn1OctetStringPtr string(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(string.get(), octets.data(), static_cast<int>(octets.size()));
  return string;
}

absl::Status AddKeyIdentifiers(const AuthorityRequest& request, ByteSpan issuer_key_identifier,
                               X509* certificate) {
  ENKRAT_ASSIGN_OR_RETURN(const Bytes own, KeyIdentifier(request.subject_key->spki_der()));
  ENKRAT_RETURN_IF_ERROR(Add(certificate, NID_subject_key_identifier, OctetString(own).get()));
  const AuthorityKeyIdPtr issuer(AUTHORITY_KEYID_new());
  issuer->keyid = OctetString(issuer_key_identifier).release();
  return Add(certificate, NID_authority_key_identifier, issuer.get());
}

absl::Status AddPolicies(const AuthorityRequest& request, X509* certificate) {
  std::vector<std::string> dotted = request.policy_oids;
  if (dotted.empty() && request.role == AuthorityRole::kIssuingCa) dotted.emplace_back(kAnyPolicy);
  if (dotted.empty()) return absl::OkStatus();
  const PoliciesPtr policies(CERTIFICATEPOLICIES_new());
  for (const std::string& each : dotted) {
    ENKRAT_RETURN_IF_ERROR(oid::FromDotted(each).status());
    POLICYINFO* policy = POLICYINFO_new();
    policy->policyid = OBJ_txt2obj(each.c_str(), /*no_name=*/1);
    sk_POLICYINFO_push(policies.get(), policy);
  }
  return Add(certificate, NID_certificate_policies, policies.get());
}

absl::Status AddCaIssuers(const std::string& url, X509* certificate) {
  if (url.empty()) return absl::OkStatus();
  if (!IsHttpUrl(url)) {
    return MakeError(Reason::kConfigurationInvalid, "ca_issuers_url is not an http or https URL");
  }
  ASN1_IA5STRING* location = ASN1_IA5STRING_new();
  ASN1_STRING_set(location, url.data(), static_cast<int>(url.size()));
  ACCESS_DESCRIPTION* description = ACCESS_DESCRIPTION_new();
  description->method = OBJ_nid2obj(NID_ad_ca_issuers);
  GENERAL_NAME_set0_value(description->location, GEN_URI, location);
  const AccessPtr access(sk_ACCESS_DESCRIPTION_new_null());
  sk_ACCESS_DESCRIPTION_push(access.get(), description);
  return Add(certificate, NID_info_access, access.get());
}

absl::Status AddPrivateKeyUsagePeriod(const AuthorityRequest& request, X509* certificate) {
  absl::Time end = request.private_key_not_after;
  if (end == absl::InfinitePast()) {
    end = request.not_before + (request.not_after - request.not_before) / 4;
  }
  if (end <= request.not_before || end >= request.not_after) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the key of a timestamping unit must expire before its certificate does "
                     "(EN 319 421 TIS-7.6.7)");
  }
  const UsagePeriodPtr period(PKEY_USAGE_PERIOD_new());
  period->notBefore = ASN1_GENERALIZEDTIME_set(nullptr, absl::ToTimeT(request.not_before));
  period->notAfter = ASN1_GENERALIZEDTIME_set(nullptr, absl::ToTimeT(end));
  return Add(certificate, NID_private_key_usage_period, period.get());
}

}  // namespace

absl::StatusOr<X509ExtensionPtr> MakeExtension(int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  if (extension == nullptr) return OpenSslError(Reason::kInternal, "cannot make an extension");
  return extension;
}

absl::Status AddAuthorityExtensions(const AuthorityRequest& request, ByteSpan issuer_key_identifier,
                                    X509* certificate) {
  for (const ConstantExtension& each : ConstantExtensions(request.role)) {
    ENKRAT_ASSIGN_OR_RETURN(const X509ExtensionPtr extension, MakeExtension(each.nid, each.value));
    if (X509_add_ext(certificate, extension.get(), -1) != 1) {
      return OpenSslError(Reason::kInternal, "cannot add an extension");
    }
  }
  ENKRAT_RETURN_IF_ERROR(AddKeyIdentifiers(request, issuer_key_identifier, certificate));
  ENKRAT_RETURN_IF_ERROR(AddPolicies(request, certificate));
  ENKRAT_RETURN_IF_ERROR(AddCaIssuers(request.ca_issuers_url, certificate));
  if (request.role != AuthorityRole::kTimestampingUnit) return absl::OkStatus();
  return AddPrivateKeyUsagePeriod(request, certificate);
}

}  // namespace enkrat::ca
