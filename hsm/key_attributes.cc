#include "hsm/key_attributes.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/reason.h"

namespace enkrat::hsm {

std::vector<std::string> BrokenPromises(const KeyAttributes& attributes, bool expect_token) {
  std::vector<std::string> broken;
  const auto demand = [&broken](bool holds, const char* otherwise) {
    if (!holds) broken.push_back(otherwise);
  };
  demand(attributes.token == expect_token,
         expect_token ? "CKA_TOKEN is false" : "CKA_TOKEN is true");
  demand(attributes.is_private, "CKA_PRIVATE is false");
  demand(attributes.sensitive, "CKA_SENSITIVE is false");
  demand(attributes.always_sensitive, "CKA_ALWAYS_SENSITIVE is false");
  demand(!attributes.extractable, "CKA_EXTRACTABLE is true");
  demand(attributes.never_extractable, "CKA_NEVER_EXTRACTABLE is false");
  demand(attributes.local, "CKA_LOCAL is false");
  demand(attributes.sign, "CKA_SIGN is false");
  demand(attributes.generation_mechanism_acceptable,
         "CKA_KEY_GEN_MECHANISM is not the one asked for");
  if (!attributes.value_read_refused) {
    broken.push_back(absl::StrCat("reading the secret value answered ",
                                  attributes.value_read_result, " instead of a refusal"));
  }
  return broken;
}

absl::Status CheckKeyAttributes(const KeyAttributes& attributes, bool expect_token) {
  const std::vector<std::string> broken = BrokenPromises(attributes, expect_token);
  if (broken.empty()) return absl::OkStatus();
  return MakeError(
      Reason::kInternal,
      absl::StrCat("the token made a key that breaks its promises: ", absl::StrJoin(broken, "; ")));
}

}  // namespace enkrat::hsm
