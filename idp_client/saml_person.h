// The NameID and the attributes that say who the person is.
#ifndef ENKRAT_IDP_CLIENT_SAML_PERSON_H_
#define ENKRAT_IDP_CLIENT_SAML_PERSON_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "idp_client/saml_verifier.h"
#include "idp_client/verified_identity.h"
#include "xml/document.h"

namespace enkrat::idp_client {

// Fills subject, names, pseudonym, country, identifier, date of birth and mandates from a verified
// assertion, by the rules of person_rules.h. The subject is the NameID: not transient or encrypted,
// for such a one names a person once or nobody; its qualifiers, where it has any, the provider's
// entity id and one of our audiences, for otherwise the same value is another person (SAML 2.0 core
// 8.3.7). Or, where the mapping names one, an attribute. An attribute that is read must be there
// once and, but for mandates, have one value, which is text alone. An empty name counts as none;
// one of the two must be there, unless there is a pseudonym. What the mapping asks for besides must
// be there, but for mandates, of which there are at most 16. kAssertionRejected; the message names
// the attribute, never its value.
absl::Status ReadSamlPerson(xml::Element assertion, const SamlIdentityProvider& provider,
                            VerifiedIdentity& identity);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SAML_PERSON_H_
