// Containers made here: by the rules of EN 319 162-1, the same octets every time, and readable by
// unzip, zipinfo, openssl and Container.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "asic/container.h"
#include "common/file.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"
#include "tests/unit/ades/openssl_command.h"
#include "tests/unit/ades/signature_maker.h"
#include "tests/unit/asic/raw_zip.h"

namespace enkrat::asic {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::ProgramOutcome;
using ::enkrat::testing::RunProgram;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ContainerDraftTest : public ::testing::Test {
 protected:
  std::string FileWith(const std::string& name, const std::string& content) const {
    const std::string path = folder_.File(name);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
    return path;
  }
  std::vector<DataFile> TwoFiles() const {
    return {{.name = "pogodba \xc4\x8d.txt",
             .path = FileWith("one", "first"),
             .mime_type = "text/plain"},
            {.name = "folder/empty.bin", .path = FileWith("two", "")}};
  }
  std::string Octets(const std::string& path) const {
    return ToString(ReadFile(path, size_t{1} << 24).value());
  }
  size_t FilesInFolder() const {
    const std::filesystem::directory_iterator files(folder_.path());
    return static_cast<size_t>(std::distance(begin(files), end(files)));
  }

  const enkrat::testing::ScratchFolder folder_;
  const Bytes some_der_ = {0x30, 0x03, 0x02, 0x01, 0x01};
};

TEST_F(ContainerDraftTest, ExtendedOneReadsBack) {
  const ContainerDraft draft =
      ContainerDraft::Create(ContainerType::kExtended, TwoFiles(), DigestAlgorithm::kSha384)
          .value();
  const std::string path = folder_.File("out.asice");
  ASSERT_THAT(draft.Write(path, some_der_), IsOk());
  const auto container = Container::Open(path, {}).value();
  EXPECT_EQ(container->type(), ContainerType::kExtended);
  ASSERT_EQ(container->signatures().size(), 1u);
  const ContainerSignature& signature = container->signatures()[0];
  EXPECT_THAT(signature.defects, IsEmpty());
  EXPECT_THAT(signature.covered_files, ElementsAre("pogodba \xc4\x8d.txt", "folder/empty.bin"));
  EXPECT_THAT(container->unsigned_files(), IsEmpty());
  EXPECT_EQ(container->DigestOf(signature.signed_entry, DigestAlgorithm::kSha384).value(),
            ToBytes(draft.digest_to_sign()));
}

TEST_F(ContainerDraftTest, SimpleOneSignsTheFileItself) {
  const ContainerDraft draft =
      ContainerDraft::Create(ContainerType::kSimple,
                             {{.name = "a.txt", .path = FileWith("a", "content")}},
                             DigestAlgorithm::kSha256)
          .value();
  EXPECT_EQ(ToBytes(draft.digest_to_sign()), ToBytes(Sha256(AsSpan("content"))));
  const std::string path = folder_.File("out.asics");
  ASSERT_THAT(draft.Write(path, some_der_), IsOk());
  const auto container = Container::Open(path, {}).value();
  EXPECT_EQ(container->type(), ContainerType::kSimple);
  EXPECT_EQ(container->signatures().at(0).name, "META-INF/signature.p7s");
}

TEST_F(ContainerDraftTest, MimetypeComesFirstStoredAndBare) {
  const std::string path = folder_.File("out.asice");
  ASSERT_THAT(ContainerDraft::Create(ContainerType::kExtended, TwoFiles(), DigestAlgorithm::kSha256)
                  .value()
                  .Write(path, some_der_),
              IsOk());
  const std::string octets = Octets(path);
  EXPECT_EQ(octets.substr(0, 4), "PK\x03\x04");
  EXPECT_EQ(octets.substr(8, 2), testing::U16(0));   // stored
  EXPECT_EQ(octets.substr(28, 2), testing::U16(0));  // no extra field
  EXPECT_EQ(octets.substr(30, 8 + 31), "mimetypeapplication/vnd.etsi.asic-e+zip");
}

TEST_F(ContainerDraftTest, UnzipAndZipinfoReadIt) {
  const std::string path = folder_.File("out.asice");
  ASSERT_THAT(ContainerDraft::Create(ContainerType::kExtended, TwoFiles(), DigestAlgorithm::kSha256)
                  .value()
                  .Write(path, some_der_),
              IsOk());
  const ProgramOutcome tested = RunProgram({.argv = {"unzip", "-t", path}});
  EXPECT_EQ(tested.exit_code, 0) << tested.out << tested.err;
  EXPECT_THAT(tested.out, HasSubstr("No errors detected"));
  const ProgramOutcome listed =
      RunProgram({.argv = {"zipinfo", "-1", path}, .environment = {{"LC_ALL", "C.UTF-8"}}});
  EXPECT_EQ(listed.out,
            "mimetype\npogodba \xc4\x8d.txt\nfolder/empty.bin\nMETA-INF/ASiCManifest001.xml\n"
            "META-INF/signature001.p7s\n");
}

TEST_F(ContainerDraftTest, OpenSslVerifiesWhatUnzipTakesOut) {
  const ades::testing::TestPki pki = ades::testing::TestPki::Make();
  const std::string path = folder_.File("out.asice");
  const ContainerDraft draft =
      ContainerDraft::Create(ContainerType::kExtended, TwoFiles(), DigestAlgorithm::kSha256)
          .value();
  ASSERT_THAT(draft.Write(path, some_der_), IsOk());
  const std::string manifest =
      RunProgram({.argv = {"unzip", "-p", path, "META-INF/ASiCManifest001.xml"}}).out;
  const Bytes cms = ades::testing::MakeSignature(pki, {.document = manifest});
  ASSERT_THAT(draft.Write(path, cms), IsOk());
  EXPECT_EQ(RunProgram({.argv = {"unzip", "-p", path, "META-INF/signature001.p7s"}}).out,
            ToString(cms));
  EXPECT_EQ(ToBytes(draft.digest_to_sign()), ToBytes(Sha256(AsSpan(manifest))));
  EXPECT_THAT(ades::testing::OpenSslCmsVerify(pki, cms, manifest), IsOk());
}

TEST_F(ContainerDraftTest, CharactersOfMarkupInNamesAndMediaTypesAreEscaped) {
  const std::string path = folder_.File("out.asice");
  ASSERT_THAT(ContainerDraft::Create(
                  ContainerType::kExtended,
                  {{.name = "a & <b>.txt", .path = FileWith("a", "x"), .mime_type = "a/\"b\"&<c>"}},
                  DigestAlgorithm::kSha256)
                  .value()
                  .Write(path, some_der_),
              IsOk());
  const auto container = Container::Open(path, {}).value();
  EXPECT_THAT(container->signatures().at(0).covered_files, ElementsAre("a & <b>.txt"));
}

TEST_F(ContainerDraftTest, SameFilesGiveTheSameOctets) {
  const std::vector<DataFile> files = TwoFiles();
  for (const char* name : {"first", "second"}) {
    ASSERT_THAT(ContainerDraft::Create(ContainerType::kExtended, files, DigestAlgorithm::kSha256)
                    .value()
                    .Write(folder_.File(name), some_der_),
                IsOk());
  }
  EXPECT_EQ(Octets(folder_.File("first")), Octets(folder_.File("second")));
}

TEST_F(ContainerDraftTest, LargeFileGoesThroughInPieces) {
  std::string large;
  for (int i = 0; i < 300'000; ++i) absl::StrAppend(&large, i, "\n");
  const std::string path = folder_.File("out.asice");
  ASSERT_THAT(ContainerDraft::Create(ContainerType::kExtended,
                                     {{.name = "large.txt", .path = FileWith("large", large)}},
                                     DigestAlgorithm::kSha512)
                  .value()
                  .Write(path, some_der_),
              IsOk());
  EXPECT_EQ(RunProgram({.argv = {"unzip", "-p", path, "large.txt"}}).out, large);
}

TEST_F(ContainerDraftTest, FileThatChangedMeanwhileIsNotPacked) {
  const std::string file = FileWith("a", "content");
  const ContainerDraft draft =
      ContainerDraft::Create(ContainerType::kExtended, {{.name = "a.txt", .path = file}},
                             DigestAlgorithm::kSha256)
          .value();
  const std::string path = FileWith("out.asice", "what stood here");
  for (const char* changed : {"contenT", "longer content", "", "short"}) {
    FileWith("a", changed);
    EXPECT_THAT(draft.Write(path, some_der_), FailsWith(Reason::kRequestMalformed)) << changed;
  }
  std::filesystem::remove(file);
  EXPECT_THAT(draft.Write(path, some_der_), FailsWith(Reason::kNotFound));
  EXPECT_EQ(Octets(path), "what stood here");
  EXPECT_EQ(FilesInFolder(), 1u);
}

TEST_F(ContainerDraftTest, FolderThatIsNotThereIsAnError) {
  const ContainerDraft draft =
      ContainerDraft::Create(ContainerType::kExtended, TwoFiles(), DigestAlgorithm::kSha256)
          .value();
  EXPECT_THAT(draft.Write(folder_.File("none/out.asice"), some_der_),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(ContainerDraftTest, SignatureThatIsNoDerIsRefused) {
  const ContainerDraft draft =
      ContainerDraft::Create(ContainerType::kExtended, TwoFiles(), DigestAlgorithm::kSha256)
          .value();
  EXPECT_THAT(draft.Write(folder_.File("out.asice"), Bytes()),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(draft.Write(folder_.File("out.asice"), Bytes{1, 2, 3}),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(ContainerDraftTest, WrongNumbersOfFilesAreRefused) {
  const auto create = [](ContainerType type, std::vector<DataFile> files) {
    return ContainerDraft::Create(type, std::move(files), DigestAlgorithm::kSha256);
  };
  EXPECT_THAT(create(ContainerType::kExtended, {}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(create(ContainerType::kSimple, {}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(create(ContainerType::kSimple, TwoFiles()), FailsWith(Reason::kRequestMalformed));
  std::vector<DataFile> many;
  for (int i = 0; i < 1001; ++i) {
    many.push_back({.name = absl::StrCat(i), .path = folder_.File("none")});
  }
  EXPECT_THAT(create(ContainerType::kExtended, many), FailsWith(Reason::kLimitExceeded));
}

TEST_F(ContainerDraftTest, NamesThatAreNotAllowedAreRefused) {
  const std::string file = FileWith("a", "content");
  for (const char* name : {"", "../a", "/a", "a\\b", "META-INF/a", "meta-inf/a", "mimetype", "a:b",
                           "a//b", "a/", "a\nb", "."}) {
    EXPECT_THAT(ContainerDraft::Create(ContainerType::kExtended, {{.name = name, .path = file}},
                                       DigestAlgorithm::kSha256),
                FailsWith(Reason::kRequestMalformed))
        << name;
  }
  EXPECT_THAT(ContainerDraft::Create(ContainerType::kExtended,
                                     {{.name = "a", .path = file}, {.name = "A", .path = file}},
                                     DigestAlgorithm::kSha256),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ContainerDraft::Create(ContainerType::kExtended,
                                     {{.name = "a", .path = file, .mime_type = "a\nb"}},
                                     DigestAlgorithm::kSha256),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(ContainerDraftTest, WhatIsNoFileIsRefused) {
  const auto create = [](const std::string& path) {
    return ContainerDraft::Create(ContainerType::kExtended, {{.name = "a", .path = path}},
                                  DigestAlgorithm::kSha256);
  };
  EXPECT_THAT(create(folder_.File("none")), FailsWith(Reason::kNotFound));
  EXPECT_THAT(create(folder_.path()), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(create("/dev/null"), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(ContainerDraftTest, MoreThanOneGibibyteIsRefused) {
  const std::string path = FileWith("sparse", "");
  std::filesystem::resize_file(path, (uint64_t{1} << 30) + 1);
  EXPECT_THAT(ContainerDraft::Create(ContainerType::kExtended, {{.name = "a", .path = path}},
                                     DigestAlgorithm::kSha256),
              FailsWith(Reason::kLimitExceeded));
}

}  // namespace
}  // namespace enkrat::asic
