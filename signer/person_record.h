// The person of a session as the ledger keeps them: what the certificate rests on, and what else
// the provider told.
#ifndef ENKRAT_SIGNER_PERSON_RECORD_H_
#define ENKRAT_SIGNER_PERSON_RECORD_H_

#include "common/bytes.h"
#include "idp_client/verified_identity.h"
#include "store/records.h"

namespace enkrat::signer {

// Two JSON objects (UTF-8). `identity`: issuer, subject, names, country, identifier, pseudonym,
// level of assurance, when and how the person authenticated, and the mandate they acted by (null:
// none). `particulars`: what no certificate of ours rests on (date of birth, mandates that were not
// used); empty if there is nothing. `person_hash`: the keyed hash of PersonOctets
// (certificate_subject.h). Long lists of an identity are cut to what idp_client/ admits, so the
// ledger's bounds hold.
store::PersonRecord MakePersonRecord(const idp_client::VerifiedIdentity& identity,
                                     ByteSpan person_hash,
                                     const idp_client::Mandate* mandate = nullptr);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_PERSON_RECORD_H_
