// The register as a file: what was written is read back, and nothing else is believed.
#include "signer/certificate_register.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "signer/certificate_register_file.h"
#include "signer/certificate_register_reader.h"
#include "tests/unit/signer/certificate_life_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using Json = nlohmann::json;

class CertificateRegisterTest : public CertificateLifeFixture {
 protected:
  void SetUp() override {
    CertificateLifeFixture::SetUp();
    CertificateLife life = Open();
    ASSERT_THAT(life.Revoke(UnitSerial(), RevocationReason::kKeyCompromise, order_), IsOk());
    json_ = Json::parse(File(kRegisterFile));
  }
  // The register with one thing changed.
  absl::StatusOr<CertificateRegister> Parse() {
    return CertificateRegister::FromJson(json_.dump());
  }
  Json& Unit() { return json_["certificates"][2]; }

  Json json_;
};

TEST_F(CertificateRegisterTest, WhatIsWrittenIsReadBack) {
  ASSERT_OK_AND_ASSIGN(const CertificateRegister read, Parse());
  EXPECT_EQ(read.ToJson(), File(kRegisterFile));
  EXPECT_EQ(Unit()["role"], "timestamping-unit");
  EXPECT_EQ(Unit()["state"], "revoked");
  EXPECT_EQ(Unit()["revocation_reason"], "keyCompromise");
}

TEST_F(CertificateRegisterTest, EveryReasonHasItsNameOfRfc5280) {
  for (const std::string& name : RevocationReasonNames()) {
    EXPECT_EQ(RevocationReasonName(*RevocationReasonFromName(name)), name);
  }
  EXPECT_EQ(RevocationReasonFromName("certificateHold"), std::nullopt);
  EXPECT_EQ(RevocationReasonFromName("removeFromCRL"), std::nullopt);
}

TEST_F(CertificateRegisterTest, OtherVersionIsRefused) {
  json_["version"] = 2;
  EXPECT_THAT(Parse(), FailsSaying(Reason::kConfigurationInvalid, "version"));
  json_.erase("version");
  EXPECT_THAT(Parse(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(CertificateRegisterTest, WhatIsNoRegisterIsRefused) {
  for (const char* text : {"", "[]", "{", "{\"version\":1}", "null",
                           "{\"version\":1,\"certificates\":{},\"actions\":[]}"}) {
    EXPECT_THAT(CertificateRegister::FromJson(text), FailsWith(Reason::kConfigurationInvalid))
        << text;
  }
}

TEST_F(CertificateRegisterTest, EntryThatWasTamperedWithIsRefused) {
  const Json whole = json_;
  const auto refused_with = [&](const char* member, const Json& value) {
    json_ = whole;
    Unit()[member] = value;
    EXPECT_THAT(Parse(), FailsWith(Reason::kConfigurationInvalid)) << member << " " << value;
  };
  refused_with("serial_number", "00");
  refused_with("role", "notary");
  refused_with("state", "forgiven");
  refused_with("revocation_reason", "certificateHold");
  refused_with("revoked_at", "yesterday");
  refused_with("der_base64", "AAAA");
  refused_with("der_base64", "!");
  refused_with("key_label", 1);
  refused_with("key_label", std::string(5000, 'x'));
  json_ = whole;
  Unit().erase("revoked_at");
  EXPECT_THAT(Parse(), FailsWith(Reason::kConfigurationInvalid));
  json_ = whole;
  json_["certificates"].push_back(Unit());
  EXPECT_THAT(Parse(), FailsSaying(Reason::kConfigurationInvalid, "twice"));
}

TEST_F(CertificateRegisterTest, FileThatOthersCanWriteIsRefused) {
  for (const mode_t mode : {0664, 0646}) {
    ASSERT_EQ(chmod(Path(kRegisterFile).c_str(), mode), 0);
    EXPECT_THAT(CertificateRegisterFile(folder_.path()).Read(),
                FailsSaying(Reason::kConfigurationInvalid, "alone can write"));
    EXPECT_THAT(CertificateLife::Open(Places(), Tools()), FailsWith(Reason::kConfigurationInvalid));
  }
}

TEST_F(CertificateRegisterTest, LinkInItsPlaceIsRefused) {
  std::filesystem::rename(Path(kRegisterFile), Path("elsewhere"));
  std::filesystem::create_symlink(Path("elsewhere"), Path(kRegisterFile));
  EXPECT_THAT(CertificateRegisterFile(folder_.path()).Read(),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(CertificateRegisterTest, ReaderSeesARevocationAtOnce) {
  CertificateRegisterReader reader(folder_.path());
  const std::string serial = SerialOf(Open(), CertificateRole::kOcspResponder);
  ASSERT_OK_AND_ASSIGN(const auto before, reader.Current());
  EXPECT_EQ(before->FindBySerial(serial)->state, CertificateState::kActive);
  CertificateLife life = Open();
  ASSERT_THAT(life.Revoke(serial, RevocationReason::kSuperseded, order_), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto after, reader.Current());
  EXPECT_EQ(after->FindBySerial(serial)->state, CertificateState::kRevoked);
  EXPECT_EQ(before->FindBySerial(serial)->state, CertificateState::kActive);  // what it was
}

TEST_F(CertificateRegisterTest, ReaderOfAFolderWithoutARegisterHasAnEmptyOne) {
  const testing::ScratchFolder empty;
  CertificateRegisterReader reader(empty.path());
  ASSERT_OK_AND_ASSIGN(const auto current, reader.Current());
  EXPECT_TRUE(current->empty());
}

TEST_F(CertificateRegisterTest, RemovedFileDoesNotUndoARevocation) {
  CertificateRegisterReader reader(folder_.path());
  ASSERT_THAT(reader.Current(), IsOk());
  std::filesystem::remove(Path(kRegisterFile));
  EXPECT_THAT(reader.Current(), FailsSaying(Reason::kConfigurationInvalid, "is gone"));
}

}  // namespace
}  // namespace enkrat::signer
