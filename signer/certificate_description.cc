#include "signer/certificate_description.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "ca/issuer_chain.h"
#include "ca/object_identifiers.h"
#include "common/der.h"
#include "common/der_tag.h"
#include "common/der_writer.h"
#include "common/digest.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

using UsagePeriodPtr = std::unique_ptr<PKEY_USAGE_PERIOD, OpenSslDeleter<PKEY_USAGE_PERIOD_free>>;
using PoliciesPtr = std::unique_ptr<CERTIFICATEPOLICIES, OpenSslDeleter<CERTIFICATEPOLICIES_free>>;
using PointsPtr = std::unique_ptr<CRL_DIST_POINTS, OpenSslDeleter<CRL_DIST_POINTS_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, OpenSslDeleter<GENERAL_NAMES_free>>;
using AccessPtr =
    std::unique_ptr<AUTHORITY_INFO_ACCESS, OpenSslDeleter<AUTHORITY_INFO_ACCESS_free>>;

ByteSpan OctetsOf(const ASN1_STRING* string) {
  if (string == nullptr) return {};
  return {ASN1_STRING_get0_data(string), static_cast<size_t>(ASN1_STRING_length(string))};
}

std::string NameText(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

// The first value of the attribute, in UTF-8; empty if there is none.
std::string AttributeText(const X509_NAME* name, int nid) {
  const int index = X509_NAME_get_index_by_NID(name, nid, -1);
  if (index < 0) return "";
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (size < 0) return "";
  std::string value(reinterpret_cast<char*>(text), static_cast<size_t>(size));
  OPENSSL_free(text);
  return value;
}

std::string OidText(const ASN1_OBJECT* object) {
  char text[128];
  const int size = OBJ_obj2txt(text, sizeof(text), object, /*no_name=*/1);
  return size > 0 && size < static_cast<int>(sizeof(text)) ? std::string(text) : "";
}

std::vector<std::string> PoliciesOf(const X509* certificate) {
  const PoliciesPtr policies(static_cast<CERTIFICATEPOLICIES*>(
      X509_get_ext_d2i(certificate, NID_certificate_policies, nullptr, nullptr)));
  std::vector<std::string> oids;
  for (int i = 0; policies != nullptr && i < sk_POLICYINFO_num(policies.get()); ++i) {
    oids.push_back(OidText(sk_POLICYINFO_value(policies.get(), i)->policyid));
  }
  return oids;
}

// The first URL of the access method; empty if there is none.
std::string AccessUrlOf(const X509* certificate, int method) {
  const AccessPtr access(static_cast<AUTHORITY_INFO_ACCESS*>(
      X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)));
  for (int i = 0; access != nullptr && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const ACCESS_DESCRIPTION* one = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (OBJ_obj2nid(one->method) != method || one->location->type != GEN_URI) continue;
    return ToString(OctetsOf(one->location->d.uniformResourceIdentifier));
  }
  return "";
}

std::string CrlUrlOf(const X509* certificate) {
  const PointsPtr points(static_cast<CRL_DIST_POINTS*>(
      X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)));
  if (points == nullptr || sk_DIST_POINT_num(points.get()) == 0) return "";
  const DIST_POINT_NAME* name = sk_DIST_POINT_value(points.get(), 0)->distpoint;
  if (name == nullptr || name->type != 0) return "";
  for (int i = 0; i < sk_GENERAL_NAME_num(name->name.fullname); ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(name->name.fullname, i);
    if (one->type == GEN_URI) return ToString(OctetsOf(one->d.uniformResourceIdentifier));
  }
  return "";
}

// Whether the QCStatements hold the identifier; a statement without a value is all of its octets.
bool HasQcStatement(const X509* certificate, ByteSpan identifier) {
  const int index = X509_get_ext_by_NID(certificate, NID_qcStatements, -1);
  if (index < 0) return false;
  const ByteSpan value = OctetsOf(X509_EXTENSION_get_data(X509_get_ext(certificate, index)));
  const Bytes statement =
      DerOf(der_tag::kSequence, {DerOf(der_tag::kObjectIdentifier, {identifier})});
  return std::search(value.begin(), value.end(), statement.begin(), statement.end()) != value.end();
}

std::string AddressText(ByteSpan octets) {
  char text[INET6_ADDRSTRLEN] = "";
  if (octets.size() == 4) inet_ntop(AF_INET, octets.data(), text, sizeof(text));
  if (octets.size() == 16) inet_ntop(AF_INET6, octets.data(), text, sizeof(text));
  return text;
}

void ReadAlternativeNames(const X509* certificate, CertificateData& data) {
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(names.get(), i);
    if (one->type == GEN_DNS) data.dns_names.push_back(ToString(OctetsOf(one->d.dNSName)));
    if (one->type == GEN_IPADD) {
      data.ip_addresses.push_back(AddressText(OctetsOf(one->d.iPAddress)));
    }
  }
}

absl::StatusOr<absl::Time> KeyEndOf(const X509* certificate, absl::Time not_after) {
  const UsagePeriodPtr period(static_cast<PKEY_USAGE_PERIOD*>(
      X509_get_ext_d2i(certificate, NID_private_key_usage_period, nullptr, nullptr)));
  if (period == nullptr || period->notAfter == nullptr) return not_after;
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time end, ca::TimeOf(period->notAfter));
  return std::min(end, not_after);
}

CertificateData DataOf(const X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  CertificateData data = {
      .country = AttributeText(subject, NID_countryName),
      .organization = AttributeText(subject, NID_organizationName),
      .organization_identifier = AttributeText(subject, NID_organizationIdentifier),
      .common_name = AttributeText(subject, NID_commonName),
      .policy_oids = PoliciesOf(certificate),
      .ca_issuers_url = AccessUrlOf(certificate, NID_ad_ca_issuers),
      .crl_url = CrlUrlOf(certificate),
      .ocsp_url = AccessUrlOf(certificate, NID_ad_OCSP),
      .qualified = HasQcStatement(certificate, ca::oid::kQualifiedTimestamp)};
  ReadAlternativeNames(certificate, data);
  return data;
}

}  // namespace

absl::StatusOr<CertificateDescription> DescribeCertificate(ByteSpan certificate_der) {
  const absl::StatusOr<X509Ptr> parsed = ParseCertificate(certificate_der);
  if (!parsed.ok()) return MakeError(Reason::kRequestMalformed, "not a certificate in DER");
  X509* const certificate = parsed->get();
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time not_before,
                          ca::TimeOf(X509_get0_notBefore(certificate)));
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time not_after, ca::TimeOf(X509_get0_notAfter(certificate)));
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time key_not_after, KeyEndOf(certificate, not_after));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes spki_der,
                          EncodeDer<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(certificate)));
  CertificateDescription description{
      .serial_number = ToHex(OctetsOf(X509_get0_serialNumber(certificate))),
      .fingerprint_sha256 = ToHex(ComputeDigest(DigestAlgorithm::kSha256, certificate_der)),
      .subject = NameText(X509_get_subject_name(certificate)),
      .issuer = NameText(X509_get_issuer_name(certificate)),
      .subject_key_identifier = ToHex(OctetsOf(X509_get0_subject_key_id(certificate))),
      .authority_key_identifier = ToHex(OctetsOf(X509_get0_authority_key_id(certificate))),
      .spki_sha256 = ToHex(ComputeDigest(DigestAlgorithm::kSha256, spki_der)),
      .not_before = not_before,
      .not_after = not_after,
      .key_not_after = key_not_after,
      .data = DataOf(certificate)};
  DrainOpenSslErrors();
  return description;
}

}  // namespace enkrat::signer
