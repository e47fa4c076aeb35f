#include "ades/certificate_facts.h"

#include <openssl/x509v3.h>

#include <array>

#include "common/asn1_time.h"
#include "common/openssl_ptr.h"
#include "common/text.h"

namespace enkrat::ades {
namespace {

constexpr char kValidityAssuredShortTerm[] = "0.4.0.194121.2.1";
constexpr size_t kLongestSubject = 1024;

bool HasExtension(X509* certificate, const char* oid) {
  Asn1ObjectPtr object(OBJ_txt2obj(oid, /*no_name=*/1));
  return X509_get_ext_by_OBJ(certificate, object.get(), -1) >= 0;
}

// OpenSSL's flags leave out the usages that it does not know.
bool HasOneExtendedKeyUsage(X509* certificate) {
  auto* usages = static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr));
  const int count = sk_ASN1_OBJECT_num(usages);
  EXTENDED_KEY_USAGE_free(usages);
  return count == 1;
}

std::string NameText(const X509_NAME* name, unsigned long flags) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  if (X509_NAME_print_ex(bio.get(), name, 0, flags) < 0) return "";
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return size > 0 ? std::string(text, static_cast<size_t>(size)) : "";
}

}  // namespace

bool IsValidAt(X509* certificate, absl::Time time) {
  const std::optional<absl::Time> not_before = TimeFromAsn1(X509_get0_notBefore(certificate));
  const std::optional<absl::Time> not_after = TimeFromAsn1(X509_get0_notAfter(certificate));
  return not_before.has_value() && not_after.has_value() && *not_before <= time &&
         time < *not_after;
}

Finding CheckKeyUsage(X509* certificate) {
  const bool stated = X509_get_ext_by_NID(certificate, NID_key_usage, -1) >= 0;
  if (!stated) return Bad("The signer's certificate states no key usage.");
  if ((X509_get_key_usage(certificate) & KU_NON_REPUDIATION) == 0) {
    return Bad("The signer's certificate is not for signatures that commit (nonRepudiation).");
  }
  return Good("The signer's certificate is for signatures that commit (nonRepudiation).");
}

Finding CheckRevocationNeed(X509* certificate) {
  if (X509_get_ext_by_NID(certificate, NID_no_rev_avail, -1) >= 0) {
    return Good(
        "The certificate cannot be revoked (noRevAvail), so there is no status to look up.");
  }
  if (HasExtension(certificate, kValidityAssuredShortTerm)) {
    return Good("The certificate is short-term with assured validity, so no status is looked up.");
  }
  return Bad("The certificate can be revoked, and its revocation status was not looked up.");
}

Finding CheckTimestampPurpose(X509* certificate) {
  const int at = X509_get_ext_by_NID(certificate, NID_ext_key_usage, -1);
  if (at < 0) return Bad("The timestamp's certificate has no extended key usage.");
  if (X509_EXTENSION_get_critical(X509_get_ext(certificate, at)) != 1) {
    return Bad("The extended key usage of the timestamp's certificate is not critical.");
  }
  if (!HasOneExtendedKeyUsage(certificate) ||
      X509_get_extended_key_usage(certificate) != XKU_TIMESTAMP) {
    return Bad("The timestamp's certificate is not for time-stamping alone.");
  }
  // Not X509_check_ca, which calls a CA without keyCertSign none.
  if ((X509_get_extension_flags(certificate) & EXFLAG_CA) != 0) {
    return Bad("The timestamp's certificate is that of a CA.");
  }
  return Good(
      "The timestamp's certificate is for time-stamping alone; its revocation status was not "
      "looked "
      "up.");
}

std::string SubjectText(X509* certificate) {
  const X509_NAME* name = X509_get_subject_name(certificate);
  std::string text = NameText(name, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  if (CheckVisibleText(text, kLongestSubject).ok()) return text;
  text = NameText(name, XN_FLAG_RFC2253);
  if (text.size() > kLongestSubject) text.resize(kLongestSubject);
  return text;
}

}  // namespace enkrat::ades
