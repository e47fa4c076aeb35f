// Golden containers: fixed files and fixed signatures give the octets of tests/golden/asic.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "asic/container.h"
#include "common/file.h"
#include "tests/support/paths.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ades/openssl_command.h"
#include "tests/unit/ades/signature_maker.h"

namespace enkrat::asic {
namespace {

using ades::testing::TestPki;
using ::enkrat::testing::IsOk;

std::string PathOf(const std::string& name) {
  return enkrat::testing::SourcePath("tests/golden/asic/" + name);
}
Bytes Golden(const std::string& name) { return ReadFile(PathOf(name), 1 << 20).value(); }

class GoldenAsic : public ::testing::Test {
 protected:
  DataFile FileOf(const std::string& name, const std::string& content) const {
    std::ofstream(folder_.File(content), std::ios::binary) << content << "\n";
    return {.name = name, .path = folder_.File(content), .mime_type = "text/plain"};
  }
  ContainerDraft Extended() const {
    return ContainerDraft::Create(ContainerType::kExtended,
                                  {FileOf("first.txt", "One."), FileOf("\xc4\x8d/2.txt", "Two.")},
                                  DigestAlgorithm::kSha256)
        .value();
  }
  ContainerDraft Simple() const {
    return ContainerDraft::Create(ContainerType::kSimple, {FileOf("first.txt", "One.")},
                                  DigestAlgorithm::kSha256)
        .value();
  }
  Bytes Written(const ContainerDraft& draft, const Bytes& cms) const {
    EXPECT_THAT(draft.Write(folder_.File("out"), cms), IsOk());
    return ReadFile(folder_.File("out"), 1 << 20).value();
  }

  const enkrat::testing::ScratchFolder folder_;
};

TEST_F(GoldenAsic, ExtendedOneIsItsFileOctetByOctet) {
  EXPECT_EQ(Written(Extended(), Golden("extended.p7s")), Golden("extended.asice"));
}

TEST_F(GoldenAsic, SimpleOneIsItsFileOctetByOctet) {
  EXPECT_EQ(Written(Simple(), Golden("simple.p7s")), Golden("simple.asics"));
}

TEST_F(GoldenAsic, OpenSslAcceptsTheirSignatures) {
  TestPki pki;
  pki.root.certificate_der = Golden("root.cer");
  EXPECT_THAT(ades::testing::OpenSslCmsVerify(pki, Golden("simple.p7s"), "One.\n"), IsOk());
  EXPECT_THAT(ades::testing::OpenSslCmsVerify(pki, Golden("extended.p7s"),
                                              ToString(Golden("ASiCManifest001.xml"))),
              IsOk());
  EXPECT_EQ(ToBytes(Extended().digest_to_sign()), ToBytes(Sha256(Golden("ASiCManifest001.xml"))));
}

TEST_F(GoldenAsic, FilesReadWithoutDefects) {
  for (const char* name : {"extended.asice", "simple.asics"}) {
    const auto container = Container::Open(PathOf(name), {}).value();
    EXPECT_TRUE(container->signatures().at(0).defects.empty());
    EXPECT_TRUE(container->unsigned_files().empty());
  }
}

// What the golden files were made by, with keys that are forgotten at the end: to be copied from
// this folder when the layout is to change, with ASiCManifest001.xml in its place.
TEST_F(GoldenAsic, FilesMadeAnewWithOtherKeysReadWithoutDefects) {
  const std::filesystem::path folder = enkrat::testing::BinaryPath("golden/asic");
  std::filesystem::create_directories(folder);
  const auto write = [&folder](const std::string& name, const Bytes& octets) {
    std::ofstream(folder / name, std::ios::binary) << ToString(octets);
  };
  const TestPki pki = TestPki::Make();
  const Bytes simple = ades::testing::MakeSignature(pki, {.document = "One.\n"});
  const Bytes extended =
      ades::testing::MakeSignature(pki, {.document = ToString(Golden("ASiCManifest001.xml"))});
  write("root.cer", pki.root.certificate_der);
  write("simple.p7s", simple);
  write("extended.p7s", extended);
  write("simple.asics", Written(Simple(), simple));
  write("extended.asice", Written(Extended(), extended));
  for (const char* name : {"extended.asice", "simple.asics"}) {
    const auto container = Container::Open((folder / name).string(), {}).value();
    EXPECT_TRUE(container->signatures().at(0).defects.empty());
  }
  EXPECT_THAT(ades::testing::OpenSslCmsVerify(pki, simple, "One.\n"), IsOk());
}

}  // namespace
}  // namespace enkrat::asic
