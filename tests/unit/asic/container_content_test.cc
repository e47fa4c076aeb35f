// What a container that somebody sent says of its signatures and files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_replace.h"
#include "asic/container.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/asic/raw_zip.h"

namespace enkrat::asic {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using testing::Build;
using ::testing::ElementsAre;
using testing::GoodExtended;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ManifestFor;
using testing::RawEntry;

class ContainerContent : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Container>> OpenEntries(std::vector<RawEntry> entries) const {
    const std::string path = folder_.File("container");
    const std::string octets = Build({.entries = std::move(entries)});
    std::ofstream(path, std::ios::binary)
        .write(octets.data(), static_cast<std::streamsize>(octets.size()));
    return Container::Open(path, {});
  }
  static std::vector<RawEntry> WithManifest(const std::string& xml) {
    std::vector<RawEntry> entries = GoodExtended();
    entries[2].content = xml;
    return entries;
  }
  static std::vector<RawEntry> Simple() {
    return {{.name = "mimetype", .content = testing::kSimpleMimetype},
            {.name = "document.txt", .content = "content"},
            {.name = "META-INF/signature.p7s", .content = testing::kSomeDer}};
  }
  // The only defect of the only signature.
  std::string DefectOf(const std::string& xml) const {
    const auto container = OpenEntries(WithManifest(xml));
    if (!container.ok()) return container.status().ToString();
    const std::vector<std::string>& defects = (*container)->signatures().at(0).defects;
    return defects.empty() ? "none" : defects.front();
  }

  const enkrat::testing::ScratchFolder folder_;
};

TEST_F(ContainerContent, ExtendedOneSignsItsManifest) {
  const auto container = OpenEntries(GoodExtended()).value();
  EXPECT_EQ(container->type(), ContainerType::kExtended);
  ASSERT_EQ(container->signatures().size(), 1u);
  const ContainerSignature& signature = container->signatures()[0];
  EXPECT_EQ(signature.name, "META-INF/signature001.p7s");
  EXPECT_EQ(signature.signed_entry, "META-INF/ASiCManifest001.xml");
  EXPECT_EQ(ToString(signature.cms_der), testing::kSomeDer);
  EXPECT_THAT(signature.covered_files, ElementsAre("document.txt"));
  EXPECT_THAT(signature.defects, IsEmpty());
  EXPECT_FALSE(signature.timestamp);
  EXPECT_EQ(container->DigestOf("document.txt", DigestAlgorithm::kSha384).value(),
            ComputeDigest(DigestAlgorithm::kSha384, AsSpan("content")));
}

TEST_F(ContainerContent, SimpleOneSignsItsFile) {
  const auto container = OpenEntries(Simple()).value();
  EXPECT_EQ(container->type(), ContainerType::kSimple);
  EXPECT_EQ(container->signatures().at(0).signed_entry, "document.txt");
  EXPECT_THAT(container->unsigned_files(), IsEmpty());
}

TEST_F(ContainerContent, SimpleOneWithoutMimetypeIsKnownByItsContent) {
  std::vector<RawEntry> entries = Simple();
  entries.erase(entries.begin());
  EXPECT_EQ(OpenEntries(entries).value()->type(), ContainerType::kSimple);
}

TEST_F(ContainerContent, FileThatNoManifestNamesIsUnsigned) {
  std::vector<RawEntry> entries = GoodExtended();
  entries.push_back({.name = "extra.txt", .content = "added later"});
  EXPECT_THAT(OpenEntries(entries).value()->unsigned_files(), ElementsAre("extra.txt"));
}

TEST_F(ContainerContent, FileThatWasChangedIsADefectAndUnsigned) {
  std::vector<RawEntry> entries = GoodExtended();
  entries[1].content = "another content";
  const auto container = OpenEntries(entries).value();
  EXPECT_THAT(container->signatures().at(0).defects, ElementsAre(HasSubstr("document.txt")));
  EXPECT_THAT(container->signatures().at(0).covered_files, IsEmpty());
  EXPECT_THAT(container->unsigned_files(), ElementsAre("document.txt"));
}

TEST_F(ContainerContent, FileThatIsGoneIsADefect) {
  EXPECT_THAT(DefectOf(ManifestFor("gone.txt", "content")), HasSubstr("not there"));
}

TEST_F(ContainerContent, ReferencesOutsideAreDefects) {
  for (const char* uri : {"../document.txt", "/document.txt", "http://example.org/document.txt",
                          "document.txt?x", "document.txt#x", "%2e%2e/x", "document%2", "%zz",
                          "./document.txt", "file:document.txt", "%00", "document.txt%00"}) {
    EXPECT_THAT(DefectOf(ManifestFor(uri, "content")), HasSubstr("not to an entry")) << uri;
  }
}

TEST_F(ContainerContent, EscapedReferenceIsTheSameEntry) {
  EXPECT_EQ(DefectOf(ManifestFor("d%6Fcument.txt", "content")), "none");
}

TEST_F(ContainerContent, ReferenceInAnotherCaseIsNotTheEntry) {
  EXPECT_THAT(DefectOf(ManifestFor("Document.txt", "content")), HasSubstr("not there"));
}

TEST_F(ContainerContent, WeakDigestIsADefect) {
  for (const char* weak : {"http://www.w3.org/2000/09/xmldsig#sha1",
                           "http://www.w3.org/2001/04/xmldsig-more#md5", ""}) {
    EXPECT_THAT(DefectOf(absl::StrReplaceAll(ManifestFor("document.txt", "content"),
                                             {{"http://www.w3.org/2001/04/xmlenc#sha256", weak}})),
                HasSubstr("too weak"));
  }
}

TEST_F(ContainerContent, ReferenceTwiceIsADefect) {
  const std::string once = ManifestFor("document.txt", "content");
  const size_t start = once.find("<DataObjectReference");
  const size_t end = once.find("</ASiCManifest>");
  EXPECT_THAT(DefectOf(once.substr(0, end) + once.substr(start)), HasSubstr("twice"));
}

TEST_F(ContainerContent, ManifestWhoseSignatureIsNotThereIsRefused) {
  std::vector<RawEntry> entries = GoodExtended();
  entries.pop_back();
  EXPECT_THAT(OpenEntries(entries), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(OpenEntries(WithManifest(
                  absl::StrReplaceAll(ManifestFor("document.txt", "content"),
                                      {{"META-INF/signature001.p7s", "document.txt"}}))),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(ContainerContent, SignatureThatNoManifestNamesIsADefect) {
  std::vector<RawEntry> entries = GoodExtended();
  entries.push_back({.name = "META-INF/signature002.p7s", .content = testing::kSomeDer});
  const auto container = OpenEntries(entries).value();
  ASSERT_EQ(container->signatures().size(), 2u);
  EXPECT_THAT(container->signatures()[1].defects, ElementsAre(HasSubstr("no manifest")));
}

TEST_F(ContainerContent, TwoManifestsOfOneSignatureAreRefused) {
  std::vector<RawEntry> entries = GoodExtended();
  entries.push_back(
      {.name = "META-INF/ASiCManifest002.xml", .content = ManifestFor("document.txt", "content")});
  EXPECT_THAT(OpenEntries(entries), FailsWith(Reason::kRequestMalformed));
}

TEST_F(ContainerContent, ArchiveTimestampIsRecognisedAndCoversWhatItNames) {
  std::vector<RawEntry> entries = GoodExtended();
  entries.push_back(
      {.name = "META-INF/ASiCArchiveManifest.xml",
       .content = absl::StrReplaceAll(ManifestFor("META-INF/signature001.p7s", testing::kSomeDer),
                                      {{"SigReference URI=\"META-INF/signature001.p7s\"",
                                        "SigReference URI=\"META-INF/timestamp001.tst\""}})});
  entries.push_back({.name = "META-INF/timestamp001.tst", .content = testing::kSomeDer});
  const auto container = OpenEntries(entries).value();
  ASSERT_EQ(container->signatures().size(), 2u);
  const ContainerSignature& timestamp = container->signatures()[1];
  EXPECT_TRUE(timestamp.timestamp);
  EXPECT_EQ(timestamp.signed_entry, "META-INF/ASiCArchiveManifest.xml");
  EXPECT_THAT(timestamp.defects, IsEmpty());
  EXPECT_THAT(timestamp.covered_files, IsEmpty());
}

TEST_F(ContainerContent, TimestampAloneDoesNotSign) {
  const auto container =
      OpenEntries({{.name = "mimetype", .content = testing::kSimpleMimetype},
                   {.name = "document.txt", .content = "content"},
                   {.name = "META-INF/timestamp.tst", .content = testing::kSomeDer}})
          .value();
  EXPECT_TRUE(container->signatures().at(0).timestamp);
  EXPECT_THAT(container->unsigned_files(), ElementsAre("document.txt"));
}

TEST_F(ContainerContent, SimpleOneWithTwoFilesIsRefused) {
  std::vector<RawEntry> entries = Simple();
  entries.push_back({.name = "second.txt"});
  EXPECT_THAT(OpenEntries(entries), FailsWith(Reason::kRequestMalformed));
}

TEST_F(ContainerContent, XadesIsRefusedByName) {
  std::vector<RawEntry> entries = GoodExtended();
  entries.push_back({.name = "META-INF/signatures0.xml", .content = "<x/>"});
  const auto container = OpenEntries(entries);
  EXPECT_THAT(container, FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(container.status().message(), HasSubstr("XAdES"));
}

TEST_F(ContainerContent, ZipsOfOtherKindsAreRefused) {
  EXPECT_THAT(OpenEntries({{.name = "document.txt", .content = "content"}}),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(OpenEntries({}), FailsWith(Reason::kRequestMalformed));
  std::vector<RawEntry> entries = GoodExtended();
  entries[0].content = "application/vnd.oasis.opendocument.text";
  EXPECT_THAT(OpenEntries(entries), FailsWith(Reason::kRequestMalformed));
}

TEST_F(ContainerContent, DigestOfWhatIsNotThereIsNotFound) {
  EXPECT_THAT(OpenEntries(GoodExtended()).value()->DigestOf("none", DigestAlgorithm::kSha256),
              FailsWith(Reason::kNotFound));
}

TEST_F(ContainerContent, ZipIsKnownByItsFirstOctets) {
  EXPECT_TRUE(Container::LooksLikeOne(AsSpan("PK\x03\x04....")));
  EXPECT_FALSE(Container::LooksLikeOne(AsSpan("PK\x03")));
  EXPECT_FALSE(Container::LooksLikeOne(AsSpan("%PDF-1.7")));
  EXPECT_FALSE(Container::LooksLikeOne(ByteSpan()));
}

}  // namespace
}  // namespace enkrat::asic
