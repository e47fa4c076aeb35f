// The certificates and the revocation data that a CMS brings along, wherever its format keeps them.
#ifndef ENKRAT_ADES_EMBEDDED_VALIDATION_DATA_H_
#define ENKRAT_ADES_EMBEDDED_VALIDATION_DATA_H_

#include "ades/signed_data_layout.h"
#include "ades/signed_message.h"
#include "common/validation_data.h"

namespace enkrat::ades {

// Of SignedData's certificates and crls, with OCSP responses as OtherRevocationInfoFormat (RFC
// 5940, EN 319 122-1 5.4); of the selected signer's certificate-values and revocation-values (EN
// 319 122-1 A.1.1.2 and A.1.2.2, older signatures), and of Adobe's revocationInfoArchival (ISO
// 32000-2 12.8.3.3.2). At most 64 of each kind: what is more is left out. Nothing is checked.
ValidationData EmbeddedValidationData(const SignedMessage& message);

// Of one RevocationInfoChoice (RFC 5652 10.2.1).
ValidationData RevocationDataIn(ByteSpan revocation_info_choice);
// Of a value of an unsigned attribute, if that is revocation-values.
ValidationData RevocationValuesIn(const AttributeLayout& attribute, ByteSpan value);

// `more` goes into `data`, without what is there already.
void Merge(ValidationData& data, const ValidationData& more);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_EMBEDDED_VALIDATION_DATA_H_
