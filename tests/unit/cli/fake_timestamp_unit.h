// OpenSSL's own RFC 3161 unit, which nobody here wrote, with a key in software.
#ifndef ENKRAT_TESTS_UNIT_CLI_FAKE_TIMESTAMP_UNIT_H_
#define ENKRAT_TESTS_UNIT_CLI_FAKE_TIMESTAMP_UNIT_H_

#include <memory>

#include "tests/unit/cli/certificates.h"

namespace enkrat::cli {

// Not thread-safe. Serial number 0x1234, policy 1.2.3.4, SHA-256 only.
class FakeTimestampUnit {
 public:
  // DER TimeStampResp to a DER TimeStampReq.
  Bytes Answer(const Bytes& query_der) const {
    const TsRespCtxPtr unit(TS_RESP_CTX_new());
    const Asn1ObjectPtr policy(OBJ_txt2obj("1.2.3.4", 1));
    TS_RESP_CTX_set_serial_cb(unit.get(), NextSerial, nullptr);
    TS_RESP_CTX_set_signer_cert(unit.get(), certificate_.get());
    TS_RESP_CTX_set_signer_key(unit.get(), key_->evp_pkey());
    TS_RESP_CTX_set_signer_digest(unit.get(), EVP_sha256());
    TS_RESP_CTX_set_ess_cert_id_digest(unit.get(), EVP_sha256());
    TS_RESP_CTX_set_def_policy(unit.get(), policy.get());
    TS_RESP_CTX_add_md(unit.get(), EVP_sha256());
    TS_RESP_CTX_set_clock_precision_digits(unit.get(), 3);
    const BioPtr query(BIO_new_mem_buf(query_der.data(), static_cast<int>(query_der.size())));
    const TsRespPtr response(TS_RESP_create_response(unit.get(), query.get()));
    unsigned char* der = nullptr;
    const int size = i2d_TS_RESP(response.get(), &der);
    Bytes octets(der, der + size);
    OPENSSL_free(der);
    return octets;
  }

 private:
  static ASN1_INTEGER* NextSerial(TS_RESP_CTX*, void*) {
    ASN1_INTEGER* serial = ASN1_INTEGER_new();
    ASN1_INTEGER_set(serial, 0x1234);
    return serial;
  }

  const std::unique_ptr<testing::SoftwareSigningKey> key_ = testing::SoftwareSigningKey::Generate();
  const X509Ptr certificate_ = SelfSigned(*key_, "Unit", /*timestamping=*/true);
};

}  // namespace enkrat::cli

#endif  // ENKRAT_TESTS_UNIT_CLI_FAKE_TIMESTAMP_UNIT_H_
