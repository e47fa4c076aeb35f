// Trusted lists from anybody: what is not signed by the pinned key, which is new each time, is
// never accepted; and whatever the signer says is read without harm, each service with a status.
#include <openssl/evp.h>

#include <cstdlib>

#include "common/openssl_ptr.h"
#include "trusted_list/list_reader.h"
#include "trusted_list/trusted_list.h"
#include "xml/document.h"

namespace enkrat::trusted_list {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

Bytes NewCertificate() {
  const EvpPkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const X509Ptr certificate(X509_new());
  Require(X509_set_pubkey(certificate.get(), key.get()) == 1 &&
          X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  Require(size > 0);
  Bytes octets(der, der + size);
  OPENSSL_free(der);
  return octets;
}

void ReadAsSigned(ByteSpan input) {
  const absl::StatusOr<xml::Document> document = xml::Document::Parse(input, {});
  if (!document.ok()) return;
  const absl::StatusOr<TrustedList> list = ReadList(document->root());
  if (!list.ok()) return;
  for (const TrustService& service : list->services) Require(!service.statuses.empty());
}

}  // namespace
}  // namespace enkrat::trusted_list

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  using namespace enkrat::trusted_list;
  static const enkrat::Bytes kCertificate = NewCertificate();
  const absl::string_view xml(reinterpret_cast<const char*>(octets), size);
  Require(!ReadTrustedList(xml, {kCertificate}, absl::UnixEpoch()).ok());
  ReadAsSigned(absl::MakeConstSpan(octets, size));
  return 0;
}
