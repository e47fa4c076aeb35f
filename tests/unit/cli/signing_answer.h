// An answer of the service as it should be, for tests that then spoil one thing in it.
#ifndef ENKRAT_TESTS_UNIT_CLI_SIGNING_ANSWER_H_
#define ENKRAT_TESTS_UNIT_CLI_SIGNING_ANSWER_H_

#include <memory>

#include "enkrat/v1/signing_service.pb.h"
#include "signer/signing_request.h"
#include "tests/unit/cli/certificates.h"

namespace enkrat::cli {

struct SigningAnswer {
  // Raw signatures, each with something in the place of a timestamp.
  SigningAnswer() {
    const Bytes der = DerOf(SelfSigned(*key, "Signer").get());
    response.set_session_id("00112233445566778899aabbccddeeff");
    response.set_request_id(intent.request_id);
    response.mutable_certificate()->set_der(ToString(der));
    response.mutable_certificate()->set_serial_number("1267");
    response.mutable_certificate()->set_fingerprint_sha256(
        ToString(ComputeDigest(DigestAlgorithm::kSha256, der)));
    response.add_chain(ToString(der));
    for (const signer::Document& document : intent.documents) {
      v1::DocumentSignature* signature = response.add_signatures();
      signature->set_label(document.label);
      signature->set_signature(
          ToString(key->SignDigest(document.digest_algorithm, document.digest).value()));
      signature->mutable_timestamp()->set_token("token");
    }
    v1::DestructionEvidence* destruction = response.mutable_destruction();
    destruction->mutable_generated_at()->set_seconds(1'800'000'000);
    destruction->mutable_destroyed_at()->set_seconds(1'800'000'000);
    destruction->mutable_destroyed_at()->set_nanos(1'500'000);
    destruction->set_signature_count(static_cast<uint32_t>(intent.documents.size()));
    destruction->set_confirmation("CKR_OBJECT_HANDLE_INVALID");
    (*destruction->mutable_key_attributes())["CKA_NEVER_EXTRACTABLE"] = "true";
  }

  std::unique_ptr<testing::SoftwareSigningKey> key = testing::SoftwareSigningKey::Generate();
  signer::SigningIntent intent{.request_id = "01234567-89ab-4cde-8f01-23456789abcd",
                               .documents = {{.label = "a.pdf", .digest = Bytes(32, 1)},
                                             {.label = "b.pdf", .digest = Bytes(32, 2)}}};
  v1::SignResponse response;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_TESTS_UNIT_CLI_SIGNING_ANSWER_H_
