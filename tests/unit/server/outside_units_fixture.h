// An outside TSA with its CA, and what that CA publishes: all in memory.
#ifndef ENKRAT_TESTS_UNIT_SERVER_OUTSIDE_UNITS_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_SERVER_OUTSIDE_UNITS_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "ades/cades_augmentation.h"
#include "common/log.h"
#include "common/random.h"
#include "common/reason.h"
#include "server/outside_units.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_fetcher.h"
#include "tests/support/openssl_timestamp_authority.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/validation/test_pki.h"

namespace enkrat::server {

inline constexpr char kRootCrlUrl[] = "http://tsa.example/root.crl";
inline constexpr char kCaCrlUrl[] = "http://tsa.example/ca.crl";
inline constexpr char kIssuerUrl[] = "http://tsa.example/ca.cer";

class OutsideUnitsTest : public ::testing::Test {
 protected:
  using Entity = validation::Entity;
  using Extensions = validation::Extensions;
  using DataPtr = std::shared_ptr<const ValidationData>;

  OutsideUnitsTest() {
    PublishCrl(kRootCrlUrl, root_, {});
    PublishCrl(kCaCrlUrl, ca_, {});
    Publish(unit_, "unit");
    units_ = Make();
  }

  static std::string OcspUrl(const std::string& name) { return "http://tsa.example/ocsp/" + name; }

  // A unit that names its OCSP responder and its CA's CRL.
  Entity MakeUnit(const std::string& name) const {
    return MakeUnit(name, {{"authorityInfoAccess", "OCSP;URI:" + OcspUrl(name)},
                           {"crlDistributionPoints", std::string("URI:") + kCaCrlUrl}});
  }
  Entity MakeUnit(const std::string& name, const Extensions& places) const {
    return validation::Issue(
        ca_, {.name = name, .extensions = validation::With(validation::TsuExtensions(), places)});
  }
  void Publish(const Entity& unit, const std::string& name, validation::OcspSpec spec = {}) {
    http_.Answer(OcspUrl(name), ToString(validation::MakeOcsp(unit, ca_, spec)));
  }
  void PublishCrl(const std::string& url, const Entity& issuer, const validation::CrlSpec& spec) {
    http_.Answer(url, ToString(validation::MakeCrl(issuer, spec)));
  }
  void PublishRevoked(const Entity& unit, const std::string& name) {
    Publish(unit, name,
            {.status = V_OCSP_CERTSTATUS_REVOKED,
             .this_update = clock_.Now(),
             .next_update = clock_.Now() + absl::Hours(1),
             .produced_at = clock_.Now()});
  }
  // Statements of this very moment, lasting an hour and a day.
  void PublishAnew(const Entity& unit, const std::string& name) {
    Publish(unit, name,
            {.this_update = clock_.Now(),
             .next_update = clock_.Now() + absl::Hours(1),
             .produced_at = clock_.Now()});
    for (const auto& [url, issuer] : {std::pair(kRootCrlUrl, &root_), std::pair(kCaCrlUrl, &ca_)}) {
      PublishCrl(url, *issuer,
                 {.this_update = clock_.Now(), .next_update = clock_.Now() + absl::Hours(24)});
    }
  }

  // With the certificate of a CA in it, or the unit's alone.
  Bytes TokenOf(const Entity& unit, const Entity* ca = nullptr) const {
    const Bytes imprint = RandomBytes(32);
    const absl::StatusOr<Bytes> token =
        enkrat::testing::MakeTimestampToken({.certificate = unit.x509(),
                                             .key = unit.key.get(),
                                             .gen_time = clock_.Now(),
                                             .imprint = imprint});
    if (ca == nullptr) return token.value();
    return ades::AddValidationData(*token, {.certificates_der = {ca->der()}}).value();
  }

  OutsideUnits::Options Options() {
    return {.trusted_der = {root_.der(), ca_.der()},
            .http = &http_,
            .probe = [this](absl::Time) -> absl::StatusOr<Bytes> {
              ++probes_;
              if (!probe_failure_.ok()) return probe_failure_;
              return TokenOf(*answering_);
            },
            .clock = &clock_,
            .logger = &logger_};
  }
  std::unique_ptr<OutsideUnits> Make(OutsideUnits::Options options) {
    return OutsideUnits::Create(std::move(options)).value();
  }
  std::unique_ptr<OutsideUnits> Make() { return Make(Options()); }

  absl::StatusOr<DataPtr> About(const Entity& unit) { return About(*units_, TokenOf(unit)); }
  absl::StatusOr<DataPtr> About(OutsideUnits& units, const Bytes& token) {
    return units.About({token}, clock_.Now(), Soon());
  }
  absl::StatusOr<DataPtr> AboutTheNext() { return units_->About({}, absl::InfinitePast(), Soon()); }
  absl::Time Soon() const { return clock_.Now() + absl::Seconds(30); }

  enkrat::testing::FakeClock clock_{validation::kNow};
  enkrat::testing::FakeHttpFetcher http_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  const Entity root_ = validation::MakeRoot("TSA root");
  const Entity ca_ = validation::Issue(
      root_, {.name = "TSA CA",
              .extensions = validation::With(
                  validation::CaExtensions(),
                  {{"crlDistributionPoints", std::string("URI:") + kRootCrlUrl}})});
  const Entity unit_ = MakeUnit("unit");
  const Entity* answering_ = &unit_;  // to a probe
  absl::Status probe_failure_;
  int probes_ = 0;
  std::unique_ptr<OutsideUnits> units_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_TESTS_UNIT_SERVER_OUTSIDE_UNITS_FIXTURE_H_
