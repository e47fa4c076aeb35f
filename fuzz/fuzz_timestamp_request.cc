// Requests of strangers: the reader does not crash, and accepts nothing that OpenSSL refuses or
// reads otherwise.
#include <cstdlib>
#include <variant>

#include "common/der.h"
#include "tsa/timestamp_request.h"

namespace enkrat::tsa {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckAgainstOpenSsl(ByteSpan request_der, const TimestampRequest& request) {
  const auto theirs = DecodeDer<TsReqPtr, d2i_TS_REQ>(request_der);
  Require(theirs.ok());
  TS_MSG_IMPRINT* imprint = TS_REQ_get_msg_imprint(theirs->get());
  const ASN1_OCTET_STRING* digest = TS_MSG_IMPRINT_get_msg(imprint);
  Require(ByteSpan(digest->data, static_cast<size_t>(digest->length)) ==
          ByteSpan(request.imprint.digest));
  Require(request.imprint.digest.size() == DigestSize(request.imprint.algorithm));
  Require((TS_REQ_get_nonce(theirs->get()) == nullptr) == request.nonce.empty());
  Require((TS_REQ_get_cert_req(theirs->get()) != 0) == request.cert_req);
  Require((TS_REQ_get_policy_id(theirs->get()) == nullptr) == request.policy.empty());
  Require(TS_REQ_get_ext_count(theirs->get()) <= 0);
}

}  // namespace
}  // namespace enkrat::tsa

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const enkrat::ByteSpan request_der(octets, size);
  const auto parsed = enkrat::tsa::ParseTimestampRequest(request_der);
  if (const auto* request = std::get_if<enkrat::tsa::TimestampRequest>(&parsed)) {
    enkrat::tsa::CheckAgainstOpenSsl(request_der, *request);
  }
  return 0;
}
