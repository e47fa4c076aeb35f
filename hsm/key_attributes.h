// What the token says about a private key after making it: read back and held against what the
// service promises.
//
// PKCS#11 has no portable key attestation: these are the library's word, not a proof
// (docs/threat_model.md).
#ifndef ENKRAT_HSM_KEY_ATTRIBUTES_H_
#define ENKRAT_HSM_KEY_ATTRIBUTES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace enkrat::hsm {

struct KeyAttributes {
  bool token = false;
  bool is_private = false;
  bool sensitive = false;
  bool always_sensitive = false;
  bool extractable = true;
  bool never_extractable = false;
  bool local = false;
  bool sign = false;
  // "CKM_EC_KEY_PAIR_GEN"; "unknown" where the token does not give CKA_KEY_GEN_MECHANISM.
  std::string generation_mechanism = {};
  // Whether it is the mechanism that was asked for, or the token keeps silent about it.
  bool generation_mechanism_acceptable = false;
  // What reading the secret value answered: "CKR_ATTRIBUTE_SENSITIVE"; and whether it was refused.
  std::string value_read_result = {};
  bool value_read_refused = false;
};

// The names of all promises that the attributes break, such as "CKA_LOCAL is false"; empty = none.
// ETSI EN 419 241-2 class of demands: generated inside, never extractable, always sensitive.
std::vector<std::string> BrokenPromises(const KeyAttributes& attributes, bool expect_token);

// OK, or kInternal with the list of broken promises.
absl::Status CheckKeyAttributes(const KeyAttributes& attributes, bool expect_token);

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_KEY_ATTRIBUTES_H_
