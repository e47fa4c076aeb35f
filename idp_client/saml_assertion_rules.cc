#include "idp_client/saml_assertion_rules.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/saml_names.h"
#include "xml/signature_form.h"
#include "xml/time.h"

namespace enkrat::idp_client {
namespace {

constexpr size_t kMaxContextSize = 512;

absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }

bool IsAmong(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

absl::StatusOr<xml::Element> OnlyChild(xml::Element parent, absl::string_view name) {
  absl::StatusOr<xml::Element> child = parent.Child(kSamlNamespace, name);
  if (!child.ok()) return Reject(absl::StrCat("assertion: ", child.status().message()));
  return child;
}

absl::StatusOr<std::string> TextOf(xml::Element element) {
  absl::StatusOr<std::string> text = element.Text();
  if (!text.ok()) return Reject(absl::StrCat("assertion: ", text.status().message()));
  return text;
}

absl::StatusOr<std::optional<absl::Time>> TimeOf(xml::Element element, const char* name) {
  const std::optional<std::string> text = element.Attribute(name);
  if (!text.has_value()) return std::nullopt;
  const std::optional<absl::Time> time = xml::ParseDateTime(*text);
  if (!time.has_value()) return Reject(absl::StrCat(name, " is not a time in UTC"));
  return time;
}

absl::StatusOr<absl::Time> RequiredTimeOf(xml::Element element, const char* name) {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<absl::Time> time, TimeOf(element, name));
  if (!time.has_value()) return Reject(absl::StrCat(name, " is missing"));
  return *time;
}

bool MayStandInAssertion(xml::Element child) {
  for (const char* name :
       {"Issuer", "Subject", "Conditions", "AuthnStatement", "AttributeStatement", "Advice"}) {
    if (child.Is(kSamlNamespace, name)) return true;
  }
  return false;
}

absl::Status CheckAudience(xml::Element restriction, const std::vector<std::string>& audiences) {
  bool ours = false;
  for (const xml::Element child : restriction.Children()) {
    if (!child.Is(kSamlNamespace, "Audience")) return Reject("audience restriction is unknown");
    ENKRAT_ASSIGN_OR_RETURN(const std::string audience, TextOf(child));
    ours = ours || IsAmong(audiences, audience);
  }
  return ours ? absl::OkStatus() : Reject("audience is not ours");
}

absl::Status CheckInResponseTo(xml::Element data, const BearerDemands& demands, bool& bound) {
  const std::optional<std::string> in_response_to = data.Attribute("InResponseTo");
  if (!in_response_to.has_value()) {
    return demands.binding_required ? Reject("InResponseTo is missing") : absl::OkStatus();
  }
  if (!ConstantTimeEqual(AsSpan(*in_response_to), AsSpan(demands.expected_in_response_to))) {
    return Reject("InResponseTo is another one");
  }
  bound = true;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> CheckAssertionShape(xml::Element assertion,
                                                const SamlTimeDemands& times) {
  if (!assertion.Is(kSamlNamespace, "Assertion")) return Reject("what was signed is no assertion");
  if (assertion.Attribute("Version") != "2.0") return Reject("assertion: version is not 2.0");
  for (const xml::Element child : assertion.Children()) {
    if (!MayStandInAssertion(child)) return Reject("assertion holds what it must not");
  }
  for (const char* name : {"Issuer", "Subject", "Conditions", "AuthnStatement"}) {
    ENKRAT_RETURN_IF_ERROR(OnlyChild(assertion, name).status());
  }
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time issued_at, RequiredTimeOf(assertion, "IssueInstant"));
  if (issued_at > times.now + times.skew) return Reject("assertion is from the future");
  if (issued_at < times.now - times.max_authentication_age) return Reject("assertion is too old");
  std::string id = assertion.Attribute("ID").value_or("");
  if (!xml::IsPlainId(id)) return Reject("assertion: ID is not a plain name");
  return id;
}

absl::Status CheckIssuer(xml::Element assertion, const std::string& entity_id) {
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element issuer, OnlyChild(assertion, "Issuer"));
  // Core 2.2.5: without a Format it is an entity.
  if (issuer.Attribute("Format").value_or(kEntityFormat) != kEntityFormat) {
    return Reject("issuer is not an entity");
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::string name, TextOf(issuer));
  return name == entity_id ? absl::OkStatus() : Reject("issuer is another one");
}

absl::StatusOr<absl::Time> CheckConditions(xml::Element assertion,
                                           const std::vector<std::string>& audiences,
                                           const SamlTimeDemands& times) {
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element conditions, OnlyChild(assertion, "Conditions"));
  ENKRAT_ASSIGN_OR_RETURN(const auto not_before, TimeOf(conditions, "NotBefore"));
  ENKRAT_ASSIGN_OR_RETURN(const auto not_on_or_after, TimeOf(conditions, "NotOnOrAfter"));
  if (not_before.has_value() && *not_before > times.now + times.skew) {
    return Reject("assertion is not valid yet");
  }
  if (not_on_or_after.has_value() && *not_on_or_after <= times.now - times.skew) {
    return Reject("assertion has expired");
  }
  int restrictions = 0;
  for (const xml::Element condition : conditions.Children()) {
    if (condition.Is(kSamlNamespace, "AudienceRestriction")) {
      ++restrictions;
      ENKRAT_RETURN_IF_ERROR(CheckAudience(condition, audiences));
    } else if (!condition.Is(kSamlNamespace, "OneTimeUse") &&
               !condition.Is(kSamlNamespace, "ProxyRestriction")) {
      return Reject("a condition is unknown");  // core 2.5.1.1: then the assertion is of no use
    }
  }
  if (restrictions == 0) return Reject("assertion names no audience");
  return not_on_or_after.value_or(absl::InfiniteFuture());
}

absl::StatusOr<BearerConfirmation> CheckBearer(xml::Element assertion, const BearerDemands& demands,
                                               const SamlTimeDemands& times) {
  if (demands.expected_in_response_to.empty()) {
    return MakeError(Reason::kInternal, "no InResponseTo to compare with");
  }
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element subject, OnlyChild(assertion, "Subject"));
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element confirmation,
                          OnlyChild(subject, "SubjectConfirmation"));
  if (confirmation.Attribute("Method") != kBearerMethod) {
    return Reject("subject confirmation is not bearer");
  }
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element data,
                          OnlyChild(confirmation, "SubjectConfirmationData"));
  if (confirmation.Children().size() != 1 || !data.Children().empty()) {
    return Reject("subject confirmation holds more than a bearer's");
  }
  BearerConfirmation bearer;
  ENKRAT_ASSIGN_OR_RETURN(bearer.not_on_or_after, RequiredTimeOf(data, "NotOnOrAfter"));
  if (bearer.not_on_or_after <= times.now - times.skew) {
    return Reject("subject confirmation has expired");
  }
  if (data.Attribute("NotBefore").has_value()) {
    return Reject("subject confirmation has a NotBefore");  // profiles 4.1.4.2
  }
  if (!IsAmong(demands.recipients, data.Attribute("Recipient").value_or(""))) {
    return Reject("Recipient is not ours");
  }
  ENKRAT_RETURN_IF_ERROR(CheckInResponseTo(data, demands, bearer.bound));
  return bearer;
}

absl::StatusOr<Authentication> CheckAuthentication(xml::Element assertion,
                                                   const SamlTimeDemands& times) {
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element statement, OnlyChild(assertion, "AuthnStatement"));
  Authentication authentication;
  ENKRAT_ASSIGN_OR_RETURN(authentication.at, RequiredTimeOf(statement, "AuthnInstant"));
  ENKRAT_ASSIGN_OR_RETURN(const auto session_end, TimeOf(statement, "SessionNotOnOrAfter"));
  if (authentication.at > times.now + times.skew) return Reject("authentication is in the future");
  if (authentication.at < times.now - times.max_authentication_age) {
    return Reject("authentication is too long ago");
  }
  if (session_end.has_value() && *session_end <= times.now - times.skew) {
    return Reject("session has ended");
  }
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element context, OnlyChild(statement, "AuthnContext"));
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element reference, OnlyChild(context, "AuthnContextClassRef"));
  ENKRAT_ASSIGN_OR_RETURN(authentication.context, TextOf(reference));
  if (authentication.context.size() > kMaxContextSize) return Reject("AuthnContext is too long");
  return authentication;
}

}  // namespace enkrat::idp_client
