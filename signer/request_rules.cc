#include "signer/request_rules.h"

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "signer/pdf_job.h"
#include "signer/signing_pin.h"

namespace enkrat::signer {
namespace {

absl::Status Malformed(absl::string_view field, absl::string_view what) {
  return WithField(MakeError(Reason::kRequestMalformed, absl::StrCat(field, ": ", what)), field);
}

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

absl::Status CheckDocument(const Document& document, size_t index) {
  const std::string field = absl::StrCat("intent.documents[", index, "]");
  if (document.digest.size() != DigestSize(document.digest_algorithm)) {
    return WithField(
        MakeError(Reason::kDigestUnsupported,
                  absl::StrCat(field, ".digest: ", document.digest.size(), " octets do not fit ",
                               DigestName(document.digest_algorithm))),
        absl::StrCat(field, ".digest"));
  }
  const std::string label = absl::StrCat(field, ".label");
  const absl::Status visible = CheckVisibleText(document.label, kMaxLabelCharacters);
  return visible.ok() ? visible : WithField(WithContext(visible, label), label);
}

absl::Status CheckOrganization(const SigningIntent& intent) {
  constexpr char kField[] = "intent.organization_identifier";
  const bool seal = intent.kind == SignatureKind::kSeal;
  if (!seal && intent.organization_identifier.empty()) return absl::OkStatus();
  if (!seal) return Malformed(kField, "belongs to seals only");
  const absl::Status visible =
      CheckVisibleText(intent.organization_identifier, kMaxOrganizationIdentifierCharacters);
  return visible.ok() ? visible : WithField(WithContext(visible, kField), kField);
}

absl::Status CheckAssertion(const SigningRequest& request) {
  if (request.assertion.empty()) {
    // A seal may need none: the policy says (SigningWorkflow::Admit).
    if (request.intent.kind == SignatureKind::kSeal) return absl::OkStatus();
    return Malformed("assertion", "is empty");
  }
  const bool saml = request.assertion_type == idp_client::AssertionType::kSamlResponse;
  if (request.assertion.size() > (saml ? kMaxSamlResponseSize : kMaxAssertionSize)) {
    return WithField(MakeError(Reason::kLimitExceeded, saml ? "assertion: more than 256 KiB"
                                                            : "assertion: more than 16 KiB"),
                     "assertion");
  }
  return absl::OkStatus();
}

absl::Status CheckPinProof(const PinProof& proof) {
  if (proof.pin.empty() || proof.pin.Reveal().size() > kMaxPinSize) {
    return Malformed("pin_proof.pin", "is empty or too long");
  }
  if (proof.signature_activation_data.size() != 32) {
    return Malformed("pin_proof.signature_activation_data", "is not 32 octets");
  }
  return absl::OkStatus();
}

// The documents themselves, where they were sent, are the ones that the assertion is bound to.
absl::Status CheckContents(const SigningRequest& request) {
  if (request.packaging == SignaturePackaging::kDetached) {
    return request.contents.empty() ? absl::OkStatus()
                                    : Malformed("contents", "belong to enveloping signatures only");
  }
  if (!IsCades(request.format)) return Malformed("packaging", "only CAdES can be enveloping");
  const std::vector<Document>& documents = request.intent.documents;
  if (request.contents.size() != documents.size()) {
    return Malformed("contents", "are not as many as the documents");
  }
  for (size_t i = 0; i < documents.size(); ++i) {
    if (ComputeDigest(documents[i].digest_algorithm, request.contents[i]) != documents[i].digest) {
      return Malformed(absl::StrCat("contents[", i, "]"), "does not have the document's digest");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOnePdf(const SigningRequest& request) {
  if (!IsPades(request.format)) return Malformed("request.format", "is not a format of PDF");
  if (request.intent.documents.size() != 1) {
    return Malformed("request.intent.documents", "are not exactly one");
  }
  return absl::OkStatus();
}

absl::Status CheckPdf(const SigningRequest& request) {
  if (request.pdf == nullptr) return absl::OkStatus();
  ENKRAT_RETURN_IF_ERROR(CheckOnePdf(request));
  const Document& document = request.intent.documents.front();
  if (request.pdf->digest_algorithm() != document.digest_algorithm ||
      request.pdf->document_digest() != ByteSpan(document.digest)) {
    return Malformed("request.intent.documents[0].digest", "is not that of the document sent");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRequestId(const std::string& text) {
  bool fits = text.size() == 36;
  for (size_t i = 0; fits && i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    fits = dash ? text[i] == '-' : IsLowerHex(text[i]);
  }
  return fits ? absl::OkStatus() : Malformed("intent.request_id", "is not a lower-case UUID");
}

absl::Status CheckIntent(const SigningIntent& intent) {
  ENKRAT_RETURN_IF_ERROR(CheckRequestId(intent.request_id));
  ENKRAT_RETURN_IF_ERROR(CheckOrganization(intent));
  if (intent.documents.empty()) return Malformed("intent.documents", "is empty");
  if (intent.documents.size() > kMaxDocuments) {
    return WithField(MakeError(Reason::kLimitExceeded,
                               absl::StrCat("intent.documents: more than ", kMaxDocuments)),
                     "intent.documents");
  }
  for (size_t i = 0; i < intent.documents.size(); ++i) {
    ENKRAT_RETURN_IF_ERROR(CheckDocument(intent.documents[i], i));
  }
  return absl::OkStatus();
}

absl::Status CheckRequest(const SigningRequest& request) {
  ENKRAT_RETURN_IF_ERROR(CheckIntent(request.intent));
  ENKRAT_RETURN_IF_ERROR(CheckAssertion(request));
  if (request.pin_proof != nullptr) ENKRAT_RETURN_IF_ERROR(CheckPinProof(*request.pin_proof));
  ENKRAT_RETURN_IF_ERROR(CheckContents(request));
  ENKRAT_RETURN_IF_ERROR(CheckPdf(request));
  if (request.format != SignatureFormat::kRaw) return absl::OkStatus();
  for (size_t i = 0; i < request.intent.documents.size(); ++i) {
    if (request.intent.documents[i].digest_algorithm != DefaultDigest(request.key_algorithm)) {
      const std::string field = absl::StrCat("intent.documents[", i, "].digest_algorithm");
      return WithField(
          MakeError(Reason::kDigestUnsupported,
                    absl::StrCat(field, ": RAW with ", KeyAlgorithmName(request.key_algorithm),
                                 " takes ", DigestName(DefaultDigest(request.key_algorithm)))),
          field);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPdfRequest(const SigningRequest& request) {
  ENKRAT_RETURN_IF_ERROR(CheckRequest(request));
  return CheckOnePdf(request);
}

}  // namespace enkrat::signer
