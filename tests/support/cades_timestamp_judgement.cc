#include "tests/support/cades_timestamp_judgement.h"

#include <openssl/ts.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ades/certificate_facts.h"
#include "ades/finding.h"
#include "ades/signed_message.h"
#include "ades/signer_checks.h"
#include "ades/signing_certificate.h"
#include "common/asn1_time.h"
#include "common/der.h"
#include "common/time_text.h"

namespace enkrat::testing {
namespace {

using ades::Bad;
using ades::CheckContentType;
using ades::CheckMessageDigest;
using ades::CheckSignatureAlgorithm;
using ades::CheckSignatureValue;
using ades::CheckSigningCertificate;
using ades::CheckSingleSigner;
using ades::CheckTimestampPurpose;
using ades::Finding;
using ades::Good;
using ades::SignedMessage;

// How far a timestamping unit's clock may be ahead of the verifier's.
constexpr absl::Duration kFutureTolerance = absl::Minutes(5);

void Note(CadesTimestampJudgement& judgement, absl::string_view name, Finding finding) {
  judgement.checks.push_back({std::string(name), finding.passed, std::move(finding.detail)});
}

Finding CheckImprint(TS_TST_INFO* info, ByteSpan signature_value) {
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info);
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const std::optional<DigestAlgorithm> algorithm = DigestFromNid(OBJ_obj2nid(oid));
  if (!algorithm.has_value()) return Bad("The timestamp's digest algorithm is weak or unknown.");
  const ASN1_OCTET_STRING* hash = TS_MSG_IMPRINT_get_msg(imprint);
  if (ByteSpan(ASN1_STRING_get0_data(hash), static_cast<size_t>(ASN1_STRING_length(hash))) !=
      ByteSpan(ComputeDigest(*algorithm, signature_value))) {
    return Bad("The timestamp is over something else than this signature.");
  }
  return Good("The timestamp is over this signature.");
}

// All that concerns the token's own signature; the first thing that is wrong.
Finding CheckTokenSignature(const SignedMessage& token) {
  const std::optional<DigestAlgorithm> digest = token.digest_algorithm();
  if (!digest.has_value()) return Bad("The timestamp is signed with a weak or unknown digest.");
  for (Finding finding :
       {CheckSingleSigner(token), CheckContentType(token, NID_id_smime_ct_TSTInfo),
        CheckMessageDigest(token, ComputeDigest(*digest, *token.content())),
        CheckSignatureAlgorithm(token), CheckSignatureValue(token)}) {
    if (!finding.passed) return Bad(absl::StrCat("Of the timestamp itself: ", finding.detail));
  }
  return Good("The timestamp was made with the key of its certificate.");
}

Finding CheckTokenCertificate(const SignedMessage& token) {
  if (token.signer_certificate() == nullptr) return Bad("The timestamp holds no certificate.");
  Finding named = CheckSigningCertificate(token.signer(), token.signer_certificate());
  if (!named.passed) return Bad(absl::StrCat("Of the timestamp itself: ", named.detail));
  return CheckTimestampPurpose(token.signer_certificate());
}

Finding CheckGenTime(std::optional<absl::Time> gen_time, absl::Time now) {
  if (!gen_time.has_value()) return Bad("The timestamp's time is malformed.");
  if (*gen_time > now + kFutureTolerance) {
    return Bad(
        absl::StrCat("The timestamp's time ", TimeTextOfSecond(*gen_time), " is in the future."));
  }
  return Good(absl::StrCat("The timestamp says that the signature existed at ",
                           TimeTextOfSecond(*gen_time), "."));
}

// The TSTInfo inside the token; null if it is not one that can be understood.
TsTstInfoPtr ReadInfo(const SignedMessage& token) {
  if (!token.content().has_value()) return nullptr;
  absl::StatusOr<TsTstInfoPtr> info = DecodeDer<TsTstInfoPtr, d2i_TS_TST_INFO>(*token.content());
  if (!info.ok() || TS_TST_INFO_get_version(info->get()) != 1 ||
      TS_TST_INFO_get_ext_by_critical(info->get(), 1, -1) >= 0) {
    return nullptr;
  }
  return *std::move(info);
}

}  // namespace

CadesTimestampJudgement JudgeCadesTimestamp(ByteSpan token_der,
                                            const CadesTimestampContext& context) {
  CadesTimestampJudgement judgement;
  const absl::StatusOr<SignedMessage> token = SignedMessage::Parse(token_der);
  const TsTstInfoPtr info = token.ok() ? ReadInfo(*token) : nullptr;
  if (info == nullptr) {
    Note(judgement, "timestamp", Bad("The timestamp is not an RFC 3161 token."));
    return judgement;
  }
  const std::optional<absl::Time> gen_time = TimeFromAsn1(TS_TST_INFO_get_time(info.get()));
  Note(judgement, "timestamp", CheckGenTime(gen_time, context.now));
  Note(judgement, "timestamp-imprint", CheckImprint(info.get(), context.signature_value));
  Note(judgement, "timestamp-signature", CheckTokenSignature(*token));
  Note(judgement, "timestamp-certificate", CheckTokenCertificate(*token));
  if (token->signer_certificate() != nullptr && gen_time.has_value()) {
    std::vector<X509*> intermediates = token->certificates();
    intermediates.insert(intermediates.end(), context.more_certificates.begin(),
                         context.more_certificates.end());
    Note(judgement, "timestamp-chain",
         context.trust->CheckChain(token->signer_certificate(), intermediates, *gen_time));
  }
  const bool good = std::all_of(judgement.checks.begin(), judgement.checks.end(),
                                [](const CadesCheck& check) { return check.passed; });
  if (good) judgement.gen_time = gen_time;
  return judgement;
}

}  // namespace enkrat::testing
