// Signatures made by OpenSSL instead of CadesSignature, with whatever a test wants wrong in them.
#ifndef ENKRAT_TESTS_UNIT_ADES_OPENSSL_SIGNATURE_MAKER_H_
#define ENKRAT_TESTS_UNIT_ADES_OPENSSL_SIGNATURE_MAKER_H_

#include <openssl/cms.h>

#include <functional>
#include <string>
#include <vector>

#include "common/bytes.h"
#include "tests/unit/ades/certificate_maker.h"
#include "tests/unit/ades/signature_maker.h"

namespace enkrat::ades::testing {

struct OpenSslSignatureRequest {
  std::vector<const Identity*> signers = {};
  std::vector<const Identity*> more_certificates = {};
  std::string content = kDocument;
  const char* digest = "SHA256";
  int content_type_nid = NID_pkcs7_data;
  bool detached = true;
  bool with_ess = true;           // signing-certificate-v2, by OpenSSL
  bool with_signing_time = true;  // TestNow(); OpenSSL insists on the real time otherwise
  unsigned int more_flags = 0;    // CMS_NOATTR, CMS_NOCERTS, CMS_USE_KEYID, CMS_KEY_PARAM
  // Called with each signer before its signature is made.
  std::function<void(CMS_SignerInfo*)> change = nullptr;
};

// DER ContentInfo. Aborts if OpenSSL refuses.
Bytes MakeOpenSslSignature(const OpenSslSignatureRequest& request);

// The same signature with one more value among its unsigned timestamps.
Bytes WithMoreTimestamp(const Bytes& signature, const Bytes& token);

// The TSTInfo inside a token, and a token around one, by any certificate, fit for it or not.
Bytes TstInfoOf(const Bytes& token);
Bytes WrapTstInfo(const Bytes& tst_info, const OpenSslSignatureRequest& request);

}  // namespace enkrat::ades::testing

#endif  // ENKRAT_TESTS_UNIT_ADES_OPENSSL_SIGNATURE_MAKER_H_
