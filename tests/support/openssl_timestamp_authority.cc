#include "tests/support/openssl_timestamp_authority.h"

#include <atomic>
#include <utility>

#include "common/der.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::testing {
namespace {

ASN1_INTEGER* NextSerial(TS_RESP_CTX*, void*) {
  static std::atomic<long> next{1};
  ASN1_INTEGER* serial = ASN1_INTEGER_new();
  ASN1_INTEGER_set(serial, next++);
  return serial;
}

int AnswerTime(TS_RESP_CTX*, void* order, long* seconds, long* microseconds) {
  *seconds =
      static_cast<long>(absl::ToUnixSeconds(static_cast<const TimestampOrder*>(order)->gen_time));
  *microseconds = 0;
  return 1;
}

absl::StatusOr<Bytes> RequestDer(const TimestampOrder& order) {
  TsReqPtr request(TS_REQ_new());
  TS_REQ_set_version(request.get(), 1);
  X509AlgorPtr algorithm(X509_ALGOR_new());
  X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(DigestNid(order.imprint_algorithm)), V_ASN1_UNDEF,
                  nullptr);
  TS_MSG_IMPRINT* imprint = TS_MSG_IMPRINT_new();
  TS_MSG_IMPRINT_set_algo(imprint, algorithm.get());
  TS_MSG_IMPRINT_set_msg(imprint, const_cast<unsigned char*>(order.imprint.data()),
                         static_cast<int>(order.imprint.size()));
  TS_REQ_set_msg_imprint(request.get(), imprint);
  TS_MSG_IMPRINT_free(imprint);
  TS_REQ_set_cert_req(request.get(), order.include_certificate ? 1 : 0);
  return EncodeDer<i2d_TS_REQ>(request.get());
}

bool Configure(TS_RESP_CTX* context, const TimestampOrder& order) {
  Asn1ObjectPtr policy(OBJ_txt2obj("0.4.0.2023.1.1", 1));
  TS_RESP_CTX_set_serial_cb(context, NextSerial, nullptr);
  TS_RESP_CTX_set_time_cb(context, AnswerTime, const_cast<TimestampOrder*>(&order));
  return TS_RESP_CTX_set_signer_cert(context, order.certificate) == 1 &&
         TS_RESP_CTX_set_signer_key(context, order.key) == 1 &&
         TS_RESP_CTX_set_signer_digest(context, EVP_get_digestbyname(order.signer_digest)) == 1 &&
         TS_RESP_CTX_set_ess_cert_id_digest(
             context, order.ess_with_sha256 ? EVP_sha256() : EVP_sha1()) == 1 &&
         TS_RESP_CTX_set_def_policy(context, policy.get()) == 1 &&
         TS_RESP_CTX_add_md(context, EVP_sha256()) == 1 &&
         TS_RESP_CTX_add_md(context, EVP_sha384()) == 1 &&
         TS_RESP_CTX_add_md(context, EVP_sha512()) == 1 &&
         TS_RESP_CTX_set_accuracy(context, 1, 0, 0) == 1;
}

}  // namespace

absl::StatusOr<Bytes> MakeTimestampToken(const TimestampOrder& order) {
  TsRespCtxPtr context(TS_RESP_CTX_new());
  if (!Configure(context.get(), order)) {
    return OpenSslError(Reason::kInternal, "cannot set up a time-stamping unit");
  }
  ENKRAT_ASSIGN_OR_RETURN(const Bytes request, RequestDer(order));
  BioPtr bio(BIO_new_mem_buf(request.data(), static_cast<int>(request.size())));
  TsRespPtr response(TS_RESP_create_response(context.get(), bio.get()));
  if (response == nullptr || TS_RESP_get_token(response.get()) == nullptr) {
    return OpenSslError(Reason::kInternal, "the time-stamping unit refused");
  }
  return EncodeDer<i2d_PKCS7>(TS_RESP_get_token(response.get()));
}

}  // namespace enkrat::testing
