#include "validation/certificate_reading.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/asn1_time.h"
#include "common/der.h"
#include "common/text.h"

namespace enkrat::validation {
namespace {

constexpr size_t kMaxNameOctets = 1024;
constexpr size_t kMaxUrls = 4;
constexpr size_t kMaxUrlOctets = 2048;

using DistributionPointsPtr =
    std::unique_ptr<CRL_DIST_POINTS, OpenSslDeleter<CRL_DIST_POINTS_free>>;
using AccessPtr =
    std::unique_ptr<AUTHORITY_INFO_ACCESS, OpenSslDeleter<AUTHORITY_INFO_ACCESS_free>>;
using UsagesPtr = std::unique_ptr<EXTENDED_KEY_USAGE, OpenSslDeleter<EXTENDED_KEY_USAGE_free>>;

// The extension if the certificate has it exactly once and it decodes.
template <typename Ptr>
Ptr Extension(const X509* certificate, int nid) {
  Ptr value(
      static_cast<typename Ptr::pointer>(X509_get_ext_d2i(certificate, nid, nullptr, nullptr)));
  if (value == nullptr) DrainOpenSslErrors();
  return value;
}

void AddUrl(const GENERAL_NAME* name, std::vector<std::string>& urls) {
  if (urls.size() >= kMaxUrls || name->type != GEN_URI) return;
  const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
  const absl::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                               static_cast<size_t>(ASN1_STRING_length(uri)));
  if (text.size() > kMaxUrlOctets) return;
  if (!absl::StartsWithIgnoreCase(text, "http://") && !absl::StartsWithIgnoreCase(text, "https://"))
    return;
  for (const char c : text) {
    if (c <= ' ' || c > '~') return;
  }
  urls.emplace_back(text);
}

std::vector<std::string> AccessUrls(const X509* certificate, int method) {
  std::vector<std::string> urls;
  const auto access = Extension<AccessPtr>(certificate, NID_info_access);
  for (int i = 0; access != nullptr && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const ACCESS_DESCRIPTION* entry = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (OBJ_obj2nid(entry->method) == method) AddUrl(entry->location, urls);
  }
  return urls;
}

}  // namespace

ByteSpan ExtensionValue(const X509* certificate, absl::string_view dotted_oid) {
  const Asn1ObjectPtr oid(OBJ_txt2obj(std::string(dotted_oid).c_str(), 1));
  if (oid == nullptr) return {};
  const int index = X509_get_ext_by_OBJ(certificate, oid.get(), -1);
  if (index < 0) return {};
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(X509_get_ext(certificate, index));
  return ByteSpan(ASN1_STRING_get0_data(value), static_cast<size_t>(ASN1_STRING_length(value)));
}

bool HasExtension(const X509* certificate, absl::string_view dotted_oid) {
  const Asn1ObjectPtr oid(OBJ_txt2obj(std::string(dotted_oid).c_str(), 1));
  return oid != nullptr && X509_get_ext_by_OBJ(certificate, oid.get(), -1) >= 0;
}

bool IsCa(X509* certificate) { return X509_check_ca(certificate) == 1; }

bool MayUseKeyFor(X509* certificate, uint32_t key_usage_bits) {
  return (X509_get_key_usage(certificate) & key_usage_bits) != 0;
}

std::vector<std::string> ExtendedKeyUsages(X509* certificate) {
  std::vector<std::string> usages;
  const auto list = Extension<UsagesPtr>(certificate, NID_ext_key_usage);
  for (int i = 0; list != nullptr && i < sk_ASN1_OBJECT_num(list.get()); ++i) {
    char text[128];
    if (OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(list.get(), i), 1) > 0) {
      usages.emplace_back(text);
    }
  }
  return usages;
}

std::vector<std::string> CrlUrls(const X509* certificate) {
  std::vector<std::string> urls;
  const auto points = Extension<DistributionPointsPtr>(certificate, NID_crl_distribution_points);
  for (int i = 0; points != nullptr && i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
    if (point->CRLissuer != nullptr || point->reasons != nullptr) continue;
    if (point->distpoint == nullptr || point->distpoint->type != 0) continue;
    const GENERAL_NAMES* names = point->distpoint->name.fullname;
    for (int j = 0; j < sk_GENERAL_NAME_num(names); ++j) {
      AddUrl(sk_GENERAL_NAME_value(names, j), urls);
    }
  }
  return urls;
}

std::vector<std::string> OcspUrls(const X509* certificate) {
  return AccessUrls(certificate, NID_ad_OCSP);
}

std::vector<std::string> IssuerUrls(const X509* certificate) {
  return AccessUrls(certificate, NID_ad_ca_issuers);
}

std::string NameText(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  // RFC 2253, but UTF-8 as itself.
  constexpr unsigned long kFlags =
      XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (bio == nullptr || X509_NAME_print_ex(bio.get(), name, 0, kFlags) < 0) {
    DrainOpenSslErrors();
    return "(unreadable name)";
  }
  const char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  const std::string printed(text, static_cast<size_t>(size));
  if (CheckVisibleText(printed, kMaxNameOctets).ok()) return printed;
  // Escaped to the last octet, so that no character of it can deceive.
  const BioPtr plain(BIO_new(BIO_s_mem()));
  if (plain == nullptr || X509_NAME_print_ex(plain.get(), name, 0, XN_FLAG_RFC2253) < 0) {
    DrainOpenSslErrors();
    return "(unreadable name)";
  }
  const long plain_size = BIO_get_mem_data(plain.get(), &text);
  return std::string(text, std::min<size_t>(static_cast<size_t>(plain_size), kMaxNameOctets));
}

Validity ValidityOf(const X509* certificate) {
  const auto not_before = TimeFromAsn1(X509_get0_notBefore(certificate));
  const auto not_after = TimeFromAsn1(X509_get0_notAfter(certificate));
  Validity validity;
  if (not_before && not_after) validity = {.not_before = *not_before, .not_after = *not_after};
  return validity;
}

ChainElement Describe(X509* certificate) {
  ChainElement element;
  element.der = CertificateDer(certificate);
  element.subject = NameText(X509_get_subject_name(certificate));
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
  element.serial_number = ToHex(
      ByteSpan(ASN1_STRING_get0_data(serial), static_cast<size_t>(ASN1_STRING_length(serial))));
  const Validity validity = ValidityOf(certificate);
  element.not_before = validity.not_before;
  element.not_after = validity.not_after;
  return element;
}

Bytes CertificateDer(X509* certificate) {
  auto der = EncodeDer<i2d_X509>(certificate);
  return der.ok() ? *std::move(der) : Bytes();
}

bool SameCertificate(const X509* left, const X509* right) {
  return left == right || X509_cmp(left, right) == 0;
}

}  // namespace enkrat::validation
