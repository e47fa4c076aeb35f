#include "validation/certificate_text.h"

#include "ades/certificate_facts.h"
#include "common/openssl_ptr.h"
#include "common/text.h"

namespace enkrat::validation {
namespace {

constexpr size_t kLongestName = 200;

// The last of them, in UTF-8; empty if there is none.
std::string AttributeText(const X509_NAME* name, int nid) {
  int at = -1;
  for (int next = -1; (next = X509_NAME_get_index_by_NID(name, nid, next)) >= 0;) at = next;
  if (at < 0) return "";
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  DrainOpenSslErrors();
  if (size < 0) return "";
  std::string result(text, text + size);
  OPENSSL_free(text);
  return result;
}

}  // namespace

std::string SignerNameOf(X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  for (int nid : {NID_commonName, NID_pseudonym}) {
    const std::string text = AttributeText(subject, nid);
    if (CheckVisibleText(text, kLongestName).ok()) return text;
  }
  return ades::SubjectText(certificate);
}

}  // namespace enkrat::validation
