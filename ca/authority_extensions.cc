#include "ca/authority_extensions.h"

#include <string>
#include <utility>
#include <vector>

#include "ca/object_identifiers.h"
#include "ca/subject_public_key_info.h"
#include "common/der_writer.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

constexpr absl::string_view kAnyPolicy = "2.5.29.32.0";

using AuthorityKeyIdPtr = std::unique_ptr<AUTHORITY_KEYID, OpenSslDeleter<AUTHORITY_KEYID_free>>;
using PoliciesPtr = std::unique_ptr<CERTIFICATEPOLICIES, OpenSslDeleter<CERTIFICATEPOLICIES_free>>;
using AccessPtr =
    std::unique_ptr<AUTHORITY_INFO_ACCESS, OpenSslDeleter<AUTHORITY_INFO_ACCESS_free>>;
using DistributionPointsPtr =
    std::unique_ptr<CRL_DIST_POINTS, OpenSslDeleter<CRL_DIST_POINTS_free>>;
using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, OpenSslDeleter<GENERAL_NAMES_free>>;
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
    case AuthorityRole::kElectronicAuthentication:
      return {kSignUsage, {NID_ext_key_usage, "clientAuth"}};
    case AuthorityRole::kInternalTls:
      return {kSignUsage, {NID_ext_key_usage, "serverAuth,clientAuth"}};
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

GENERAL_NAME* UrlName(const std::string& url) {
  ASN1_IA5STRING* location = ASN1_IA5STRING_new();
  ASN1_STRING_set(location, url.data(), static_cast<int>(url.size()));
  GENERAL_NAME* name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, GEN_URI, location);
  return name;
}

void AddAccess(AUTHORITY_INFO_ACCESS* access, int method, const std::string& url) {
  if (url.empty()) return;
  ACCESS_DESCRIPTION* description = ACCESS_DESCRIPTION_new();
  description->method = OBJ_nid2obj(method);
  GENERAL_NAME_free(description->location);
  description->location = UrlName(url);
  sk_ACCESS_DESCRIPTION_push(access, description);
}

absl::Status AddInformationAccess(const AuthorityRequest& request, X509* certificate) {
  const AccessPtr access(sk_ACCESS_DESCRIPTION_new_null());
  AddAccess(access.get(), NID_ad_ca_issuers, request.ca_issuers_url);
  AddAccess(access.get(), NID_ad_OCSP, request.ocsp_url);
  if (sk_ACCESS_DESCRIPTION_num(access.get()) == 0) return absl::OkStatus();
  return Add(certificate, NID_info_access, access.get());
}

absl::Status AddCrlDistributionPoint(const std::string& url, X509* certificate) {
  if (url.empty()) return absl::OkStatus();
  DIST_POINT* point = DIST_POINT_new();
  point->distpoint = DIST_POINT_NAME_new();
  point->distpoint->type = 0;  // fullName
  point->distpoint->name.fullname = sk_GENERAL_NAME_new_null();
  sk_GENERAL_NAME_push(point->distpoint->name.fullname, UrlName(url));
  const DistributionPointsPtr points(sk_DIST_POINT_new_null());
  sk_DIST_POINT_push(points.get(), point);
  return Add(certificate, NID_crl_distribution_points, points.get());
}

absl::Status AddAlternativeNames(const AuthorityRequest& request, X509* certificate) {
  if (request.dns_names.empty() && request.ip_addresses.empty()) return absl::OkStatus();
  const GeneralNamesPtr names(sk_GENERAL_NAME_new_null());
  for (const std::string& host : request.dns_names) {
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, host.data(), static_cast<int>(host.size()));
    GENERAL_NAME* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, GEN_DNS, text);
    sk_GENERAL_NAME_push(names.get(), name);
  }
  for (const std::string& address : request.ip_addresses) {
    ASN1_OCTET_STRING* octets = a2i_IPADDRESS(address.c_str());
    if (octets == nullptr) {
      return OpenSslError(Reason::kConfigurationInvalid, "an IP address cannot be read");
    }
    GENERAL_NAME* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, GEN_IPADD, octets);
    sk_GENERAL_NAME_push(names.get(), name);
  }
  return Add(certificate, NID_subject_alt_name, names.get());
}

// SEQUENCE OF one statement without information.
absl::Status AddQualifiedTimestampStatement(X509* certificate) {
  const Bytes statements =
      DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {DerOid(oid::kQualifiedTimestamp)})});
  const X509ExtensionPtr extension(X509_EXTENSION_create_by_NID(
      nullptr, NID_qcStatements, /*crit=*/0, OctetString(statements).get()));
  if (extension == nullptr || X509_add_ext(certificate, extension.get(), -1) != 1) {
    return OpenSslError(Reason::kInternal, "cannot add an extension");
  }
  return absl::OkStatus();
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
  ENKRAT_RETURN_IF_ERROR(AddInformationAccess(request, certificate));
  ENKRAT_RETURN_IF_ERROR(AddCrlDistributionPoint(request.crl_url, certificate));
  ENKRAT_RETURN_IF_ERROR(AddAlternativeNames(request, certificate));
  if (request.qualified) ENKRAT_RETURN_IF_ERROR(AddQualifiedTimestampStatement(certificate));
  if (request.role != AuthorityRole::kTimestampingUnit) return absl::OkStatus();
  return AddPrivateKeyUsagePeriod(request, certificate);
}

}  // namespace enkrat::ca
