// Containers written anew with other signatures in them: nothing else may change, and what cannot
// be replaced is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "asic/container.h"
#include "common/file.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"
#include "tests/unit/asic/raw_zip.h"

namespace enkrat::asic {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::RunProgram;
using testing::Build;
using testing::Crc32;
using testing::GoodExtended;
using ::testing::HasSubstr;
using testing::ManifestFor;
using testing::RawEntry;
using testing::RawZip;
using testing::U16;
using testing::U32;

constexpr char kSignature[] = "META-INF/signature001.p7s";

// A DER value that is longer than kSomeDer.
std::string OtherDer(const std::string& content = "another signature") {
  EXPECT_LT(content.size(), 125u);
  const std::string octets =
      absl::StrCat("\x04", std::string(1, static_cast<char>(content.size())), content);
  return absl::StrCat("\x30", std::string(1, static_cast<char>(octets.size())), octets);
}

class ContainerRewriting : public ::testing::Test {
 protected:
  const std::string& Put(const std::string& octets) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << octets;
    return path_;
  }
  std::unique_ptr<Container> Open(const RawZip& zip, const Container::Limits& limits = {}) const {
    return Container::Open(Put(Build(zip)), limits).value();
  }
  absl::Status Rewrite(const Container& container, const std::string& entry,
                       const std::string& octets) const {
    return container.WriteWith({{entry, ToBytes(octets)}}, new_path_);
  }
  absl::Status RewriteEntries(std::vector<RawEntry> entries, const std::string& entry) const {
    return Rewrite(*Open({.entries = std::move(entries)}), entry, OtherDer());
  }
  std::string Written() const { return Octets(new_path_); }
  static std::string Octets(const std::string& path) {
    return ToString(ReadFile(path, size_t{1} << 24).value());
  }
  bool NothingIsLeft() const {
    const std::filesystem::directory_iterator files(folder_.path());
    return std::distance(begin(files), end(files)) == 1;
  }

  const enkrat::testing::ScratchFolder folder_;
  const std::string path_ = folder_.File("container.asice");
  const std::string new_path_ = folder_.File("new.asice");
};

// As others make them: times, comments, extra fields, sizes behind the data, folders.
RawZip Colourful() {
  RawZip zip{.entries = GoodExtended(), .comment = "mimetype=application/vnd.etsi.asic-e+zip"};
  for (RawEntry& entry : zip.entries) {
    if (entry.name == "mimetype") continue;
    entry.time = 0x5b756b2a;
    entry.local_extra = absl::StrCat(U16(0x5455), U16(5), "\x01", U32(1700000000));
    entry.central_extra = entry.local_extra;
    entry.comment = "of " + entry.name;
    entry.external_attributes = 0100600u << 16;
  }
  zip.entries.push_back({.name = "META-INF/", .time = 0x5b756b2a});
  zip.entries.push_back({.name = "late \xc4\x8d.txt",
                         .content = "x",
                         .flags = 8 | 1 << 11,
                         .local_size = 0,
                         .local_crc = 0,
                         .behind = absl::StrCat("PK\x07\x08", U32(Crc32("x")), U32(1), U32(1))});
  return zip;
}

RawEntry& SignatureIn(RawZip& zip) {
  return *std::find_if(zip.entries.begin(), zip.entries.end(),
                       [](const RawEntry& each) { return each.name == kSignature; });
}

TEST_F(ContainerRewriting, AllElseStaysOctetForOctet) {
  for (const bool backwards : {false, true}) {
    RawZip zip = Colourful();
    zip.directory_backwards = backwards;
    const auto container = Open(zip);
    ASSERT_THAT(Rewrite(*container, kSignature, OtherDer()), IsOk());
    SignatureIn(zip).content = OtherDer();
    EXPECT_EQ(Written(), Build(zip)) << backwards;
    std::filesystem::remove(new_path_);
  }
}

TEST_F(ContainerRewriting, SizesBehindTheOldSignatureGoIntoItsHeader) {
  RawZip zip = Colourful();
  RawEntry& signature = SignatureIn(zip);
  const RawEntry plain = signature;
  signature.flags = 8 | 2;
  signature.local_size = 0;
  signature.local_crc = 0;
  signature.behind = absl::StrCat(U32(Crc32(signature.content)),
                                  U32(static_cast<uint32_t>(signature.content.size())),
                                  U32(static_cast<uint32_t>(signature.content.size())));
  ASSERT_THAT(Rewrite(*Open(zip), kSignature, OtherDer()), IsOk());
  signature = plain;
  signature.content = OtherDer();
  EXPECT_EQ(Written(), Build(zip));
}

TEST_F(ContainerRewriting, NothingToReplaceGivesTheSameOctets) {
  const RawZip zip = Colourful();
  ASSERT_THAT(Open(zip)->WriteWith({}, new_path_), IsOk());
  EXPECT_EQ(Written(), Build(zip));
}

TEST_F(ContainerRewriting, EachSignatureIsReplacedOnItsOwn) {
  std::vector<RawEntry> entries = GoodExtended();
  entries.push_back({.name = "META-INF/ASiCManifest002.xml",
                     .content = absl::StrReplaceAll(ManifestFor("document.txt", "content"),
                                                    {{"signature001", "signature002"}})});
  entries.push_back({.name = "META-INF/signature002.p7s", .content = testing::kSomeDer});
  const auto container = Open({.entries = entries});
  ASSERT_THAT(Rewrite(*container, "META-INF/signature002.p7s", OtherDer()), IsOk());
  entries.back().content = OtherDer();
  EXPECT_EQ(Written(), Build({.entries = entries}));
  std::filesystem::remove(new_path_);
  ASSERT_THAT(container->WriteWith({{kSignature, ToBytes(OtherDer("1"))},
                                    {"META-INF/signature002.p7s", ToBytes(OtherDer("2"))}},
                                   new_path_),
              IsOk());
  entries[3].content = OtherDer("1");
  entries.back().content = OtherDer("2");
  EXPECT_EQ(Written(), Build({.entries = entries}));
}

TEST_F(ContainerRewriting, DeflatedSignatureStaysDeflated) {
  std::ofstream(folder_.File("document.txt")) << std::string(5000, 'x');
  ASSERT_THAT(
      ContainerDraft::Create(ContainerType::kExtended,
                             {{.name = "document.txt", .path = folder_.File("document.txt")}},
                             DigestAlgorithm::kSha256)
          .value()
          .Write(path_, AsSpan(testing::kSomeDer)),
      IsOk());
  const std::string before = Octets(path_);
  const std::string der = OtherDer(std::string(120, 'y'));
  ASSERT_THAT(Rewrite(*Container::Open(path_, {}).value(), kSignature, der), IsOk());
  EXPECT_EQ(ToString(Container::Open(new_path_, {}).value()->signatures().at(0).cms_der), der);
  const size_t entry = before.find("PK\x03\x04", before.find(".xml"));
  EXPECT_EQ(Written().substr(0, entry), before.substr(0, entry));
  EXPECT_EQ(RunProgram({.argv = {"unzip", "-t", new_path_}}).exit_code, 0);
  EXPECT_THAT(RunProgram({.argv = {"zipinfo", "-v", new_path_, kSignature}}).out,
              HasSubstr("deflated"));
  EXPECT_LT(Written().size(), before.size() + 60);
}

TEST_F(ContainerRewriting, PermissionsAreTheOldOnes) {
  const auto container = Open(Colourful());
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  ASSERT_THAT(Rewrite(*container, kSignature, OtherDer()), IsOk());
  struct stat status = {};
  ASSERT_EQ(::stat(new_path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
}

TEST_F(ContainerRewriting, WhatIsNoSignatureIsNotReplaced) {
  const auto container = Open({.entries = GoodExtended()});
  for (const char* name : {"document.txt", "mimetype", "META-INF/ASiCManifest001.xml",
                           "META-INF/signature002.p7s", "META-INF/", ""}) {
    EXPECT_THAT(Rewrite(*container, name, OtherDer()), FailsWith(Reason::kNotFound)) << name;
  }
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(ContainerRewriting, TimestampIsNotReplaced) {
  EXPECT_THAT(RewriteEntries({{.name = "mimetype", .content = testing::kSimpleMimetype},
                              {.name = "document.txt", .content = "content"},
                              {.name = "META-INF/timestamp.tst", .content = testing::kSomeDer}},
                             "META-INF/timestamp.tst"),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(ContainerRewriting, SignatureThatAnArchiveTimestampCoversIsNotReplaced) {
  std::vector<RawEntry> entries = GoodExtended();
  entries.push_back(
      {.name = "META-INF/ASiCArchiveManifest.xml",
       .content = absl::StrReplaceAll(ManifestFor(kSignature, testing::kSomeDer),
                                      {{"SigReference URI=\"META-INF/signature001.p7s",
                                        "SigReference URI=\"META-INF/timestamp.tst"}})});
  entries.push_back({.name = "META-INF/timestamp.tst", .content = testing::kSomeDer});
  const absl::Status refused = RewriteEntries(entries, kSignature);
  EXPECT_THAT(refused, FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(refused.message(), HasSubstr("META-INF/ASiCArchiveManifest.xml"));
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(ContainerRewriting, SignatureThatAnotherSignatureCoversIsNotReplaced) {
  std::vector<RawEntry> entries = GoodExtended();
  entries.push_back(
      {.name = "META-INF/ASiCManifest002.xml",
       .content = absl::StrReplaceAll(ManifestFor(kSignature, testing::kSomeDer),
                                      {{"SigReference URI=\"META-INF/signature001",
                                        "SigReference URI=\"META-INF/signature002"}})});
  entries.push_back({.name = "META-INF/signature002.p7s", .content = testing::kSomeDer});
  EXPECT_THAT(RewriteEntries(entries, kSignature), FailsWith(Reason::kRequestMalformed));
  EXPECT_TRUE(NothingIsLeft());
  EXPECT_THAT(RewriteEntries(entries, "META-INF/signature002.p7s"), IsOk());
}

TEST_F(ContainerRewriting, SignatureThatAWrongDigestIsOfIsNotReplacedEither) {
  std::vector<RawEntry> entries = GoodExtended();
  entries.push_back(
      {.name = "META-INF/ASiCManifest002.xml",
       .content = absl::StrReplaceAll(ManifestFor(kSignature, "other octets"),
                                      {{"SigReference URI=\"META-INF/signature001",
                                        "SigReference URI=\"META-INF/signature002"}})});
  entries.push_back({.name = "META-INF/signature002.p7s", .content = testing::kSomeDer});
  EXPECT_THAT(RewriteEntries(entries, kSignature), FailsWith(Reason::kRequestMalformed));
}

TEST_F(ContainerRewriting, SignatureBesideAnEvidenceRecordIsNotReplaced) {
  for (const char* name : {"META-INF/evidencerecord.ers", "META-INF/evidencerecord.xml",
                           "META-INF/ASiCEvidenceRecordManifest1.xml"}) {
    std::vector<RawEntry> entries = GoodExtended();
    entries.push_back({.name = name, .content = "<x/>"});
    const absl::Status refused = RewriteEntries(entries, kSignature);
    EXPECT_THAT(refused, FailsWith(Reason::kRequestMalformed)) << name;
    EXPECT_THAT(refused.message(), HasSubstr(name));
  }
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(ContainerRewriting, WhatIsNotOneDerValueIsRefused) {
  const auto container = Open({.entries = GoodExtended()});
  for (const std::string& octets :
       {std::string(), std::string("text"), OtherDer() + "x", OtherDer().substr(0, 8)}) {
    EXPECT_THAT(Rewrite(*container, kSignature, octets), FailsWith(Reason::kRequestMalformed));
  }
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(ContainerRewriting, SignatureTooLargeToBeReadAgainIsRefused) {
  const uint32_t size = (4u << 20) + 1;
  const std::string der =
      absl::StrCat(std::string("\x30\x84\x00", 3), std::string(1, static_cast<char>(size >> 16)),
                   std::string(1, static_cast<char>(size >> 8 & 0xff)),
                   std::string(1, static_cast<char>(size & 0xff)), std::string(size, '\x05'));
  EXPECT_THAT(Rewrite(*Open({.entries = GoodExtended()}), kSignature, der),
              FailsWith(Reason::kLimitExceeded));
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(ContainerRewriting, ContainerThatGrowsBeyondTheLimitsIsRefused) {
  const RawZip zip{.entries = GoodExtended()};
  const uint64_t size = Build(zip).size();
  EXPECT_THAT(Rewrite(*Open(zip, {.max_octets = size}), kSignature, OtherDer()),
              FailsWith(Reason::kLimitExceeded));
  uint64_t unpacked = 0;
  for (const RawEntry& entry : zip.entries) unpacked += entry.content.size();
  EXPECT_THAT(Rewrite(*Open(zip, {.max_unpacked_octets = unpacked}), kSignature, OtherDer()),
              FailsWith(Reason::kLimitExceeded));
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(ContainerRewriting, SignatureThatLooksLikeTheEndOfTheFileIsRefused) {
  const RawZip zip{.entries = GoodExtended()};
  const auto with = [&](uint32_t comment_size) {
    return OtherDer(absl::StrCat("PK\x05\x06", std::string(16, '\0'), U16(comment_size)));
  };
  RawZip grown = zip;
  SignatureIn(grown).content = with(0);
  const std::string octets = Build(grown);
  const uint32_t behind = static_cast<uint32_t>(octets.size() - octets.find("PK\x05\x06") - 22);
  EXPECT_THAT(Rewrite(*Open(zip), kSignature, with(behind)), FailsWith(Reason::kRequestMalformed));
  EXPECT_TRUE(NothingIsLeft());
  EXPECT_THAT(Rewrite(*Open(zip), kSignature, with(behind + 1)), IsOk());
}

TEST_F(ContainerRewriting, WhatStandsThereIsNotReplaced) {
  const auto container = Open({.entries = GoodExtended()});
  std::ofstream(new_path_) << "something else";
  EXPECT_THAT(Rewrite(*container, kSignature, OtherDer()),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(Written(), "something else");
}

TEST_F(ContainerRewriting, FolderThatIsNotThereIsSaid) {
  EXPECT_THAT(Open({.entries = GoodExtended()})
                  ->WriteWith({{kSignature, ToBytes(OtherDer())}}, folder_.File("none/new.asice")),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(ContainerRewriting, ContainerThatWasCutShortSinceIsNotWritten) {
  const std::string octets = Build(Colourful());
  for (const size_t rest : {octets.size() - 1, octets.size() / 2, size_t{40}, size_t{0}}) {
    const auto container = Container::Open(Put(octets), {}).value();
    std::filesystem::resize_file(path_, rest);
    EXPECT_THAT(Rewrite(*container, kSignature, OtherDer()), FailsWith(Reason::kRequestMalformed))
        << rest;
  }
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(ContainerRewriting, ContainerInWhichSomethingChangedSinceIsNotWritten) {
  const auto container = Open({.entries = GoodExtended()});
  std::vector<RawEntry> entries = GoodExtended();
  entries[1].content = "c0ntent";
  Put(Build({.entries = entries}));
  EXPECT_THAT(Rewrite(*container, kSignature, OtherDer()), FailsWith(Reason::kRequestMalformed));
  entries = GoodExtended();
  entries.insert(entries.begin() + 1, {.name = "a"});
  Put(Build({.entries = entries}));
  EXPECT_THAT(Rewrite(*container, kSignature, OtherDer()), FailsWith(Reason::kRequestMalformed));
  EXPECT_TRUE(NothingIsLeft());
}

}  // namespace
}  // namespace enkrat::asic
