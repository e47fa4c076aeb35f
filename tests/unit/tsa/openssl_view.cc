#include "tests/unit/tsa/openssl_view.h"

#include <openssl/err.h>
#include <openssl/ts.h>

#include <cstdlib>
#include <memory>

#include "absl/time/time.h"
#include "common/der.h"
#include "tests/support/fake_clock.h"

namespace enkrat::tsa {
namespace {

X509_STORE* NewStore(const std::vector<Bytes>& roots_der) {
  X509_STORE* store = X509_STORE_new();
  for (const Bytes& root_der : roots_der) {
    X509_STORE_add_cert(store, ParseCertificate(root_der).value().get());
  }
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store),
                             absl::ToTimeT(testing::FakeClock().Now()));
  return store;
}

STACK_OF(X509) * NewStack(const std::vector<Bytes>& certificates_der) {
  STACK_OF(X509)* stack = sk_X509_new_null();
  for (const Bytes& certificate_der : certificates_der) {
    sk_X509_push(stack, ParseCertificate(certificate_der).value().release());
  }
  return stack;
}

}  // namespace

OpenSslView::OpenSslView(const Bytes& response_der) {
  auto response = DecodeDer<TsRespPtr, d2i_TS_RESP>(response_der);
  if (!response.ok()) std::abort();
  response_ = *std::move(response);
}

long OpenSslView::status() const {
  return ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response_.get())));
}

std::vector<int> OpenSslView::failures() const {
  const ASN1_BIT_STRING* bits =
      TS_STATUS_INFO_get0_failure_info(TS_RESP_get_status_info(response_.get()));
  std::vector<int> found;
  for (int bit = 0; bits != nullptr && bit < 32; ++bit) {
    if (ASN1_BIT_STRING_get_bit(bits, bit) == 1) found.push_back(bit);
  }
  return found;
}

bool OpenSslView::has_token() const { return TS_RESP_get_token(response_.get()) != nullptr; }

TS_TST_INFO* OpenSslView::info() const { return TS_RESP_get_tst_info(response_.get()); }

int OpenSslView::certificates() const {
  const STACK_OF(X509)* certificates = TS_RESP_get_token(response_.get())->d.sign->cert;
  return certificates == nullptr ? 0 : sk_X509_num(certificates);
}

std::string OpenSslView::Verify(const Bytes& request_der, const std::vector<Bytes>& roots_der,
                                const std::vector<Bytes>& untrusted_der) const {
  auto request = DecodeDer<TsReqPtr, d2i_TS_REQ>(request_der);
  if (!request.ok()) return "not a request";
  std::unique_ptr<TS_VERIFY_CTX, OpenSslDeleter<TS_VERIFY_CTX_free>> context(
      TS_REQ_to_TS_VERIFY_CTX(request->get(), nullptr));
  TS_VERIFY_CTX_add_flags(context.get(), TS_VFY_SIGNATURE);
  TS_VERIFY_CTX_set_store(context.get(), NewStore(roots_der));
  TS_VERIFY_CTX_set_certs(context.get(), NewStack(untrusted_der));
  if (TS_RESP_verify_response(context.get(), response_.get()) == 1) return "";
  char text[256];
  ERR_error_string_n(ERR_peek_last_error(), text, sizeof(text));
  DrainOpenSslErrors();
  return text;
}

Bytes OpenSslRequest(const RequestOptions& options) {
  TsReqPtr request(TS_REQ_new());
  TS_REQ_set_version(request.get(), 1);
  std::unique_ptr<TS_MSG_IMPRINT, OpenSslDeleter<TS_MSG_IMPRINT_free>> imprint(
      TS_MSG_IMPRINT_new());
  X509AlgorPtr algorithm(X509_ALGOR_new());
  X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(options.digest_nid), V_ASN1_NULL, nullptr);
  TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get());
  Bytes digest = options.digest;
  TS_MSG_IMPRINT_set_msg(imprint.get(), digest.data(), static_cast<int>(digest.size()));
  TS_REQ_set_msg_imprint(request.get(), imprint.get());
  if (!options.policy.empty()) {
    Asn1ObjectPtr policy(OBJ_txt2obj(options.policy.c_str(), 1));
    TS_REQ_set_policy_id(request.get(), policy.get());
  }
  if (!options.nonce.empty()) {
    BnPtr number(BN_bin2bn(options.nonce.data(), static_cast<int>(options.nonce.size()), nullptr));
    Asn1IntegerPtr nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
    TS_REQ_set_nonce(request.get(), nonce.get());
  }
  TS_REQ_set_cert_req(request.get(), options.cert_req ? 1 : 0);
  return EncodeDer<i2d_TS_REQ>(request.get()).value();
}

}  // namespace enkrat::tsa
