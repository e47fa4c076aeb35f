#include "validation/signature_process.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ades/certificate_facts.h"
#include "ades/embedded_validation_data.h"
#include "ades/signer_checks.h"
#include "ades/signing_certificate.h"
#include "common/asn1_time.h"
#include "common/der.h"
#include "common/time_text.h"
#include "validation/archive_process.h"
#include "validation/certificate_text.h"
#include "validation/qualification.h"
#include "validation/signature_level.h"
#include "validation/timestamp_process.h"

namespace enkrat::validation {
namespace {

constexpr char kArchiveTimestampV3[] = "0.4.0.1733.2.4";

// One signature on its way through the processes.
class Process {
 public:
  Process(SignatureRequest request, Run& run)
      : request_(std::move(request)),
        run_(run),
        message_(*request_.message),
        judgement_(std::move(request_.judgement)),
        poe_(request_.poe) {}

  SignatureReport Go() && {
    report_.id = request_.id;
    given_ = ades::EmbeddedValidationData(message_);
    known_data_.Add(given_, poe_.of_signature);  // as old as the message that holds them
    if (request_.document_data_known != nullptr) known_data_.Add(*request_.document_data_known);
    embedded_revocation_ = !given_.crls_der.empty() || !given_.ocsp_responses_der.empty();
    if (request_.document_data != nullptr) {
      ades::Merge(given_, *request_.document_data);
      embedded_revocation_ |= !request_.document_data->crls_der.empty() ||
                              !request_.document_data->ocsp_responses_der.empty();
    }
    CheckShape();
    CheckContent();
    if (CheckCertificate()) CheckValue();
    JudgeTimestamps();
    if (message_.signer_certificate() != nullptr) JudgeSigner();
    Conclude();
    return std::move(report_);
  }

 private:
  bool HasSignedAttributes() const;
  void CheckShape();
  void CheckContent();
  bool CheckCertificate();
  void CheckValue();
  void JudgeTimestamps();
  std::vector<TimestampReport> JudgeSignatureTimestamps(const ArchiveProofs& proofs);
  void CheckOrder();
  void NoteTimestamps();
  void JudgeSigner();
  void CheckClaimedTime();
  void Conclude();

  SignatureRequest request_;
  Run& run_;
  const ades::SignedMessage& message_;
  Judgement judgement_;
  ProofOfExistence poe_;
  SignatureReport report_;
  ValidationData given_;
  ValidationDataProofs known_data_;  // of given_
  bool embedded_revocation_ = false;
  bool names_certificate_ = false;
};

std::optional<absl::Time> SigningTimeOf(CMS_SignerInfo* signer) {
  const int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
  if (at < 0) return std::nullopt;
  ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(signer, at), 0);
  const int type = value == nullptr ? V_ASN1_UNDEF : ASN1_TYPE_get(value);
  if (type != V_ASN1_UTCTIME && type != V_ASN1_GENERALIZEDTIME) return std::nullopt;
  return TimeFromAsn1(value->value.asn1_string);
}

// They may be missing in a plain CMS (RFC 5652 5.3). CheckValue says that this is not enough, and
// the checks of what they should hold would only call it damaged.
bool Process::HasSignedAttributes() const {
  return CMS_signed_get_attr_count(message_.signer()) > 0;
}

void Process::CheckShape() {
  if (!HasSignedAttributes()) return;
  judgement_.Require("content-type", SubIndication::kFormatFailure,
                     ades::CheckContentType(message_, NID_pkcs7_data));
  judgement_.Require("signed-attributes", SubIndication::kFormatFailure,
                     ades::CheckAttributesOccurOnce(message_));
}

void Process::CheckContent() {
  if (!HasSignedAttributes()) return;
  constexpr char kName[] = "message-digest";
  const std::optional<DigestAlgorithm> algorithm = message_.digest_algorithm();
  if (!algorithm.has_value()) {
    judgement_.Fail(kName, SubIndication::kCryptoConstraintsFailure,
                    "The digest algorithm is weak or unknown.");
    return;
  }
  const ContentDigests::Candidates& candidates = request_.content->Get(*algorithm);
  if (!candidates.ok() || candidates->empty()) {
    judgement_.Fail(
        kName, SubIndication::kSignedDataNotFound,
        candidates.ok() ? "What was signed is not at hand." : "What was signed cannot be read.");
    return;
  }
  ades::Finding finding;
  for (const Bytes& digest : *candidates) {
    finding = ades::CheckMessageDigest(message_, digest);
    if (!finding.passed) continue;
    request_.content->Take(digest);
    break;
  }
  judgement_.Require(kName, SubIndication::kHashFailure, finding);
}

// Whether there is a certificate to go on with (EN 319 102-1 5.2.3).
bool Process::CheckCertificate() {
  constexpr char kName[] = "signing-certificate";
  X509* certificate = message_.signer_certificate();
  if (certificate == nullptr) {
    judgement_.Fail(kName, SubIndication::kNoSigningCertificateFound,
                    "The signer's certificate is not in the signature.");
    return false;
  }
  report_.signer_name = SignerNameOf(certificate);
  switch (ades::NamingOf(message_.signer(), certificate)) {
    case ades::CertificateNaming::kByStrongDigest:
      names_certificate_ = true;
      judgement_.Pass(kName, "The signature names this certificate, with its digest.");
      break;
    case ades::CertificateNaming::kBySha1:
      judgement_.Warn(kName, "The signature names its certificate by SHA-1 only.");
      break;
    case ades::CertificateNaming::kNotAtAll:
      judgement_.Warn(kName,
                      "The signature does not protect which certificate it was made with: it is a "
                      "plain CMS, not an advanced one.");
      break;
    case ades::CertificateNaming::kAnother:
      judgement_.Fail(kName, SubIndication::kNoSigningCertificateFound,
                      "The signature names another certificate than the one it brings.");
      break;
  }
  return true;
}

void Process::CheckValue() {
  if (judgement_.Require("signature-algorithm", SubIndication::kCryptoConstraintsFailure,
                         ades::CheckSignatureAlgorithm(message_, ades::kLegacySecurityBits)) &&
      !ades::CheckSignatureAlgorithm(message_).passed) {
    judgement_.Warn("signature-algorithm",
                    "The signer's key is weaker than what is used today (128 bits).");
  }
  if (!HasSignedAttributes()) {
    judgement_.Fail("signature-value", SubIndication::kSigConstraintsFailure,
                    "The signature is over the content alone, without signed attributes.");
    return;
  }
  judgement_.Require("signature-value", SubIndication::kSigCryptoFailure,
                     ades::CheckSignatureValue(message_));
}

// Archive timestamps first: they say since when the others are known.
void Process::JudgeTimestamps() {
  if (TimestampCount(message_) > run_.limits().max_timestamps) {
    judgement_.Fail("timestamp", SubIndication::kSigConstraintsFailure,
                    "There are more timestamps than are looked at.");
    return;
  }
  ArchiveFindings archive = JudgeArchiveTimestamps({.message = &message_,
                                                    .cms_der = request_.cms_der,
                                                    .content = request_.content,
                                                    .given = &given_,
                                                    .given_known = &known_data_,
                                                    .known_since = poe_.of_signature},
                                                   run_);
  known_data_.Add(archive.proofs.validation_data());
  report_.timestamps = JudgeSignatureTimestamps(archive.proofs);
  for (TimestampReport& report : archive.reports) report_.timestamps.push_back(std::move(report));
  for (TimestampReport& report : request_.document_timestamps) {
    report_.timestamps.push_back(std::move(report));
  }
  poe_.of_signature = std::min(poe_.of_signature, archive.proofs.signature_known_since());
  for (const TimestampReport& report : report_.timestamps) {
    if (report.conclusion.passed() && report.kind == TimestampReport::Kind::kSignature) {
      poe_.of_signature = std::min(poe_.of_signature, report.gen_time);
    }
  }
  report_.proven_by_timestamp =
      std::any_of(report_.timestamps.begin(), report_.timestamps.end(),
                  [](const TimestampReport& report) { return report.conclusion.passed(); });
  NoteTimestamps();
  CheckOrder();
}

std::vector<TimestampReport> Process::JudgeSignatureTimestamps(const ArchiveProofs& proofs) {
  std::vector<TimestampReport> reports;
  const ASN1_OBJECT* type = OBJ_nid2obj(NID_id_smime_aa_timeStampToken);
  const Bytes type_der = EncodeDer<i2d_ASN1_OBJECT>(type).value_or(Bytes{});
  for (const Bytes& token : message_.UnsignedValues(type)) {
    ContentDigests stamped = ContentDigests::OfOctets(message_.signature_value());
    reports.push_back(JudgeTimestamp({.token_der = token,
                                      .kind = TimestampReport::Kind::kSignature,
                                      .stamped = &stamped,
                                      .given = &given_,
                                      .given_known = &known_data_,
                                      .known_since = proofs.KnownSince(type_der, token)},
                                     run_));
  }
  return reports;
}

// A timestamp that is broken was tampered with, and so perhaps was what it is to prove; one that
// cannot be judged merely proves nothing (EN 319 102-1 5.5.4).
void Process::NoteTimestamps() {
  for (const TimestampReport& report : report_.timestamps) {
    const absl::string_view why = SubIndicationName(report.conclusion.sub_indication);
    switch (report.conclusion.indication) {
      case Indication::kTotalPassed:
        judgement_.Pass("timestamp", absl::StrCat("A timestamp proves that this existed at ",
                                                  TimeTextOfSecond(report.gen_time), "."));
        break;
      case Indication::kIndeterminate:
        judgement_.Warn("timestamp", absl::StrCat("A timestamp proves nothing: ", why, "."));
        break;
      case Indication::kTotalFailed:
        judgement_.Fail("timestamp", SubIndication::kSigConstraintsFailure,
                        absl::StrCat("A timestamp is broken: ", why, "."));
        break;
    }
  }
}

// What an archive timestamp protects is not younger than it (EN 319 102-1 5.6.2.4).
void Process::CheckOrder() {
  std::optional<absl::Time> latest_signature, earliest_archive;
  for (const TimestampReport& report : report_.timestamps) {
    if (!report.conclusion.passed()) continue;
    if (report.kind == TimestampReport::Kind::kSignature) {
      latest_signature = std::max(latest_signature.value_or(report.gen_time), report.gen_time);
    } else {
      earliest_archive = std::min(earliest_archive.value_or(report.gen_time), report.gen_time);
    }
  }
  if (!latest_signature.has_value() || !earliest_archive.has_value()) return;
  judgement_.Require(
      "timestamp-order", SubIndication::kTimestampOrderFailure,
      *latest_signature <= *earliest_archive
          ? ades::Good("The timestamps are in order.")
          : ades::Bad("A timestamp over the signature is later than one that protects it."));
}

void Process::JudgeSigner() {
  X509* certificate = message_.signer_certificate();
  const absl::StatusOr<Bytes> der = EncodeDer<i2d_X509>(certificate);
  poe_.of_each = &known_data_;
  PathResult path = run_.Path(der.value_or(Bytes{}), PathPurpose::kSigning, given_, poe_);
  judgement_.Adopt("", path.checks, path.conclusion);
  report_.chain = std::move(path.chain);
  CheckClaimedTime();
  judgement_.Prefer("key-usage", ades::CheckKeyUsage(certificate));
}

// What the signer claims proves nothing, but should make sense.
void Process::CheckClaimedTime() {
  const std::optional<absl::Time> attribute = SigningTimeOf(message_.signer());
  report_.claimed_signing_time =
      request_.claimed_time.has_value() ? request_.claimed_time : attribute;
  constexpr char kName[] = "signing-time";
  if (request_.carrier == SignatureCarrier::kPdf && attribute.has_value()) {
    judgement_.Warn(kName, "A PAdES signature claims its time in the PDF, not in the CMS.");
  }
  if (!report_.claimed_signing_time.has_value()) {
    judgement_.Warn(kName, "The signature claims no time.");
    return;
  }
  const absl::Time claimed = *report_.claimed_signing_time;
  const std::string text = TimeTextOfSecond(claimed);
  if (!ades::IsValidAt(message_.signer_certificate(), claimed)) {
    judgement_.Warn(kName, absl::StrCat("The claimed signing time ", text,
                                        " is outside the validity of the signer's certificate."));
  } else if (claimed > poe_.of_signature + absl::Minutes(5)) {
    judgement_.Warn(kName, absl::StrCat("The claimed signing time ", text,
                                        " is later than the time by which it existed."));
  } else {
    judgement_.Pass(kName, absl::StrCat("The claimed signing time ", text,
                                        " is within the validity of the signer's certificate."));
  }
}

void Process::Conclude() {
  report_.proven_at = poe_.of_signature;
  report_.conclusion = judgement_.conclusion();
  report_.checks = std::move(judgement_).TakeChecks();
  const bool has_signing_time = SigningTimeOf(message_.signer()).has_value();
  const bool in_pdf = request_.carrier != SignatureCarrier::kCms;
  report_.format = request_.carrier == SignatureCarrier::kPdf           ? "PAdES"
                   : request_.carrier == SignatureCarrier::kPdfUnderCms ? "PDF CMS"
                   : names_certificate_                                 ? "CAdES"
                                                                        : "CMS";
  const bool baseline =
      names_certificate_ && request_.carrier != SignatureCarrier::kPdfUnderCms &&
      (in_pdf ? !has_signing_time && request_.claimed_time.has_value() : has_signing_time);
  if (baseline) report_.level = LevelOf(report_, embedded_revocation_);
  if (message_.signer_certificate() == nullptr) return;
  report_.qualification =
      Qualify(EncodeDer<i2d_X509>(message_.signer_certificate()).value_or(Bytes{}), report_.chain,
              report_.proven_at, report_.conclusion.indication, run_.trust());
}

}  // namespace

SignatureReport JudgeSignature(SignatureRequest request, Run& run) {
  return Process(std::move(request), run).Go();
}

int TimestampCount(const ades::SignedMessage& message) {
  const Asn1ObjectPtr archive(OBJ_txt2obj(kArchiveTimestampV3, /*no_name=*/1));
  return static_cast<int>(
      message.UnsignedValues(OBJ_nid2obj(NID_id_smime_aa_timeStampToken)).size() +
      message.UnsignedValues(archive.get()).size());
}

}  // namespace enkrat::validation
