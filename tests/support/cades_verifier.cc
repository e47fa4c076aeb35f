#include "tests/support/cades_verifier.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ades/certificate_facts.h"
#include "ades/finding.h"
#include "ades/signed_message.h"
#include "ades/signer_checks.h"
#include "ades/signing_certificate.h"
#include "common/asn1_time.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "tests/support/cades_timestamp_judgement.h"
#include "tests/support/cades_trust_anchors.h"

namespace enkrat::testing {
namespace {

using ades::Bad;
using ades::CheckContentType;
using ades::CheckKeyUsage;
using ades::CheckMessageDigest;
using ades::CheckRevocationNeed;
using ades::CheckSignatureAlgorithm;
using ades::CheckSignatureValue;
using ades::CheckSignedAttributes;
using ades::CheckSigningCertificate;
using ades::CheckSingleSigner;
using ades::Finding;
using ades::Good;
using ades::IsValidAt;
using ades::SignedMessage;
using ades::SubjectText;

constexpr size_t kLargestSignature = 1 << 20;
constexpr int kMostTimestamps = 8;

// Collects the checks of one verdict, in order.
class Judgement {
 public:
  void Note(absl::string_view name, Finding finding) {
    verdict_.checks.push_back({std::string(name), finding.passed, std::move(finding.detail)});
  }
  void Note(std::vector<CadesCheck> checks) {
    for (CadesCheck& check : checks) verdict_.checks.push_back(std::move(check));
  }
  CadesVerdict& verdict() { return verdict_; }

  CadesVerdict Conclude() && {
    verdict_.valid = std::all_of(verdict_.checks.begin(), verdict_.checks.end(),
                                 [](const CadesCheck& check) { return check.passed; });
    return std::move(verdict_);
  }

 private:
  CadesVerdict verdict_;
};

std::optional<absl::Time> ClaimedSigningTime(CMS_SignerInfo* signer) {
  const int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
  if (at < 0) return std::nullopt;
  ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(signer, at), 0);
  const int type = value == nullptr ? V_ASN1_UNDEF : ASN1_TYPE_get(value);
  if (type != V_ASN1_UTCTIME && type != V_ASN1_GENERALIZEDTIME) return std::nullopt;
  return TimeFromAsn1(value->value.asn1_string);
}

// DER of every value of every signature-time-stamp attribute.
std::vector<Bytes> TimestampTokens(CMS_SignerInfo* signer) {
  std::vector<Bytes> tokens;
  const int count = std::max(0, CMS_unsigned_get_attr_count(signer));
  for (int i = 0; i < count; ++i) {
    X509_ATTRIBUTE* attribute = CMS_unsigned_get_attr(signer, i);
    const int nid = OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute));
    if (nid != NID_id_smime_aa_timeStampToken) continue;
    for (int v = 0; v < X509_ATTRIBUTE_count(attribute); ++v) {
      tokens.push_back(
          EncodeDer<i2d_ASN1_TYPE>(X509_ATTRIBUTE_get0_type(attribute, v)).value_or(Bytes{}));
    }
  }
  DrainOpenSslErrors();
  return tokens;
}

Finding CheckContent(const SignedMessage& message) {
  if (message.content().has_value()) {
    return Bad("The signature holds content of its own, so it is not about the document.");
  }
  return CheckContentType(message, NID_pkcs7_data);
}

Finding CheckClaimedTime(std::optional<absl::Time> claimed, X509* certificate) {
  if (!claimed.has_value()) return Bad("The signature claims no time that can be read.");
  if (!IsValidAt(certificate, *claimed)) {
    return Bad(absl::StrCat("The claimed signing time ", TimeTextOfSecond(*claimed),
                            " is outside the validity of the signer's certificate."));
  }
  return Good(absl::StrCat("The claimed signing time ", TimeTextOfSecond(*claimed),
                           " is within the validity of the signer's certificate."));
}

// Asks for the document's digest, unless the signature names an algorithm that is not believed.
absl::Status JudgeDocument(const SignedMessage& message,
                           absl::FunctionRef<absl::StatusOr<Bytes>(DigestAlgorithm)> digest_of,
                           Judgement& judgement) {
  const std::optional<DigestAlgorithm> algorithm = message.digest_algorithm();
  if (!algorithm.has_value()) {
    judgement.Note("message-digest", Bad("The digest algorithm is weak or unknown."));
    return absl::OkStatus();
  }
  ENKRAT_ASSIGN_OR_RETURN(const Bytes digest, digest_of(*algorithm));
  judgement.Note("message-digest", CheckMessageDigest(message, digest));
  return absl::OkStatus();
}

void JudgeSignature(const SignedMessage& message, Judgement& judgement) {
  judgement.Note("signature-algorithm", CheckSignatureAlgorithm(message));
  judgement.Note("signature-value", CheckSignatureValue(message));
  if (X509* certificate = message.signer_certificate()) {
    judgement.Note("signing-certificate", CheckSigningCertificate(message.signer(), certificate));
  } else {
    judgement.Note("signing-certificate", Bad("The signer's certificate is not in the signature."));
  }
}

// The earliest good timestamp proves when the signature existed; every one must be good.
void JudgeTimestamps(const SignedMessage& message, const CadesTrustAnchors& trust, absl::Time now,
                     Judgement& judgement) {
  const std::vector<Bytes> tokens = TimestampTokens(message.signer());
  if (tokens.size() > kMostTimestamps) {
    judgement.Note("timestamp", Bad("There are more timestamps than are looked at."));
    return;
  }
  std::optional<absl::Time>& best = judgement.verdict().timestamp_time;
  for (const Bytes& token : tokens) {
    CadesTimestampJudgement found =
        JudgeCadesTimestamp(token, {.signature_value = message.signature_value(),
                                    .trust = &trust,
                                    .more_certificates = message.certificates(),
                                    .now = now});
    judgement.Note(std::move(found.checks));
    if (found.gen_time.has_value())
      best = std::min(best.value_or(*found.gen_time), *found.gen_time);
  }
}

void JudgeCertificate(const SignedMessage& message, const CadesTrustAnchors& trust,
                      Judgement& judgement) {
  X509* certificate = message.signer_certificate();
  if (certificate == nullptr) return;  // said already
  CadesVerdict& verdict = judgement.verdict();
  verdict.signer_certificate_der = EncodeDer<i2d_X509>(certificate).value_or(Bytes{});
  verdict.signer_subject = SubjectText(certificate);
  judgement.Note("signer-chain",
                 trust.CheckChain(certificate, message.certificates(), verdict.validated_at));
  judgement.Note("signing-time", CheckClaimedTime(verdict.claimed_signing_time, certificate));
  judgement.Note("key-usage", CheckKeyUsage(certificate));
  judgement.Note("revocation", CheckRevocationNeed(certificate));
}

}  // namespace

CadesVerifier::CadesVerifier(std::unique_ptr<CadesTrustAnchors> trust, const Clock* clock)
    : trust_(std::move(trust)), clock_(clock) {}

CadesVerifier::~CadesVerifier() = default;

absl::StatusOr<std::unique_ptr<CadesVerifier>> CadesVerifier::Create(Options options) {
  if (options.clock == nullptr) return MakeError(Reason::kInternal, "a verifier needs a clock");
  ENKRAT_ASSIGN_OR_RETURN(std::unique_ptr<CadesTrustAnchors> trust,
                          CadesTrustAnchors::Create(options.trusted_roots_der));
  return std::unique_ptr<CadesVerifier>(new CadesVerifier(std::move(trust), options.clock));
}

absl::StatusOr<CadesVerdict> CadesVerifier::VerifyDetached(
    ByteSpan cms_der, absl::FunctionRef<absl::StatusOr<Bytes>(DigestAlgorithm)> digest_of) const {
  if (cms_der.size() > kLargestSignature) {
    return MakeError(Reason::kLimitExceeded, "a signature is at most 1 MiB");
  }
  ENKRAT_ASSIGN_OR_RETURN(const SignedMessage message, SignedMessage::Parse(cms_der));
  const absl::Time now = clock_->Now();
  Judgement judgement;
  CadesVerdict& verdict = judgement.verdict();
  verdict.claimed_signing_time = ClaimedSigningTime(message.signer());
  judgement.Note("single-signer", CheckSingleSigner(message));
  judgement.Note("content-type", CheckContent(message));
  judgement.Note("signed-attributes", CheckSignedAttributes(message));
  ENKRAT_RETURN_IF_ERROR(JudgeDocument(message, digest_of, judgement));
  JudgeSignature(message, judgement);
  JudgeTimestamps(message, *trust_, now, judgement);
  verdict.validated_at = verdict.timestamp_time.value_or(now);
  verdict.level = verdict.timestamp_time.has_value() ? "CAdES B-T" : "CAdES B-B";
  JudgeCertificate(message, *trust_, judgement);
  return std::move(judgement).Conclude();
}

}  // namespace enkrat::testing
