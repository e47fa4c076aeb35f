#include "tests/unit/tsa/foreign_tsa.h"

#include <openssl/ts.h>

#include <cstdlib>
#include <utility>
#include <variant>

#include "common/der.h"
#include "common/object_identifier.h"
#include "common/openssl_ptr.h"
#include "tsa/response.h"
#include "tsa/timestamp_request.h"
#include "tsa/token_layout.h"
#include "tsa/tst_info.h"

namespace enkrat::tsa {
namespace {

ASN1_INTEGER* SerialNumber(TS_RESP_CTX*, void*) {
  ASN1_INTEGER* serial_number = ASN1_INTEGER_new();
  ASN1_INTEGER_set(serial_number, 42);
  return serial_number;
}

int Time(TS_RESP_CTX*, void* habits, long* seconds, long* microseconds) {
  const absl::Time time = static_cast<ForeignTsa::Habits*>(habits)->time;
  *seconds = static_cast<long>(absl::ToUnixSeconds(time));
  *microseconds = 0;
  return 1;
}

void Require(bool done) {
  if (!done) std::abort();
}

// OpenSSL does not sign for a certificate that is no unit's; our layout, which checks nothing,
// does.
Bytes RespondByHand(const testing::TestCertificate& signer, const Bytes& issuing_der,
                    const Bytes& request_der, absl::Time time) {
  const X509Ptr certificate = ParseCertificate(signer.der).value();
  const auto request = std::get<TimestampRequest>(ParseTimestampRequest(request_der));
  const TokenLayout layout(
      {.chain_der = {signer.der, issuing_der, {}},
       .public_key = signer.key->public_key(),
       .issuer_der = EncodeDer<i2d_X509_NAME>(X509_get_issuer_name(certificate.get())).value(),
       .serial_number_der =
           EncodeDer<i2d_ASN1_INTEGER>(X509_get_serialNumber(certificate.get())).value(),
       .usable_from = absl::InfinitePast(),
       .usable_until = absl::InfiniteFuture()});
  const Bytes info = EncodeTstInfo({.policy = *OidContent("1.2.3.4.1"),
                                    .imprint_der = request.imprint_der,
                                    .serial_number = {42},
                                    .gen_time = time,
                                    .accuracy = absl::ZeroDuration(),
                                    .nonce = request.nonce});
  const Bytes attributes = layout.SignedAttributes(info);
  const Bytes digest = ComputeDigest(layout.digest_algorithm(), attributes);
  const Bytes signature = signer.key->SignDigest(layout.digest_algorithm(), digest).value();
  return GrantedResponse(layout.Assemble(
      {.tst_info_der = info, .signed_attributes = attributes, .signature = signature}));
}

}  // namespace

ForeignTsa::ForeignTsa(const testing::TestAuthority& authority,
                       const testing::CertificateOptions& options, Habits habits)
    : certificate_(authority.Issue(options)),
      issuing_der_(authority.issuing_der()),
      habits_(habits) {}

Bytes ForeignTsa::Respond(const Bytes& request_der) const {
  TsRespCtxPtr context(TS_RESP_CTX_new());
  const X509Ptr certificate = ParseCertificate(certificate_.der).value();
  if (TS_RESP_CTX_set_signer_cert(context.get(), certificate.get()) != 1) {
    DrainOpenSslErrors();
    return RespondByHand(certificate_, issuing_der_, request_der, habits_.time);
  }
  X509Ptr issuing = ParseCertificate(issuing_der_).value();
  STACK_OF(X509)* chain = sk_X509_new_null();
  sk_X509_push(chain, issuing.get());
  Habits habits = habits_;
  Asn1ObjectPtr policy(OBJ_txt2obj("1.2.3.4.1", 1));
  Require(TS_RESP_CTX_set_signer_key(context.get(), certificate_.key->evp_pkey()) == 1);
  if (habits.with_issuer) Require(TS_RESP_CTX_set_certs(context.get(), chain) == 1);
  Require(TS_RESP_CTX_set_def_policy(context.get(), policy.get()) == 1);
  for (const EVP_MD* imprint : {EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
    Require(TS_RESP_CTX_add_md(context.get(), imprint) == 1);
  }
  Require(TS_RESP_CTX_set_signer_digest(context.get(), habits.signer_digest) == 1);
  Require(TS_RESP_CTX_set_ess_cert_id_digest(context.get(), habits.ess_digest) == 1);
  TS_RESP_CTX_set_serial_cb(context.get(), SerialNumber, nullptr);
  TS_RESP_CTX_set_time_cb(context.get(), Time, &habits);
  BioPtr request(BIO_new_mem_buf(request_der.data(), static_cast<int>(request_der.size())));
  TsRespPtr response(TS_RESP_create_response(context.get(), request.get()));
  sk_X509_free(chain);
  Require(response != nullptr);
  return EncodeDer<i2d_TS_RESP>(response.get()).value();
}

Bytes ForeignTsa::Token(const Bytes& request_der) const {
  return TokenOfResponse(Respond(request_der)).value_or(Bytes());
}

}  // namespace enkrat::tsa
