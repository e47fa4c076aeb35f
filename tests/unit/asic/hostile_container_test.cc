// Containers that deceive, burst or are broken: each test says what is wrong in its ZIP.
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
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
using testing::GoodExtended;
using testing::RawEntry;
using testing::RawZip;
using testing::U16;
using testing::U32;

class HostileContainer : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Container>> OpenOctets(
      const std::string& octets, const Container::Limits& limits = {}) const {
    const std::string path = folder_.File("container.asice");
    std::ofstream(path, std::ios::binary)
        .write(octets.data(), static_cast<std::streamsize>(octets.size()));
    return Container::Open(path, limits);
  }
  absl::StatusOr<std::unique_ptr<Container>> OpenWith(RawEntry entry) const {
    std::vector<RawEntry> entries = GoodExtended();
    entries.push_back(std::move(entry));
    return OpenOctets(Build({.entries = std::move(entries)}));
  }

  const enkrat::testing::ScratchFolder folder_;
};

TEST_F(HostileContainer, NothingWrongIsAccepted) {
  const auto container = OpenOctets(Build({.entries = GoodExtended()}));
  ASSERT_THAT(container, IsOk());
  EXPECT_TRUE((*container)->signatures().at(0).defects.empty());
  EXPECT_TRUE((*container)->unsigned_files().empty());
  EXPECT_THAT(OpenWith({.name = "another.txt"}), IsOk());
  EXPECT_THAT(OpenOctets(Build({.entries = GoodExtended(), .comment = "mimetype=x"})), IsOk());
}

TEST_F(HostileContainer, NamesThatLeadElsewhereAreRefused) {
  for (const char* name : {"../document.txt",
                           "a/../b",
                           "/etc/passwd",
                           "a//b",
                           "./a",
                           "a/.",
                           "..",
                           "a\\b",
                           "C:a",
                           "a:stream",
                           "",
                           "\x01",
                           "a\x7f",
                           " a",
                           "META-INF",
                           "meta-inf/signature002.p7s",
                           "Meta-Inf/x",
                           "MIMETYPE",
                           "Mimetype",
                           "a/"}) {
    if (std::string(name) == "a/") {
      EXPECT_THAT(OpenWith({.name = name, .content = "x"}), FailsWith(Reason::kRequestMalformed));
      continue;
    }
    EXPECT_THAT(OpenWith({.name = name}), FailsWith(Reason::kRequestMalformed)) << name;
  }
}

TEST_F(HostileContainer, NameWithANulOctetIsRefused) {
  EXPECT_THAT(OpenWith({.name = std::string("a\0b", 3)}), FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, NameInAnUnknownEncodingIsRefused) {
  EXPECT_THAT(OpenWith({.name = "\xc4\x8d.txt"}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(OpenWith({.name = "\xc4\x8d.txt", .flags = 1 << 11}), IsOk());
  EXPECT_THAT(OpenWith({.name = "\xe8.txt", .flags = 1 << 11}),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, NameThatTurnsTheTextAroundIsRefused) {
  EXPECT_THAT(OpenWith({.name = "a\xe2\x80\xaetxt.exe", .flags = 1 << 11}),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, LongNamesAreRefused) {
  EXPECT_THAT(OpenWith({.name = std::string(255, 'a')}), IsOk());
  EXPECT_THAT(OpenWith({.name = std::string(256, 'a')}), FailsWith(Reason::kLimitExceeded));
}

TEST_F(HostileContainer, NamesThatAreOneOnSomeFileSystemAreRefused) {
  EXPECT_THAT(OpenWith({.name = "document.txt"}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(OpenWith({.name = "DOCUMENT.txt"}), FailsWith(Reason::kRequestMalformed));
  std::vector<RawEntry> entries = GoodExtended();
  entries.push_back({.name = "\xc4\x8d", .flags = 1 << 11});
  entries.push_back({.name = "c\xcc\x8c", .flags = 1 << 11});
  EXPECT_THAT(OpenOctets(Build({.entries = entries})), FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, SecondNameInAnExtraFieldIsRefused) {
  const std::string extra = absl::StrCat(U16(0x7075), U16(6), std::string("\x01", 1), U32(0), "b");
  EXPECT_THAT(OpenWith({.name = "a", .central_extra = extra}),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(OpenWith({.name = "a", .local_extra = extra}), FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, LocalHeaderThatSaysAnotherThingIsRefused) {
  const auto refused = FailsWith(Reason::kRequestMalformed);
  EXPECT_THAT(OpenWith({.name = "a", .content = "x", .local_name = "b"}), refused);
  EXPECT_THAT(OpenWith({.name = "a", .content = "x", .local_size = 2}), refused);
  EXPECT_THAT(OpenWith({.name = "a", .content = "x", .local_size = 0}), refused);
  EXPECT_THAT(OpenWith({.name = "a", .content = "x", .local_crc = 1}), refused);
  EXPECT_THAT(OpenWith({.name = "a", .content = "x", .local_flags = 1 << 3}), refused);
  EXPECT_THAT(OpenWith({.name = "a", .content = "x", .local_name = "aa"}), refused);
}

TEST_F(HostileContainer, SizesBehindTheDataAreRead) {
  const std::string sizes = absl::StrCat(U32(testing::Crc32("x")), U32(1), U32(1));
  EXPECT_THAT(OpenWith({.name = "a",
                        .content = "x",
                        .flags = 8,
                        .local_size = 0,
                        .local_crc = 0,
                        .behind = sizes}),
              IsOk());
  EXPECT_THAT(OpenWith({.name = "a",
                        .content = "x",
                        .flags = 8,
                        .local_size = 0,
                        .local_crc = 0,
                        .behind = "PK\x07\x08" + sizes}),
              IsOk());
  EXPECT_THAT(OpenWith({.name = "a", .content = "x", .flags = 8, .local_size = 0, .local_crc = 0}),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, OctetsThatBelongToNoEntryAreRefused) {
  const auto refused = FailsWith(Reason::kRequestMalformed);
  EXPECT_THAT(OpenWith({.name = "a", .before = "hidden"}), refused);
  EXPECT_THAT(OpenWith({.name = "a", .in_directory = false}), refused);
  std::vector<RawEntry> entries = GoodExtended();
  entries.front().before = "MZ";
  EXPECT_THAT(OpenOctets(Build({.entries = entries})), refused);
  EXPECT_THAT(OpenOctets(Build({.entries = GoodExtended(), .before_directory = "x"})), refused);
  EXPECT_THAT(OpenOctets(Build({.entries = GoodExtended(), .before_end = "x"})), refused);
  EXPECT_THAT(OpenOctets(Build({.entries = GoodExtended(), .behind = "x"})), refused);
}

TEST_F(HostileContainer, TwoDirectoriesAreRefused) {
  const std::string inner = Build({.entries = {}});
  EXPECT_THAT(OpenOctets(Build({.entries = GoodExtended(), .comment = inner})),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(OpenOctets(Build({.entries = GoodExtended()}) + Build({.entries = GoodExtended()})),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, DirectoryThatLiesIsRefused) {
  const auto refused = FailsWith(Reason::kRequestMalformed);
  EXPECT_THAT(OpenOctets(Build({.entries = GoodExtended(), .entry_count = 3})), refused);
  EXPECT_THAT(OpenOctets(Build({.entries = GoodExtended(), .entry_count = 5})), refused);
  EXPECT_THAT(OpenOctets(Build({.entries = GoodExtended(), .directory_offset = 0})), refused);
  EXPECT_THAT(OpenOctets(Build({.entries = GoodExtended(), .directory_offset = 0xffffffff})),
              refused);
}

TEST_F(HostileContainer, EncryptedAndUnknownEntriesAreRefused) {
  const auto refused = FailsWith(Reason::kRequestMalformed);
  EXPECT_THAT(OpenWith({.name = "a", .flags = 1}), refused);
  EXPECT_THAT(OpenWith({.name = "a", .flags = 1 << 5}), refused);
  EXPECT_THAT(OpenWith({.name = "a", .flags = 1 << 13}), refused);
  for (const uint16_t method : {1, 9, 12, 14, 93, 95, 99}) {
    EXPECT_THAT(OpenWith({.name = "a", .method = method}), refused);
  }
}

TEST_F(HostileContainer, LinksAndDevicesAreRefused) {
  const auto refused = FailsWith(Reason::kRequestMalformed);
  EXPECT_THAT(OpenWith({.name = "a", .content = "b", .external_attributes = 0120777u << 16}),
              refused);
  EXPECT_THAT(OpenWith({.name = "a", .external_attributes = 0010644u << 16}), refused);
  EXPECT_THAT(OpenWith({.name = "a", .external_attributes = 0100644u << 16}), IsOk());
}

TEST_F(HostileContainer, WrongCrcIsRefusedWhenRead) {
  std::vector<RawEntry> entries = GoodExtended();
  entries[1].local_crc = entries[1].central_crc = 1;
  EXPECT_THAT(OpenOctets(Build({.entries = entries})), FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, WrongCrcOfTheFileOfASimpleOneIsRefusedWhenRead) {
  const auto container = OpenOctets(Build(
      {.entries = {{.name = "mimetype", .content = testing::kSimpleMimetype},
                   {.name = "document.txt", .content = "content", .local_crc = 1, .central_crc = 1},
                   {.name = "META-INF/signature.p7s", .content = testing::kSomeDer}}}));
  ASSERT_THAT(container, IsOk());
  EXPECT_THAT((*container)->DigestOf("document.txt", DigestAlgorithm::kSha256),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, StoredEntryOfTwoSizesIsRefused) {
  EXPECT_THAT(OpenWith({.name = "a", .content = "x", .central_size = 5}),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, EntryThatUnpacksToMoreOrLessIsRefused) {
  std::ofstream(folder_.File("content")) << std::string(5000, 'x');
  const std::string good = folder_.File("good.asice");
  ASSERT_THAT(ContainerDraft::Create(ContainerType::kExtended,
                                     {{.name = "a", .path = folder_.File("content")}},
                                     DigestAlgorithm::kSha256)
                  .value()
                  .Write(good, AsSpan(testing::kSomeDer)),
              IsOk());
  std::ifstream file(good, std::ios::binary);
  const std::string octets(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(OpenOctets(octets), IsOk());
  for (const uint32_t size : {4999u, 5001u, 1u, 0u, 100'000'000u}) {
    const std::string lying = absl::StrReplaceAll(octets, {{U32(5000), U32(size)}});
    EXPECT_THAT(OpenOctets(lying), FailsWith(Reason::kRequestMalformed)) << size;
  }
}

// Programs that read from the front find another entry there: its local header lies behind the data
// of the first, and the directory calls it a part of them.
TEST_F(HostileContainer, OctetsBehindTheDeflatedDataOfAnEntryAreRefused) {
  // An empty block, then one that is stored: "content".
  const std::string deflated =
      std::string("\x00\x00\x00\xff\xff\x01\x07\x00\xf8\xff", 10) + "content";
  const auto open = [&](const std::string& data, uint32_t unpacked) {
    return OpenWith({.name = "a",
                     .content = data,
                     .method = 8,
                     .local_crc = testing::Crc32("content"),
                     .central_size = unpacked,
                     .central_crc = testing::Crc32("content")});
  };
  EXPECT_THAT(open(deflated, 7), IsOk());
  EXPECT_THAT(open(deflated + "PK\x03\x04", 7), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(open(deflated + std::string(40'000, 'x'), 7), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(open(deflated.substr(0, 12), 7), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(open(deflated, 6), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(open("", 7), FailsWith(Reason::kRequestMalformed));
}

TEST_F(HostileContainer, BombIsRefusedByItsDirectory) {
  EXPECT_THAT(
      OpenWith(
          {.name = "a", .content = "x", .method = 8, .local_size = 1, .central_size = 0x7fffffff}),
      FailsWith(Reason::kRequestMalformed));  // the local header says another size
  EXPECT_THAT(OpenWith({.name = "a",
                        .content = "x",
                        .method = 8,
                        .local_size = 0,
                        .local_crc = 0,
                        .central_size = 0xffffffff}),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(OpenWith({.name = "a",
                        .content = "x",
                        .flags = 8,
                        .method = 8,
                        .local_size = 0,
                        .central_size = 0x7fffffff,
                        .behind = std::string(12, 'd')}),
              FailsWith(Reason::kLimitExceeded));
}

TEST_F(HostileContainer, BoundsOfTheCallerHold) {
  const std::string good = Build({.entries = GoodExtended()});
  EXPECT_THAT(OpenOctets(good, {.max_octets = good.size()}), IsOk());
  EXPECT_THAT(OpenOctets(good, {.max_octets = good.size() - 1}), FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(OpenOctets(good, {.max_unpacked_octets = 100}), FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(OpenOctets(good, {.max_entries = 4}), IsOk());
  EXPECT_THAT(OpenOctets(good, {.max_entries = 3}), FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(OpenOctets(good, {.max_signatures = 0}), FailsWith(Reason::kLimitExceeded));
}

TEST_F(HostileContainer, EveryTruncationIsRefused) {
  const std::string good = Build({.entries = GoodExtended()});
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_THAT(OpenOctets(good.substr(0, size)), FailsWith(Reason::kRequestMalformed)) << size;
  }
}

TEST_F(HostileContainer, MissingFileIsNotFound) {
  EXPECT_THAT(Container::Open(folder_.File("none"), {}), FailsWith(Reason::kNotFound));
}

}  // namespace
}  // namespace enkrat::asic
