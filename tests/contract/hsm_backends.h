// The tokens that the HSM contract is held against, each blank at the start of a test.
#ifndef ENKRAT_TESTS_CONTRACT_HSM_BACKENDS_H_
#define ENKRAT_TESTS_CONTRACT_HSM_BACKENDS_H_

#include <memory>
#include <string>

#include "hsm/module.h"
#include "tests/support/fake_cryptoki.h"
#include "tests/support/softhsm_token.h"

namespace enkrat::hsm {

inline constexpr absl::string_view kUserPin = "user-1234";
inline constexpr absl::string_view kSoPin = "officer-1234";

// The fake: what the unit tests trust.
class FakeBackend {
 public:
  std::unique_ptr<Module> LoadModule();
  // Makes the token that the pool is opened on, and answers its label.
  std::string MakeToken(Module& module);

 private:
  testing::FakeCryptoki token_{{.initialized = false}};
};

class SoftHsmBackend {
 public:
  std::unique_ptr<Module> LoadModule();
  std::string MakeToken(Module& module);

 private:
  testing::SoftHsmDirectory directory_;
};

// NSS softokn: another vendor's code, with a token that is there from the start.
class NssBackend {
 public:
  NssBackend();
  ~NssBackend();
  std::unique_ptr<Module> LoadModule();
  std::string MakeToken(Module& module);

 private:
  std::string directory_;
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_TESTS_CONTRACT_HSM_BACKENDS_H_
