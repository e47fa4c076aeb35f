// The signature dictionary with a place for the CMS or timestamp token in it (ISO 32000-1 12.8.1,
// EN 319 142-1 5.3, 5.5).
#ifndef ENKRAT_PADES_SIGNATURE_DICTIONARY_H_
#define ENKRAT_PADES_SIGNATURE_DICTIONARY_H_

#include <cstddef>
#include <string>
#include <vector>

#include "pades/pdf_signing.h"

namespace enkrat::pades {

struct SignatureDictionary {
  std::string body;
  size_t byte_range_begin = 0;  // in `body`, of "[0 ...]", kByteRangeOctets long
  size_t contents_begin = 0;    // in `body`, of "<000...>"
};

// "[0 " + three numbers of ten digits + "]"
inline constexpr size_t kByteRangeOctets = 36;

// `references` are signature reference dictionaries (12.8.1, table 253).
SignatureDictionary LaySignatureDictionary(const SignatureOptions& options,
                                           const std::vector<std::string>& references);
SignatureDictionary LayTimestampDictionary(const DocumentTimestampOptions& options);

// An entry of /Reference: certification, and the lock of the field that is signed. `lock` is the
// /Lock dictionary's /Action and /Fields as text.
std::string CertificationReference(AllowedChanges changes);
std::string FieldLockReference(const std::string& lock, const std::string& catalog);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_SIGNATURE_DICTIONARY_H_
