// The source of a trusted list: fetched, kept as long as it is good, never replaced by a worse one.
#include "trusted_list/list_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/file.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_fetcher.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/trusted_list/trusted_list_fixture.h"

namespace enkrat::trusted_list {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::FakeHttpFetcher;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::ScratchFolder;
using ::enkrat::testing::SignTrustedList;
using ::enkrat::testing::TrustedListText;

constexpr char kUrl[] = "https://lists.example/si.xml";

class ListSourceTest : public TrustedListTest {
 protected:
  std::string List(const std::string& number) const {
    return SignTrustedList(key_, TrustedListText{.sequence_number = number}.Xml());
  }
  // In time until the end of the year; List() expires on 2026-06-01.
  std::string LateList(const std::string& number) const {
    return SignTrustedList(
        key_,
        TrustedListText{.sequence_number = number, .next_update = "2026-12-31T00:00:00Z"}.Xml());
  }
  ListSource::Options FromUrl() {
    return {.url = kUrl,
            .signer_certificates_der = {CertificateOf(key_)},
            .fetcher = &fetcher_,
            .clock = &clock_};
  }
  // The list 7 in a cache, fetched once, and then the time in which it expired.
  ListSource::Options FromUrlWithAnExpiredCache() {
    ListSource::Options options = FromUrl();
    options.cache_file = folder_.File("cache.xml");
    fetcher_.Answer(kUrl, List("7"));
    EXPECT_THAT(ListSource::Create(options).value()->Refresh(), IsOk());
    clock_.Advance(Day(2026, 6, 1) - clock_.Now());
    return options;
  }
  static int NumberOf(const ListSource& source) {
    const auto list = source.Current();
    return list.ok() ? (*list)->sequence_number : -1;
  }

  FakeClock clock_{Day(2026, 2, 1)};
  FakeHttpFetcher fetcher_;
  const ScratchFolder folder_;
};

TEST_F(ListSourceTest, ListFromAUrlIsHeld) {
  fetcher_.Answer(kUrl, List("7"));
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(FromUrl()));
  EXPECT_THAT(source->Current(), FailsWith(Reason::kValidationDataUnavailable));
  ASSERT_THAT(source->Refresh(), IsOk());
  EXPECT_EQ(NumberOf(*source), 7);
  EXPECT_EQ(fetcher_.requests().at(0).max_response_size, size_t{32} << 20);
  EXPECT_EQ(fetcher_.requests().at(0).plain_http, PlainHttp::kRefused);
}

TEST_F(ListSourceTest, ListFromAFileIsHeld) {
  const std::string path = folder_.File("list.xml");
  ASSERT_THAT(WriteFile(path, AsSpan(List("7")), {}), IsOk());
  ASSERT_OK_AND_ASSIGN(
      const auto source,
      ListSource::Create(
          {.file = path, .signer_certificates_der = {CertificateOf(key_)}, .clock = &clock_}));
  ASSERT_THAT(source->Refresh(), IsOk());
  EXPECT_EQ(NumberOf(*source), 7);
}

TEST_F(ListSourceTest, LastGoodListStaysWhenTheNextCannotBeHad) {
  fetcher_.Answer(kUrl, List("7"));
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(FromUrl()));
  ASSERT_THAT(source->Refresh(), IsOk());
  fetcher_.SetDown(true);
  EXPECT_THAT(source->Refresh(), FailsWith(Reason::kValidationDataUnavailable));
  fetcher_.SetDown(false);
  fetcher_.Answer(kUrl, 503, "away");
  EXPECT_THAT(source->Refresh(), FailsWith(Reason::kValidationDataUnavailable));
  fetcher_.Answer(kUrl, "<html/>");
  EXPECT_THAT(source->Refresh(), FailsWith(Reason::kRequestMalformed));
  fetcher_.Answer(kUrl, SignTrustedList(testing::SamlSigningPair(),
                                        TrustedListText{.sequence_number = "8"}.Xml()));
  EXPECT_THAT(source->Refresh(), FailsWith(Reason::kNotPermitted));
  EXPECT_EQ(NumberOf(*source), 7);
}

TEST_F(ListSourceTest, HeldListIsNotUsedFromItsNextUpdateOn) {
  fetcher_.Answer(kUrl, List("7"));
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(FromUrl()));
  ASSERT_THAT(source->Refresh(), IsOk());
  clock_.Advance(Day(2026, 6, 1) - Day(2026, 2, 1) - absl::Seconds(1));
  EXPECT_EQ(NumberOf(*source), 7);
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(source->Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(ListSourceTest, OlderListDoesNotReplaceANewerOne) {
  fetcher_.Answer(kUrl, List("7"));
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(FromUrl()));
  ASSERT_THAT(source->Refresh(), IsOk());
  fetcher_.Answer(kUrl, List("6"));
  EXPECT_THAT(source->Refresh(), FailsWith(Reason::kNotPermitted));
  EXPECT_EQ(NumberOf(*source), 7);
  fetcher_.Answer(kUrl, List("8"));
  EXPECT_THAT(source->Refresh(), IsOk());
  EXPECT_EQ(NumberOf(*source), 8);
}

TEST_F(ListSourceTest, FreshListIsNotAskedForAgain) {
  fetcher_.Answer(kUrl, List("7"));
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(FromUrl()));
  source->KeepFresh();
  clock_.Advance(absl::Hours(6) - absl::Seconds(1));
  source->KeepFresh();
  EXPECT_EQ(fetcher_.CountOf(kUrl), 1u);
  clock_.Advance(absl::Seconds(1));
  source->KeepFresh();
  EXPECT_EQ(fetcher_.CountOf(kUrl), 2u);
}

TEST_F(ListSourceTest, FailureIsTriedAgainSoonButNotAtOnce) {
  fetcher_.SetDown(true);
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(FromUrl()));
  source->KeepFresh();
  source->KeepFresh();
  EXPECT_EQ(fetcher_.CountOf(kUrl), 1u);
  clock_.Advance(absl::Minutes(5));
  source->KeepFresh();
  EXPECT_EQ(fetcher_.CountOf(kUrl), 2u);
}

TEST_F(ListSourceTest, SecondRefreshAtTheSameTimeIsRefused) {
  fetcher_.Answer(kUrl, List("7"));
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(FromUrl()));
  absl::Status second;
  fetcher_.OnFetch([&](const HttpRequest&) { second = source->Refresh(); });
  EXPECT_THAT(source->Refresh(), IsOk());
  EXPECT_THAT(second, FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(ListSourceTest, CachedListIsThereAfterARestartWithoutNetwork) {
  ListSource::Options options = FromUrl();
  options.cache_file = folder_.File("cache.xml");
  fetcher_.Answer(kUrl, List("7"));
  ASSERT_OK_AND_ASSIGN(const auto first, ListSource::Create(options));
  ASSERT_THAT(first->Refresh(), IsOk());
  fetcher_.SetDown(true);
  ASSERT_OK_AND_ASSIGN(const auto second, ListSource::Create(options));
  EXPECT_EQ(NumberOf(*second), 7);
}

TEST_F(ListSourceTest, ExpiredListIsNotReplacedByAnOlderOne) {
  fetcher_.Answer(kUrl, List("7"));
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(FromUrl()));
  ASSERT_THAT(source->Refresh(), IsOk());
  clock_.Advance(Day(2026, 6, 1) - clock_.Now());
  fetcher_.Answer(kUrl, LateList("6"));
  EXPECT_THAT(source->Refresh(), FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(source->Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(ListSourceTest, ExpiredCacheIsNotUsed) {
  const ListSource::Options options = FromUrlWithAnExpiredCache();
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(options));
  EXPECT_THAT(source->Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(ListSourceTest, ExpiredCacheIsNotReplacedByAnOlderListAfterARestart) {
  const ListSource::Options options = FromUrlWithAnExpiredCache();
  const Bytes cached = ReadFile(options.cache_file, 1 << 20).value();
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(options));
  fetcher_.Answer(kUrl, LateList("6"));
  EXPECT_THAT(source->Refresh(), FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(source->Current(), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_EQ(ReadFile(options.cache_file, 1 << 20).value(), cached);
}

TEST_F(ListSourceTest, ExpiredCacheIsReplacedByANewerListAfterARestart) {
  const ListSource::Options options = FromUrlWithAnExpiredCache();
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(options));
  fetcher_.Answer(kUrl, LateList("8"));
  EXPECT_THAT(source->Refresh(), IsOk());
  EXPECT_EQ(NumberOf(*source), 8);
}

TEST_F(ListSourceTest, ListThatIsExpiredWhenFetchedDoesNotReplaceTheHeldOne) {
  ListSource::Options options = FromUrl();
  options.cache_file = folder_.File("cache.xml");
  fetcher_.Answer(kUrl, List("7"));
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(options));
  ASSERT_THAT(source->Refresh(), IsOk());
  const Bytes cached = ReadFile(options.cache_file, 1 << 20).value();
  fetcher_.Answer(
      kUrl,
      SignTrustedList(
          key_,
          TrustedListText{.sequence_number = "8", .next_update = "2026-02-01T00:00:00Z"}.Xml()));
  EXPECT_THAT(source->Refresh(), FailsWith(Reason::kNotPermitted));
  EXPECT_EQ(NumberOf(*source), 7);
  EXPECT_EQ(ReadFile(options.cache_file, 1 << 20).value(), cached);
}

TEST_F(ListSourceTest, ListIsHeldThoughItCannotBeCached) {
  ListSource::Options options = FromUrl();
  options.cache_file = folder_.File("no-such-folder/cache.xml");
  fetcher_.Answer(kUrl, List("7"));
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(options));
  EXPECT_THAT(source->Refresh(), IsOk());
  EXPECT_EQ(NumberOf(*source), 7);
}

TEST_F(ListSourceTest, CacheIsVerifiedLikeAnyList) {
  ListSource::Options options = FromUrl();
  options.cache_file = folder_.File("cache.xml");
  const std::string forged = SignTrustedList(testing::SamlSigningPair(), TrustedListText{}.Xml());
  ASSERT_THAT(WriteFile(options.cache_file, AsSpan(forged), {}), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto source, ListSource::Create(options));
  EXPECT_THAT(source->Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(ListSourceTest, OptionsThatDoNotFitTogetherAreRejected) {
  ListSource::Options both = FromUrl();
  both.file = "list.xml";
  EXPECT_THAT(ListSource::Create(both), FailsWith(Reason::kConfigurationInvalid));
  ListSource::Options neither = FromUrl();
  neither.url = "";
  EXPECT_THAT(ListSource::Create(neither), FailsWith(Reason::kConfigurationInvalid));
  ListSource::Options nobody = FromUrl();
  nobody.fetcher = nullptr;
  EXPECT_THAT(ListSource::Create(nobody), FailsWith(Reason::kConfigurationInvalid));
  ListSource::Options no_signer = FromUrl();
  no_signer.signer_certificates_der = {};
  EXPECT_THAT(ListSource::Create(no_signer), FailsWith(Reason::kConfigurationInvalid));
  ListSource::Options no_clock = FromUrl();
  no_clock.clock = nullptr;
  EXPECT_THAT(ListSource::Create(no_clock), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::trusted_list
