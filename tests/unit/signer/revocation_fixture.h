// A finished ceremony, and over it what tells the world of revocations.
#ifndef ENKRAT_TESTS_UNIT_SIGNER_REVOCATION_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_SIGNER_REVOCATION_FIXTURE_H_

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "common/log.h"
#include "signer/crl_publisher.h"
#include "signer/key_lender.h"
#include "signer/ocsp_responder.h"
#include "signer/own_validation_data.h"
#include "signer/root_crl.h"
#include "signer/upper_crls.h"
#include "tests/unit/signer/certificate_life_fixture.h"

namespace enkrat::signer {

class RevocationTest : public CertificateLifeFixture {
 protected:
  void SetUp() override {
    CertificateLifeFixture::SetUp();
    chain_ = Certificates(kChainFile);
    unit_chain_ = Certificates(kTimestampingChainFile);
    issuing_ = std::make_unique<ca::StatusIssuer>(ca::ReadStatusIssuer(chain_[0]).value());
    root_ = std::make_unique<ca::StatusIssuer>(ca::ReadStatusIssuer(chain_[1]).value());
    responder_certificate_ = std::make_unique<ca::StatusIssuer>(
        ca::ReadStatusIssuer(Certificates(kOcspFile)[0], ca::StatusSigner::kOcspResponder).value());
    ca_key_ = std::make_unique<PooledKey>(*pool_, pool_->FindKey(kIssuingCaKey).value());
    responder_key_ = std::make_shared<PooledKey>(*pool_, pool_->FindKey(kOcspResponderKey).value());
    status_ = RevocationStatus::Create(
                  registered_, {chain_[0], chain_[1], unit_chain_[0], responder_certificate_->der})
                  .value();
    unit_serial_ = FromHex(UnitSerial()).value();
  }

  CrlPublisher::Options PublisherOptions() {
    return {.issuer = *issuing_,
            .key = ca_key_.get(),
            .status = status_.get(),
            .file = Path("issuing-ca.crl"),
            .clock = &clock_,
            .logger = &logger_};
  }
  std::unique_ptr<CrlPublisher> Publisher() {
    return CrlPublisher::Create(PublisherOptions()).value();
  }
  std::unique_ptr<OcspResponder> Responder(double rate = 50) {
    return OcspResponder::Create({.desks = {{.ca = *issuing_,
                                             .responder = *responder_certificate_,
                                             .key = responder_key_}},
                                  .status = status_.get(),
                                  .clock = &clock_,
                                  .signatures_per_second = rate,
                                  .burst = rate,
                                  .most_cached = 4})
        .value();
  }
  std::unique_ptr<UpperCrls> Upper() {
    auto upper = std::make_unique<UpperCrls>(
        UpperCrls::Options{.files = {Path(kRootCrlFile)}, .issuers = {*root_}, .logger = &logger_});
    upper->Look();
    return upper;
  }

  absl::Status Revoke(CertificateRole role,
                      RevocationReason reason = RevocationReason::kKeyCompromise) {
    CertificateLife life = Open();
    return life.Revoke(SerialOf(life, role), reason, order_);
  }
  absl::Time Soon() { return clock_.Now() + absl::Seconds(5); }
  int Signatures() { return token_.CallCount("C_Sign"); }

  std::ostringstream log_;
  Logger logger_{log_, clock_};
  CertificateRegisterReader registered_{folder_.path()};
  std::vector<Bytes> chain_;
  std::vector<Bytes> unit_chain_;
  Bytes unit_serial_;
  std::unique_ptr<ca::StatusIssuer> issuing_;
  std::unique_ptr<ca::StatusIssuer> root_;
  std::unique_ptr<ca::StatusIssuer> responder_certificate_;
  std::unique_ptr<KeyLender> ca_key_;
  std::shared_ptr<KeyLender> responder_key_;
  std::unique_ptr<RevocationStatus> status_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_TESTS_UNIT_SIGNER_REVOCATION_FIXTURE_H_
