// A TimeStampResp as OpenSSL sees it: the judge that our builder was not written from.
#ifndef ENKRAT_TESTS_UNIT_TSA_OPENSSL_VIEW_H_
#define ENKRAT_TESTS_UNIT_TSA_OPENSSL_VIEW_H_

#include <string>
#include <vector>

#include "common/bytes.h"
#include "common/openssl_ptr.h"

namespace enkrat::tsa {

// Aborts the test program if the octets are no TimeStampResp at all.
class OpenSslView {
 public:
  explicit OpenSslView(const Bytes& response_der);

  long status() const;
  // Numbers of the bits in failInfo.
  std::vector<int> failures() const;
  bool has_token() const;
  TS_TST_INFO* info() const;
  // Certificates in the token.
  int certificates() const;

  // "" if TS_RESP_verify_response accepts it for that request, under those roots, with those
  // certificates at hand besides the token's; else OpenSSL's reason. At the present of the test's
  // fake clock.
  std::string Verify(const Bytes& request_der, const std::vector<Bytes>& roots_der,
                     const std::vector<Bytes>& untrusted_der = {}) const;

 private:
  TsRespPtr response_;
};

// DER TimeStampReq by OpenSSL.
struct RequestOptions {
  int digest_nid = NID_sha256;
  Bytes digest = Bytes(32, 0xd1);
  Bytes nonce = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0};  // big-endian; empty: none
  std::string policy = "";                                         // dotted; empty: none
  bool cert_req = true;
};
Bytes OpenSslRequest(const RequestOptions& options = {});

}  // namespace enkrat::tsa

#endif  // ENKRAT_TESTS_UNIT_TSA_OPENSSL_VIEW_H_
