// The key ceremony on the fake token: once, again, cut off, and with what does not belong together.
#include "signer/key_ceremony.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "ca/authority_certificate.h"
#include "ca/issuer.h"
#include "common/der.h"
#include "common/log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_cryptoki.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/software_signing_key.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::FakeCryptoki;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::SoftwareSigningKey;
using ::testing::HasSubstr;

class KeyCeremonyTest : public ::testing::Test {
 protected:
  KeyCeremonyTest() { InsertBlankToken(); }

  // In place of the one that is there.
  void InsertBlankToken() {
    pool_.reset();
    module_.reset();
    token_.reset();
    token_ = std::make_unique<FakeCryptoki>();
    module_ = hsm::Module::FromFunctionList(token_->functions(), {}).value();
    pool_ = hsm::SessionPool::Create(*module_, {.token_label = "fake token",
                                                .pin = Secret(absl::string_view("1234")),
                                                .sessions = 2,
                                                .clock = &clock_})
                .value();
  }

  CeremonySettings Settings(RootPlan plan = RootPlan::kOwnRoot) {
    return {.plan = plan,
            .folder = folder_.path(),
            .country = "SI",
            .organization = "Test d.o.o.",
            .base_url = "http://127.0.0.1:7080/"};
  }
  CeremonyTools Tools() {
    return {.module = module_.get(),
            .working_pool = pool_.get(),
            .root_pool = pool_.get(),  // the fake has one token: it plays both
            .provider = provider_.get(),
            .clock = &clock_};
  }
  absl::StatusOr<CeremonyReport> Run(const CeremonySettings& settings) {
    return RunKeyCeremony(settings, Tools());
  }
  absl::StatusOr<CeremonyReport> Run() { return Run(Settings()); }

  std::string File(const std::string& name) {
    std::ifstream file(folder_.path() + "/" + name, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
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
  void Remove(const std::string& name) { std::filesystem::remove(folder_.path() + "/" + name); }

  FakeClock clock_;
  testing::ScratchFolder folder_;
  std::unique_ptr<FakeCryptoki> token_;
  std::unique_ptr<hsm::Module> module_;
  std::unique_ptr<hsm::SessionPool> pool_;
  std::unique_ptr<SigningProvider> provider_ = SigningProvider::Create().value();
};

TEST_F(KeyCeremonyTest, MakesEveryKeyAndCertificate) {
  ASSERT_OK_AND_ASSIGN(const CeremonyReport report, Run());
  EXPECT_TRUE(report.changed());
  std::vector<std::string> labels;
  for (const CeremonyKey& key : report.keys) {
    labels.push_back(key.label);
    EXPECT_TRUE(key.created) << key.label;
  }
  EXPECT_THAT(labels, ::testing::UnorderedElementsAre("root-ca", "issuing-ca", "timestamping-unit",
                                                      "ocsp-responder", "audit-log", "evidence-mac",
                                                      "pin-mac", "personal-data-key"));
  EXPECT_EQ(Certificates(kChainFile).size(), 2);
  EXPECT_EQ(Certificates(kTimestampingChainFile).size(), 3);
  EXPECT_EQ(Certificates(kChainFile)[0], Certificates(kIssuingCaFile)[0]);
  EXPECT_EQ(Certificates(kChainFile)[1], Certificates(kRootFile)[0]);
  EXPECT_EQ(ToBytes(File(kIssuingCaDerFile)), Certificates(kIssuingCaFile)[0]);
  EXPECT_EQ(ToBytes(File(kRootDerFile)), Certificates(kRootFile)[0]);
  EXPECT_EQ(Certificates(kOcspFile).size(), 1);
}

TEST_F(KeyCeremonyTest, ChainIsOneUnderWhichCertificatesCanBeIssuedAtOnce) {
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(ca::Issuer::Create({.chain_der = Certificates(kChainFile), .clock = &clock_}),
              IsOk());
}

TEST_F(KeyCeremonyTest, CertificatesOfTheOtherUnitsAreSignedByTheIssuingCa) {
  ASSERT_THAT(Run(), IsOk());
  const X509Ptr issuing = ParseCertificate(Certificates(kIssuingCaFile)[0]).value();
  for (const char* file : {kTimestampingChainFile, kOcspFile}) {
    const X509Ptr certificate = ParseCertificate(Certificates(file)[0]).value();
    EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(issuing.get())), 1) << file;
  }
}

TEST_F(KeyCeremonyTest, ReportNamesKeysFingerprintsModuleAndSettings) {
  ASSERT_OK_AND_ASSIGN(const CeremonyReport report, Run());
  const std::string json_text = File("ceremony-20270115T080000Z.json");
  const auto json = nlohmann::json::parse(json_text);
  EXPECT_EQ(json["settings"]["organization"], "Test d.o.o.");
  EXPECT_EQ(json["module"]["manufacturer"], "Enkrat tests");
  EXPECT_EQ(json["certificates"].size(), 4);
  EXPECT_EQ(json["certificates"][0]["sha256"],
            ToHex(ComputeDigest(DigestAlgorithm::kSha256, Certificates(kRootFile)[0])));
  EXPECT_EQ(json["keys"][0]["algorithm"], "ECDSA-P384");
  EXPECT_EQ(json["keys"][0]["key_id"].get<std::string>().size() % 2, 0);
  const std::string text = File("ceremony-20270115T080000Z.txt");
  EXPECT_EQ(text, ReportAsText(report));
  EXPECT_THAT(text, HasSubstr("CN=Test d.o.o. Root CA,O=Test d.o.o.,C=SI"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("1234")));
}

TEST_F(KeyCeremonyTest, SecondRunChangesNothingAndSaysSo) {
  ASSERT_THAT(Run(), IsOk());
  const auto files = AllFiles();
  const size_t objects = token_->TokenObjects();
  clock_.Advance(absl::Hours(100));
  ASSERT_OK_AND_ASSIGN(const CeremonyReport report, Run());
  EXPECT_FALSE(report.changed());
  EXPECT_EQ(AllFiles(), files);
  EXPECT_EQ(token_->TokenObjects(), objects);
  EXPECT_THAT(ReportAsText(report), HasSubstr("Nothing to do"));
}

TEST_F(KeyCeremonyTest, FinishedCeremonyNeedsNoRootToken) {
  ASSERT_THAT(Run(), IsOk());
  CeremonyTools tools = Tools();
  tools.root_pool = nullptr;
  ASSERT_OK_AND_ASSIGN(const CeremonyReport report, RunKeyCeremony(Settings(), tools));
  EXPECT_FALSE(report.changed());
}

TEST_F(KeyCeremonyTest, FirstRunNeedsTheRootToken) {
  CeremonyTools tools = Tools();
  tools.root_pool = nullptr;
  EXPECT_THAT(RunKeyCeremony(Settings(), tools), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(KeyCeremonyTest, RunsCutOffAtEveryTokenCallAreCompletedInTheEnd) {
  const std::vector<std::pair<std::string, int>> made = {
      {"C_GenerateKeyPair", 5}, {"C_GenerateKey", 3}, {"C_Sign", 1}};
  for (const auto& [call, steps] : made) {
    // Each run gets one step further than the one before; every one of these fails.
    for (int step = 0; step < steps; ++step) {
      token_->FailNth(call, step == 0 ? 1 : 2, "CKR_FUNCTION_FAILED");
      EXPECT_FALSE(Run().ok()) << call << " " << step;
      token_->ClearFaults();
    }
  }
  ASSERT_OK_AND_ASSIGN(const CeremonyReport report, Run());
  EXPECT_EQ(report.keys.size(), 8);
  EXPECT_EQ(report.certificates.size(), 4);
  EXPECT_THAT(ca::Issuer::Create({.chain_der = Certificates(kChainFile), .clock = &clock_}),
              IsOk());
  ASSERT_OK_AND_ASSIGN(const CeremonyReport again, Run());
  EXPECT_FALSE(again.changed());
}

TEST_F(KeyCeremonyTest, TokenOfAnOlderVersionGetsTheKeysThatItLacks) {
  // What the first version's ceremony made, as far as this one's first keys go.
  token_->FailNth("C_GenerateKey", 2, "CKR_FUNCTION_FAILED");
  EXPECT_FALSE(Run().ok());
  ASSERT_OK_AND_ASSIGN(const CeremonyReport report, Run());
  std::vector<std::string> created;
  for (const CeremonyKey& key : report.keys) {
    if (key.created) created.push_back(key.label);
  }
  EXPECT_THAT(created, ::testing::ElementsAre("pin-mac", "personal-data-key"));
  EXPECT_THAT(pool_->FindMacKey(kPinMacKey), IsOk());
  EXPECT_THAT(pool_->FindWrappingKey(kPersonalDataKey), IsOk());
}

TEST_F(KeyCeremonyTest, RunCutOffAtAnySignatureIsCompleted) {
  for (int nth = 1; nth <= 4; ++nth) {
    InsertBlankToken();
    for (const auto& [name, content] : AllFiles()) Remove(name);
    token_->FailNth("C_Sign", nth, "CKR_FUNCTION_FAILED");
    EXPECT_FALSE(Run().ok()) << nth;
    token_->ClearFaults();
    ASSERT_OK_AND_ASSIGN(const CeremonyReport report, Run());
    EXPECT_EQ(report.certificates.size(), 4);
    EXPECT_THAT(ca::Issuer::Create({.chain_der = Certificates(kChainFile), .clock = &clock_}),
                IsOk());
  }
}

TEST_F(KeyCeremonyTest, LostFilesAreMadeAgainWhereTheyFollowFromOthers) {
  ASSERT_THAT(Run(), IsOk());
  const auto files = AllFiles();
  for (const char* file : {kChainFile, kIssuingCaDerFile, kRootDerFile}) Remove(file);
  ASSERT_OK_AND_ASSIGN(const CeremonyReport report, Run());
  EXPECT_THAT(report.files,
              ::testing::UnorderedElementsAre(kChainFile, kIssuingCaDerFile, kRootDerFile));
  for (const char* file : {kChainFile, kIssuingCaDerFile, kRootDerFile}) {
    EXPECT_EQ(File(file), files.at(file));
  }
}

TEST_F(KeyCeremonyTest, FolderOfAnotherTokenIsRefusedAndItsKeysAreNotMadeAnew) {
  ASSERT_THAT(Run(), IsOk());
  const auto files = AllFiles();
  InsertBlankToken();
  const auto result = Run();
  EXPECT_THAT(result, FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("root-ca"));
  EXPECT_EQ(token_->TokenObjects(), 0u);
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(KeyCeremonyTest, CertificateOverAnotherKeyIsRefused) {
  ASSERT_THAT(Run(), IsOk());
  std::filesystem::copy_file(folder_.path() + "/" + kOcspFile,
                             folder_.path() + "/" + kIssuingCaFile,
                             std::filesystem::copy_options::overwrite_existing);
  const auto files = AllFiles();
  EXPECT_THAT(Run(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(KeyCeremonyTest, BrokenFileIsNamedAndNotReplaced) {
  ASSERT_THAT(Run(), IsOk());
  std::ofstream(folder_.path() + "/" + kRootFile) << "not a certificate";
  const auto result = Run();
  EXPECT_THAT(result, FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("root.pem"));
  EXPECT_EQ(File(kRootFile), "not a certificate");
}

TEST_F(KeyCeremonyTest, SettingsThatNoCertificateCanHoldMakeNoKeys) {
  const size_t objects = token_->TokenObjects();
  for (auto spoil : std::vector<std::function<void(CeremonySettings&)>>{
           [](CeremonySettings& s) { s.country = "Slovenia"; },
           [](CeremonySettings& s) { s.organization = ""; },
           [](CeremonySettings& s) { s.organization = "a\nb"; },
           [](CeremonySettings& s) { s.organization_identifier = "12345678"; },
           [](CeremonySettings& s) { s.base_url = "127.0.0.1:7080"; },
           [](CeremonySettings& s) { s.plan = RootPlan::kInstallCertificate; }}) {
    CeremonySettings settings = Settings();
    spoil(settings);
    EXPECT_THAT(Run(settings), FailsWith(Reason::kConfigurationInvalid));
  }
  EXPECT_EQ(token_->TokenObjects(), objects);
}

TEST_F(KeyCeremonyTest, FolderThatCannotBeWrittenIsNamed) {
  CeremonySettings settings = Settings();
  settings.folder = folder_.path() + "/missing";
  const auto result = Run(settings);
  EXPECT_THAT(result, FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("missing"));
}

// An outside CA that certifies whatever it is asked to.
class OutsideCaTest : public KeyCeremonyTest {
 protected:
  Bytes Certify(ca::AuthorityRole role, const PublicKey& key, const Bytes& issuer) {
    ca::AuthorityRequest request;
    request.role = role;
    request.subject = {.country = "AT",
                       .organization = "Outside",
                       .organization_identifier = "",
                       .common_name = "Outside"};
    request.subject_key = &key;
    request.not_before = clock_.Now() - absl::Hours(1);
    request.not_after = clock_.Now() + absl::Hours(24 * 365);
    request.issuer_der = issuer;
    return ca::MakeAuthorityCertificate(request, *key_, *provider_).value();
  }

  PublicKey RequestedKey() {
    const std::string pem = File(kRequestFile);
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const X509ReqPtr request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
    EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
    EXPECT_EQ(X509_REQ_verify(request.get(), key), 1);
    return PublicKey::FromSpki(EncodeDer<i2d_PUBKEY>(key).value()).value();
  }

  CeremonySettings Install(std::vector<Bytes> chain) {
    CeremonySettings settings = Settings(RootPlan::kInstallCertificate);
    settings.outside_chain_der = std::move(chain);
    return settings;
  }

  std::unique_ptr<SoftwareSigningKey> key_ = SoftwareSigningKey::Generate();
};

TEST_F(OutsideCaTest, RequestThenInstallMakesAWorkingChain) {
  ASSERT_OK_AND_ASSIGN(const CeremonyReport requested,
                       Run(Settings(RootPlan::kRequestCertificate)));
  EXPECT_THAT(requested.files, ::testing::ElementsAre(kRequestFile));
  EXPECT_EQ(requested.next_steps.size(), 1);
  const Bytes root = Certify(ca::AuthorityRole::kRootCa, key_->public_key(), {});
  const Bytes issuing = Certify(ca::AuthorityRole::kIssuingCa, RequestedKey(), root);
  ASSERT_OK_AND_ASSIGN(const CeremonyReport installed, Run(Install({issuing, root})));
  EXPECT_TRUE(installed.changed());
  EXPECT_EQ(Certificates(kChainFile), (std::vector<Bytes>{issuing, root}));
  EXPECT_EQ(Certificates(kTimestampingChainFile).size(), 3);
  for (const CeremonyKey& key : installed.keys) EXPECT_NE(key.label, kRootCaKey);
  ASSERT_OK_AND_ASSIGN(const CeremonyReport again, Run(Install({issuing, root})));
  EXPECT_FALSE(again.changed());
}

TEST_F(OutsideCaTest, SecondRequestIsTheFirst) {
  ASSERT_THAT(Run(Settings(RootPlan::kRequestCertificate)), IsOk());
  const std::string request = File(kRequestFile);
  ASSERT_OK_AND_ASSIGN(const CeremonyReport again, Run(Settings(RootPlan::kRequestCertificate)));
  EXPECT_FALSE(again.changed());
  EXPECT_EQ(File(kRequestFile), request);
}

TEST_F(OutsideCaTest, CertificateOverAnotherKeyIsNotInstalled) {
  ASSERT_THAT(Run(Settings(RootPlan::kRequestCertificate)), IsOk());
  const auto files = AllFiles();
  const Bytes root = Certify(ca::AuthorityRole::kRootCa, key_->public_key(), {});
  const auto other = SoftwareSigningKey::Generate();
  const Bytes issuing = Certify(ca::AuthorityRole::kIssuingCa, other->public_key(), root);
  EXPECT_THAT(Run(Install({issuing, root})), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(OutsideCaTest, ChainThatIsNoneIsNotInstalled) {
  ASSERT_THAT(Run(Settings(RootPlan::kRequestCertificate)), IsOk());
  const auto files = AllFiles();
  const Bytes root = Certify(ca::AuthorityRole::kRootCa, key_->public_key(), {});
  const Bytes issuing = Certify(ca::AuthorityRole::kIssuingCa, RequestedKey(), root);
  EXPECT_THAT(Run(Install({root, issuing})), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Run(Install({issuing})), FailsWith(Reason::kConfigurationInvalid));
  const Bytes unit = Certify(ca::AuthorityRole::kTimestampingUnit, RequestedKey(), root);
  EXPECT_THAT(Run(Install({unit, root})), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(OutsideCaTest, InstalledCertificateIsNotReplacedByAnother) {
  ASSERT_THAT(Run(Settings(RootPlan::kRequestCertificate)), IsOk());
  const Bytes root = Certify(ca::AuthorityRole::kRootCa, key_->public_key(), {});
  const PublicKey key = RequestedKey();
  ASSERT_THAT(Run(Install({Certify(ca::AuthorityRole::kIssuingCa, key, root), root})), IsOk());
  const auto files = AllFiles();
  EXPECT_THAT(Run(Install({Certify(ca::AuthorityRole::kIssuingCa, key, root), root})),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(AllFiles(), files);
}

}  // namespace
}  // namespace enkrat::signer
