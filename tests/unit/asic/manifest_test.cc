// The manifest's XML: written so that it reads back, and read with suspicion.
#include "asic/manifest.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "asic/entry_name.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/asic/raw_zip.h"

namespace enkrat::asic {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

std::string Good() { return testing::ManifestFor("document.txt", "content"); }

absl::StatusOr<Manifest> Parse(const std::string& xml) { return ParseManifest(AsSpan(xml), 10); }
absl::StatusOr<Manifest> ParseWith(const char* what, const std::string& instead) {
  return Parse(absl::StrReplaceAll(Good(), {{what, instead}}));
}

TEST(ManifestTest, WrittenOneReadsBack) {
  const Manifest manifest{
      .signature_uri = "META-INF/signature001.p7s",
      .signature_mime_type = "application/pkcs7-signature",
      .references = {{.uri = UriOfEntry("Pogodba <\"o' delu & dr.>, \xc4\x8d.txt"),
                      .mime_type = "text/plain; charset=\"utf-8\"",
                      .algorithm = DigestAlgorithm::kSha512,
                      .digest = Bytes(64, 7)},
                     {.uri = "b", .mime_type = "a<b&c'd", .digest = Bytes(32, 9)}}};
  const Manifest read = ParseManifest(WriteManifest(manifest), 2).value();
  EXPECT_EQ(read.signature_uri, manifest.signature_uri);
  EXPECT_EQ(read.signature_mime_type, manifest.signature_mime_type);
  ASSERT_EQ(read.references.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read.references[i].uri, manifest.references[i].uri);
    EXPECT_EQ(read.references[i].mime_type, manifest.references[i].mime_type);
    EXPECT_EQ(read.references[i].algorithm, manifest.references[i].algorithm);
    EXPECT_EQ(read.references[i].digest, manifest.references[i].digest);
  }
  EXPECT_EQ(EntryOfUri(read.references[0].uri), "Pogodba <\"o' delu & dr.>, \xc4\x8d.txt");
}

TEST(ManifestTest, GoodOneIsRead) { EXPECT_THAT(Parse(Good()), IsOk()); }

TEST(ManifestTest, DocumentTypesAreRefused) {
  for (const char* doctype : {"<!DOCTYPE x>", "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">",
                              "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
                              "<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1/\"> %p;]>"}) {
    EXPECT_THAT(ParseWith("<ASiCManifest ", absl::StrCat(doctype, "<ASiCManifest ")),
                FailsWith(Reason::kRequestMalformed))
        << doctype;
  }
}

TEST(ManifestTest, EntitiesThatXmlDoesNotKnowAreRefused) {
  EXPECT_THAT(ParseWith("document.txt", "&x;"), FailsWith(Reason::kRequestMalformed));
}

TEST(ManifestTest, BrokenXmlIsRefused) {
  for (const std::string& xml :
       {std::string(), std::string("x"), std::string("<a>"), Good() + "x", Good() + Good(),
        Good().substr(0, 200), std::string("\0\0\0\0", 4)}) {
    EXPECT_THAT(Parse(xml), FailsWith(Reason::kRequestMalformed));
  }
}

TEST(ManifestTest, OtherRootsAndNamespacesAreRefused) {
  EXPECT_THAT(ParseWith("ASiCManifest", "Manifest"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseWith("02918/v1.2.1#", "02918/v9#"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseWith("2000/09/xmldsig#", "2000/09/other#"),
              FailsWith(Reason::kRequestMalformed));
}

TEST(ManifestTest, MissingPartsAreRefused) {
  EXPECT_THAT(ParseWith("SigReference", "Other"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseWith("DataObjectReference", "Other"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseWith("DigestMethod", "Other"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseWith("ds:DigestValue", "ds:Other"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseWith("URI=\"document.txt\"", ""), FailsWith(Reason::kRequestMalformed));
}

TEST(ManifestTest, DoubledPartsAreRefused) {
  EXPECT_THAT(ParseWith("<SigReference ", "<SigReference/><SigReference "),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseWith("<ds:DigestValue>", "<ds:DigestValue/><ds:DigestValue>"),
              FailsWith(Reason::kRequestMalformed));
}

TEST(ManifestTest, DigestThatIsNoBase64IsRefused) {
  EXPECT_THAT(ParseWith("<ds:DigestValue>", "<ds:DigestValue>!"),
              FailsWith(Reason::kRequestMalformed));
}

TEST(ManifestTest, BoundsHold) {
  EXPECT_THAT(ParseManifest(AsSpan(Good()), 0), FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(Parse(Good() + std::string(size_t{1} << 20, ' ')), FailsWith(Reason::kLimitExceeded));
}

TEST(EntryNameTest, ReservedNamesAreNoDataFiles) {
  for (const char* name : {"mimetype", "META-INF/x", "META-INF/a/b"}) {
    EXPECT_THAT(CheckEntryName(name), IsOk());
    EXPECT_THAT(CheckDataFileName(name), FailsWith(Reason::kRequestMalformed));
  }
  EXPECT_THAT(CheckDataFileName("a/mimetype"), IsOk());
  EXPECT_THAT(CheckDataFileName("a/META-INF/b"), IsOk());
}

TEST(EntryNameTest, UrisOfNamesReadBack) {
  for (const char* name : {"a", "a b", "a/b", "100%.txt", "a+b&c", "\xc5\xa1", "~a'(1)"}) {
    EXPECT_EQ(EntryOfUri(UriOfEntry(name)), name);
  }
  EXPECT_EQ(UriOfEntry("a b%/\xc4\x8d"), "a%20b%25/%C4%8D");
}

}  // namespace
}  // namespace enkrat::asic
