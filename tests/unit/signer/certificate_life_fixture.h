// A finished ceremony on the fake token, and the life of its certificates.
#ifndef ENKRAT_TESTS_UNIT_SIGNER_CERTIFICATE_LIFE_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_SIGNER_CERTIFICATE_LIFE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "common/der.h"
#include "signer/certificate_life.h"
#include "signer/key_ceremony.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_cryptoki.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {

MATCHER_P2(FailsSaying, reason, text, std::string(ReasonName(reason)) + " that says " + text) {
  const absl::Status& status = testing::StatusOf(arg);
  *result_listener << status.ToString();
  return !status.ok() && ReasonOf(status) == reason &&
         status.message().find(text) != absl::string_view::npos;
}

class CertificateLifeFixture : public ::testing::Test {
 protected:
  CertificateLifeFixture() {
    module_ = hsm::Module::FromFunctionList(token_.functions(), {}).value();
    pool_ = hsm::SessionPool::Create(*module_, {.token_label = "fake token",
                                                .pin = Secret(absl::string_view("1234")),
                                                .sessions = 2,
                                                .clock = &clock_})
                .value();
  }

  void SetUp() override { ASSERT_THAT(RunCeremony(), testing::IsOk()); }

  absl::StatusOr<CeremonyReport> RunCeremony() {
    return RunKeyCeremony({.plan = RootPlan::kOwnRoot,
                           .folder = folder_.path(),
                           .country = "SI",
                           .organization = "Test d.o.o.",
                           .base_url = "http://127.0.0.1:7080/",
                           .policy_oids = {"1.3.6.1.4.1.32473.1.1"}},
                          {.module = module_.get(),
                           .working_pool = pool_.get(),
                           .root_pool = pool_.get(),  // the fake has one token: it plays both
                           .provider = provider_.get(),
                           .clock = &clock_});
  }

  CertificatePlaces Places() { return {.folder = folder_.path()}; }
  LifeTools Tools() {
    return {.working_pool = pool_.get(),
            .root_pool = pool_.get(),
            .provider = provider_.get(),
            .clock = &clock_};
  }
  CertificateLife Open() { return CertificateLife::Open(Places(), Tools()).value(); }
  // Serial number of the role's latest certificate.
  static std::string SerialOf(const CertificateLife& life, CertificateRole role) {
    return life.all().LatestOf(role)->description.serial_number;
  }
  std::string UnitSerial() { return SerialOf(Open(), CertificateRole::kTimestampingUnit); }

  void SetNow(absl::Time now) { clock_.Step(now - clock_.Now()); }

  std::string Path(const std::string& name) { return folder_.path() + "/" + name; }
  std::string File(const std::string& name) {
    std::ifstream file(Path(name), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  void Put(const std::string& name, const std::string& text) {
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  std::vector<Bytes> Certificates(const std::string& name) {
    return CertificatesFromPem(File(name)).value();
  }
  std::map<std::string, std::string> AllFiles() {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      files[entry.path().filename()] = File(entry.path().filename());
    }
    return files;
  }

  const LifeOrder order_ = {.who = "operator", .why = "the yearly change of keys"};
  testing::FakeClock clock_;
  testing::ScratchFolder folder_;
  testing::FakeCryptoki token_;
  std::unique_ptr<hsm::Module> module_;
  std::unique_ptr<hsm::SessionPool> pool_;
  std::unique_ptr<SigningProvider> provider_ = SigningProvider::Create().value();
};

}  // namespace enkrat::signer

#endif  // ENKRAT_TESTS_UNIT_SIGNER_CERTIFICATE_LIFE_FIXTURE_H_
