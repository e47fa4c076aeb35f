// What a verified assertion must say: from this provider, meant for us, valid now, made for these
// documents (SAML 2.0 profiles 4.1.4.2 and 4.1.4.3, core 2.3 to 2.7). One rule a function; all
// answer kAssertionRejected. The element is always the root of what was signed.
#ifndef ENKRAT_IDP_CLIENT_SAML_ASSERTION_RULES_H_
#define ENKRAT_IDP_CLIENT_SAML_ASSERTION_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "xml/document.h"

namespace enkrat::idp_client {

// When and how far times may be off.
struct SamlTimeDemands {
  absl::Time now;
  absl::Duration skew;
  absl::Duration max_authentication_age;
};

// Version 2.0, an ID, IssueInstant not in the future and not before now - max_authentication_age,
// exactly one Issuer, Subject, Conditions and AuthnStatement, and besides them nothing but
// AttributeStatements and Advice (which is not read). Returns the ID.
absl::StatusOr<std::string> CheckAssertionShape(xml::Element assertion,
                                                const SamlTimeDemands& times);

// Issuer is the provider.
absl::Status CheckIssuer(xml::Element assertion, const std::string& entity_id);

// Conditions: NotBefore <= now + skew, NotOnOrAfter > now - skew; each AudienceRestriction, of
// which there is at least one, names one of `audiences`; OneTimeUse (always honoured: every
// assertion is spent) and ProxyRestriction may be there, other conditions not. Returns
// NotOnOrAfter, or the infinite future.
absl::StatusOr<absl::Time> CheckConditions(xml::Element assertion,
                                           const std::vector<std::string>& audiences,
                                           const SamlTimeDemands& times);

struct BearerDemands {
  std::vector<std::string> recipients;
  std::string expected_in_response_to;  // not empty
  bool binding_required = true;
};

struct BearerConfirmation {
  absl::Time not_on_or_after;
  bool bound = false;  // InResponseTo is the expected
};

// The one SubjectConfirmation: bearer, Recipient one of ours, NotOnOrAfter > now - skew, no
// NotBefore, InResponseTo the expected (missing: only if binding is not required), nothing inside.
absl::StatusOr<BearerConfirmation> CheckBearer(xml::Element assertion, const BearerDemands& demands,
                                               const SamlTimeDemands& times);

struct Authentication {
  absl::Time at;
  std::string context;  // AuthnContextClassRef
};

// AuthnStatement: AuthnInstant not after now + skew and not before now - max_authentication_age;
// SessionNotOnOrAfter > now - skew where it is; exactly one AuthnContextClassRef.
absl::StatusOr<Authentication> CheckAuthentication(xml::Element assertion,
                                                   const SamlTimeDemands& times);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SAML_ASSERTION_RULES_H_
