#include "idp_client/saml_response.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/saml_names.h"
#include "xml/signature.h"
#include "xml/signature_names.h"

namespace enkrat::idp_client {
namespace {

constexpr xml::MarkupBounds kBounds = {.size = kMaxSamlResponseSize};
// base64 in lines of 64 or 76 characters, with their ends.
constexpr size_t kMaxReceivedSize = kMaxSamlResponseSize / 3 * 4 / 16 * 17;
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }
absl::Status RejectFor(const absl::Status& status) {
  if (ReasonOf(status) == Reason::kInternal) return status;
  return Reject(absl::StrCat("response: ", status.message()));
}

absl::StatusOr<Bytes> XmlOf(ByteSpan received) {
  if (received.size() > kMaxReceivedSize) return Reject("response is too long");
  const std::string text = ToString(received);
  if (absl::StartsWith(text, "<") || absl::StartsWith(text, kByteOrderMark)) {
    return ToBytes(received);
  }
  std::string dense;
  for (const char c : text) {
    if (!absl::ascii_isspace(static_cast<unsigned char>(c))) dense.push_back(c);
  }
  std::optional<Bytes> xml = FromBase64(dense);
  if (!xml.has_value()) return Reject("response is neither XML nor base64");
  return *std::move(xml);
}

// The message of a provider that did not authenticate anybody has no assertion: say so first.
absl::Status CheckStatus(xml::Element response) {
  const absl::StatusOr<xml::Element> status = response.Child(kSamlProtocolNamespace, "Status");
  if (!status.ok()) return RejectFor(status.status());
  const absl::StatusOr<xml::Element> code = status->Child(kSamlProtocolNamespace, "StatusCode");
  if (!code.ok()) return RejectFor(code.status());
  if (code->Attribute("Value") != kStatusSuccess) return Reject("status is not Success");
  return absl::OkStatus();
}

bool MayStandInResponse(xml::Element child) {
  return child.Is(kSamlNamespace, "Issuer") || child.Is(xml::kSignatureNamespace, "Signature") ||
         child.Is(kSamlProtocolNamespace, "Status") || child.Is(kSamlNamespace, "Assertion");
}

absl::Status CheckParts(xml::Element response) {
  for (const xml::Element child : response.Children()) {
    if (!MayStandInResponse(child)) return Reject("response holds what it must not");
  }
  if (response.Children(kSamlNamespace, "Issuer").size() > 1) {
    return Reject("response has two issuers");
  }
  return absl::OkStatus();
}

// Signature wrapping moves the signed assertion elsewhere and puts another in its place: here is no
// elsewhere.
absl::Status CheckNothingElsewhere(xml::Element response, xml::Element assertion) {
  const std::vector<xml::Element> outside = response.Children();
  const std::vector<xml::Element> inside = assertion.Children();
  const auto is_among = [](const std::vector<xml::Element>& places, xml::Element element) {
    return std::find(places.begin(), places.end(), element) != places.end();
  };
  for (const xml::Element element : response.Descendants()) {
    if (element.Is(kSamlNamespace, "EncryptedID") ||
        element.Is(kSamlNamespace, "EncryptedAttribute")) {
      return Reject("encrypted parts are not supported");
    }
    if (element.Is(kSamlNamespace, "Assertion") && !(element == assertion)) {
      return Reject("response holds more than one assertion");
    }
    if (element.Is(kSamlProtocolNamespace, "Response") && !(element == response)) {
      return Reject("response holds another response");
    }
    if (element.Is(xml::kSignatureNamespace, "Signature") && !is_among(outside, element) &&
        !is_among(inside, element)) {
      return Reject("response holds a signature in a place that is none");
    }
  }
  return absl::OkStatus();
}

size_t CountSignatures(xml::Element element) {
  return element.Children(xml::kSignatureNamespace, "Signature").size();
}

absl::StatusOr<xml::Element> FindAssertion(xml::Element response) {
  for (const xml::Element element : response.Descendants()) {
    if (element.Is(kSamlNamespace, "EncryptedAssertion")) {
      return Reject("encrypted assertions are not supported");
    }
  }
  const absl::StatusOr<xml::Element> assertion = response.Child(kSamlNamespace, "Assertion");
  if (!assertion.ok()) return RejectFor(assertion.status());
  ENKRAT_RETURN_IF_ERROR(CheckParts(response));
  ENKRAT_RETURN_IF_ERROR(CheckNothingElsewhere(response, *assertion));
  if (CountSignatures(*assertion) == 0) return Reject("the assertion is not signed itself");
  if (CountSignatures(*assertion) > 1 || CountSignatures(response) > 1) {
    return Reject("an element has two signatures");
  }
  return *assertion;
}

}  // namespace

absl::StatusOr<SamlResponse> SamlResponse::Parse(ByteSpan received) {
  ENKRAT_ASSIGN_OR_RETURN(const Bytes xml, XmlOf(received));
  absl::StatusOr<xml::Document> document = xml::Document::Parse(xml, kBounds);
  if (!document.ok()) return RejectFor(document.status());
  const xml::Element response = document->root();
  if (!response.Is(kSamlProtocolNamespace, "Response")) return Reject("not a SAML response");
  if (response.Attribute("Version") != "2.0") return Reject("response: version is not 2.0");
  ENKRAT_RETURN_IF_ERROR(CheckStatus(response));
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element assertion, FindAssertion(response));
  return SamlResponse(*std::move(document), assertion);
}

absl::StatusOr<std::string> SamlResponse::ClaimedIssuer() const {
  const absl::StatusOr<xml::Element> issuer = assertion_.Child(kSamlNamespace, "Issuer");
  if (!issuer.ok()) return RejectFor(issuer.status());
  absl::StatusOr<std::string> text = issuer->Text();
  if (!text.ok()) return RejectFor(text.status());
  return text;
}

absl::Status SamlResponse::CheckEnvelope(const std::string& entity_id,
                                         const std::vector<std::string>& recipients,
                                         const std::string& expected_in_response_to) const {
  const xml::Element response = document_.root();
  for (const xml::Element issuer : response.Children(kSamlNamespace, "Issuer")) {
    const absl::StatusOr<std::string> text = issuer.Text();
    if (!text.ok() || *text != entity_id) return Reject("response: issuer is another one");
  }
  if (const auto destination = response.Attribute("Destination");
      destination.has_value() &&
      std::find(recipients.begin(), recipients.end(), *destination) == recipients.end()) {
    return Reject("response: Destination is not ours");
  }
  if (const auto in_response_to = response.Attribute("InResponseTo");
      in_response_to.has_value() && *in_response_to != expected_in_response_to) {
    return Reject("response: InResponseTo is another one");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<xml::Document>> SamlResponse::SignedAssertion(
    const std::vector<xml::SignatureKey>& keys) const {
  if (CountSignatures(document_.root()) > 0) {
    const auto outer = xml::VerifyEnvelopedSignature(document_.root(), keys, {});
    if (!outer.ok()) return RejectFor(outer.status());
    if (!outer->has_value()) return std::nullopt;
  }
  const auto octets = xml::VerifyEnvelopedSignature(assertion_, keys, {});
  if (!octets.ok()) return RejectFor(octets.status());
  if (!octets->has_value()) return std::nullopt;
  absl::StatusOr<xml::Document> assertion = xml::Document::Parse((*octets)->octets, kBounds);
  if (!assertion.ok()) return RejectFor(assertion.status());
  return std::optional<xml::Document>(*std::move(assertion));
}

}  // namespace enkrat::idp_client
