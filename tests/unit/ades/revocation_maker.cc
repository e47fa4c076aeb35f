#include "tests/unit/ades/revocation_maker.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <memory>

#include "common/der.h"

namespace enkrat::ades::testing {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using CrlPtr = std::unique_ptr<X509_CRL, Freer<X509_CRL_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, Freer<ASN1_TIME_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, Freer<ASN1_INTEGER_free>>;
using BasicPtr = std::unique_ptr<OCSP_BASICRESP, Freer<OCSP_BASICRESP_free>>;
using ResponsePtr = std::unique_ptr<OCSP_RESPONSE, Freer<OCSP_RESPONSE_free>>;

TimePtr TimeOf(absl::Time time) { return TimePtr(ASN1_TIME_set(nullptr, absl::ToTimeT(time))); }

}  // namespace

Bytes MakeCrl(const Identity& issuer, uint64_t number) {
  const CrlPtr crl(X509_CRL_new());
  const X509Ptr certificate = issuer.Certificate();
  const TimePtr last = TimeOf(TestNow() - absl::Hours(1));
  const TimePtr next = TimeOf(TestNow() + absl::Hours(24));
  const IntegerPtr crl_number(ASN1_INTEGER_new());
  ASN1_INTEGER_set_uint64(crl_number.get(), number);
  X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(certificate.get()));
  X509_CRL_set1_lastUpdate(crl.get(), last.get());
  X509_CRL_set1_nextUpdate(crl.get(), next.get());
  X509_CRL_add1_ext_i2d(crl.get(), NID_crl_number, crl_number.get(), 0, 0);
  X509_CRL_sign(crl.get(), issuer.key->evp_pkey(), EVP_sha256());
  return EncodeDer<i2d_X509_CRL>(crl.get()).value();
}

Bytes MakeOcspResponse(const Identity& issuer, const Identity& certificate) {
  const BasicPtr basic(OCSP_BASICRESP_new());
  const X509Ptr subject = certificate.Certificate();
  const X509Ptr responder = issuer.Certificate();
  const TimePtr this_update = TimeOf(TestNow());
  const TimePtr next_update = TimeOf(TestNow() + absl::Hours(1));
  OCSP_CERTID* id = OCSP_cert_to_id(EVP_sha256(), subject.get(), responder.get());
  OCSP_basic_add1_status(basic.get(), id, V_OCSP_CERTSTATUS_GOOD, 0, nullptr, this_update.get(),
                         next_update.get());
  OCSP_CERTID_free(id);
  OCSP_basic_sign(basic.get(), responder.get(), issuer.key->evp_pkey(), EVP_sha256(), nullptr, 0);
  const ResponsePtr response(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  return EncodeDer<i2d_OCSP_RESPONSE>(response.get()).value();
}

Bytes MakeOcspRefusal() {
  const ResponsePtr response(OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr));
  return EncodeDer<i2d_OCSP_RESPONSE>(response.get()).value();
}

ValidationData MakeValidationData(const TestPki& pki) {
  return {.certificates_der = {pki.signer.certificate_der, pki.issuing_ca.certificate_der,
                               pki.root.certificate_der, pki.timestamp_unit.certificate_der},
          .crls_der = {MakeCrl(pki.root, 7), MakeCrl(pki.issuing_ca, 8)},
          .ocsp_responses_der = {MakeOcspResponse(pki.root, pki.issuing_ca)}};
}

}  // namespace enkrat::ades::testing
