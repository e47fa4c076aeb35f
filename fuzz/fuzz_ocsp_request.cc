// Requests of strangers: the reader does not crash, and accepts nothing that OpenSSL refuses or
// reads otherwise.
#include <openssl/ocsp.h>

#include <cstdlib>
#include <memory>

#include "ca/crl.h"
#include "ca/ocsp_request.h"
#include "common/openssl_ptr.h"

namespace enkrat::ca {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

using RequestPtr = std::unique_ptr<OCSP_REQUEST, OpenSslDeleter<OCSP_REQUEST_free>>;

void CheckAgainstOpenSsl(ByteSpan request_der, const OcspRequest& request) {
  const unsigned char* cursor = request_der.data();
  const RequestPtr theirs(
      d2i_OCSP_REQUEST(nullptr, &cursor, static_cast<long>(request_der.size())));
  if (theirs == nullptr) {
    // What nobody needs is not looked into: requestorName and optionalSignature.
    DrainOpenSslErrors();
    return;
  }
  Require(OCSP_request_onereq_count(theirs.get()) == static_cast<int>(request.certificates.size()));
  for (size_t i = 0; i < request.certificates.size(); ++i) {
    OCSP_CERTID* id =
        OCSP_onereq_get0_id(OCSP_request_onereq_get0(theirs.get(), static_cast<int>(i)));
    ASN1_OCTET_STRING* key_hash = nullptr;
    ASN1_INTEGER* serial = nullptr;
    OCSP_id_get0_info(nullptr, nullptr, &key_hash, &serial, id);
    const ByteSpan hash(key_hash->data, static_cast<size_t>(key_hash->length));
    Require(hash == ByteSpan(request.certificates[i].issuer_key_hash));
    const ByteSpan number(serial->data, static_cast<size_t>(serial->length));
    const bool negative = (serial->type & V_ASN1_NEG) != 0;
    Require(negative || SerialMagnitude(number) == ByteSpan(request.certificates[i].serial_number));
  }
  const bool nonce = OCSP_REQUEST_get_ext_by_NID(theirs.get(), NID_id_pkix_OCSP_Nonce, -1) >= 0;
  Require(nonce == request.nonce.has_value());
}

}  // namespace
}  // namespace enkrat::ca

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const enkrat::ByteSpan request_der(octets, size);
  const auto parsed = enkrat::ca::ParseOcspRequest(request_der);
  if (!parsed.ok()) return 0;
  enkrat::ca::CheckAgainstOpenSsl(request_der, *parsed);
  if (parsed->certificates.empty() || parsed->certificates.size() > enkrat::ca::kMaxOcspCertIds) {
    std::abort();
  }
  return 0;
}
