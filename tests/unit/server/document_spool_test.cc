// A spooled document: what was appended comes back, bounded in size and in sum, and leaves nothing.
#include "server/document_spool.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "common/digest.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

constexpr size_t kMiB = size_t{1} << 20;

class DocumentSpoolTest : public ::testing::Test {
 protected:
  std::unique_ptr<DocumentSpool> Spool(uint64_t most = 8 * kMiB, const std::string& who = "bank") {
    return DocumentSpool::Create({.folder = folder_.path(),
                                  .most_octets = most,
                                  .digest_algorithm = DigestAlgorithm::kSha256,
                                  .budget = &budget_,
                                  .who = who})
        .value();
  }

  const enkrat::testing::ScratchFolder folder_;
  ResponseBudget budget_{{.total = 16 * kMiB, .for_each = 8 * kMiB}};
};

TEST_F(DocumentSpoolTest, WhatWasAppendedComesBackWithItsDigest) {
  const auto spool = Spool();
  ASSERT_THAT(spool->Append("one "), IsOk());
  ASSERT_THAT(spool->Append("two"), IsOk());
  EXPECT_EQ(spool->size(), 7u);
  EXPECT_EQ(spool->Read(0, 100).value(), "one two");
  EXPECT_EQ(spool->Read(4, 2).value(), "tw");
  EXPECT_EQ(spool->Read(7, 2).value(), "");
  EXPECT_EQ(spool->Digest(), ToBytes(Sha256(AsSpan("one two"))));
}

TEST_F(DocumentSpoolTest, PathReadsTheSameOctetsWhileItLives) {
  const auto spool = Spool();
  ASSERT_THAT(spool->Append("octets"), IsOk());
  EXPECT_EQ(std::filesystem::file_size(spool->path()), 6u);
}

TEST_F(DocumentSpoolTest, FolderStaysEmpty) {
  const auto spool = Spool();
  ASSERT_THAT(spool->Append("secret"), IsOk());
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(DocumentSpoolTest, FolderThatTakesNoFileIsAWrongSetting) {
  EXPECT_THAT(DocumentSpool::CheckFolder(folder_.path()), IsOk());
  EXPECT_THAT(DocumentSpool::CheckFolder(folder_.File("missing")),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(DocumentSpool::CheckFolder("/proc"), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(DocumentSpoolTest, OneOctetTooManyIsRefused) {
  const auto spool = Spool(/*most=*/10);
  ASSERT_THAT(spool->Append("0123456789"), IsOk());
  const absl::Status refused = spool->Append("x");
  EXPECT_THAT(refused, FailsWith(Reason::kLimitExceeded));
  EXPECT_EQ(FieldOf(refused), "chunk") << "the client is told what is too large";
  EXPECT_EQ(spool->size(), 10u);
}

TEST_F(DocumentSpoolTest, RelyingPartyWithItsShareOnTheDiskIsOverloaded) {
  const auto first = Spool();
  ASSERT_THAT(first->Append(std::string(8 * kMiB, 'x')), IsOk());
  const auto second = Spool();
  EXPECT_THAT(second->Append("y"), FailsWith(Reason::kOverloaded));
  const auto other = Spool(8 * kMiB, "archive");
  EXPECT_THAT(other->Append("z"), IsOk());
}

TEST_F(DocumentSpoolTest, EndOfASpoolGivesItsShareBack) {
  {
    const auto first = Spool();
    ASSERT_THAT(first->Append(std::string(8 * kMiB, 'x')), IsOk());
  }
  EXPECT_EQ(budget_.reserved(), 0u);
  EXPECT_THAT(Spool()->Append("y"), IsOk());
}

TEST_F(DocumentSpoolTest, FolderThatIsNotThereIsAnError) {
  EXPECT_THAT(
      DocumentSpool::Create({.folder = folder_.File("gone"), .budget = &budget_, .who = "b"})
          .status(),
      FailsWith(Reason::kStoreUnavailable));
}

}  // namespace
}  // namespace enkrat::server
