// Tests of the check of evidence: each thing that was changed is found.
#include "signer/evidence_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "store/evidence_chain.h"

namespace enkrat::signer {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::Time kAt = absl::FromUnixSeconds(1'800'000'000);

Bytes Digest(absl::string_view text) {
  return ComputeDigest(DigestAlgorithm::kSha256, AsSpan(text));
}

void Seal(store::EvidenceTrail& trail) {
  store::EvidenceChain chain(trail.session.session_id);
  for (const store::EvidenceRecord& record : trail.evidence) chain.Append(record);
  trail.head = store::EvidenceHead{.count = chain.count(), .head = chain.head()};
}

// A session that completed, whose result is still held and whose certificate is not.
store::EvidenceTrail CompletedTrail() {
  store::EvidenceTrail trail;
  trail.session.session_id = "00000000000000000000000000000001";
  trail.session.state = store::SessionState::kCompleted;
  trail.session.request_digest = Digest("request");
  trail.session.result = ToBytes("result");
  trail.session.result_digest = Digest("result");
  trail.session.ended_at = kAt;
  const auto add = [&](const char* step, const std::string& facts) {
    trail.evidence.push_back({step, kAt, facts});
  };
  add("admitted", absl::StrCat(R"({"request_sha256":")", ToHex(Digest("request")), "\"}"));
  add("assertion-verified", "{}");
  add("key-generated", R"({"key_id":"7","public_key_sha256":"aa"})");
  add("certificate-issued", absl::StrCat(R"({"serial_number":"1f","certificate_sha256":")",
                                         ToHex(Digest("certificate")), "\"}"));
  add("documents-signed", "{}");
  add("key-destroyed", R"({"key_id":"7","public_key_sha256":"aa"})");
  add("timestamped", "{}");
  add("completed", absl::StrCat(R"({"result_sha256":")", ToHex(Digest("result")), "\"}"));
  trail.certificate = store::CertificateRecord{.session_id = trail.session.session_id,
                                               .relying_party = "rp",
                                               .der = {},
                                               .serial_number = "1f",
                                               .fingerprint_sha256 = Digest("certificate"),
                                               .not_before = kAt,
                                               .not_after = kAt};
  Seal(trail);
  return trail;
}

TEST(EvidenceCheck, CompletedSessionHolds) {
  const EvidenceVerdict verdict = CheckEvidence(CompletedTrail());
  EXPECT_THAT(verdict.faults, IsEmpty());
  EXPECT_TRUE(verdict.chained);
  EXPECT_THAT(verdict.checked, Contains(HasSubstr("hash chain")));
}

struct Case {
  const char* name;
  std::function<void(store::EvidenceTrail&)> spoil;
  bool seal_again;  // by somebody who also changes the head
};

class SpoiltEvidence : public ::testing::TestWithParam<Case> {};

TEST_P(SpoiltEvidence, IsFound) {
  store::EvidenceTrail trail = CompletedTrail();
  GetParam().spoil(trail);
  if (GetParam().seal_again) Seal(trail);
  EXPECT_THAT(CheckEvidence(trail).faults, Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(
    Each, SpoiltEvidence,
    ::testing::Values(
        Case{"ChangedFact",
             [](auto& trail) { trail.evidence[1].facts_json = "{\"loa\":\"high\"}"; }, false},
        Case{"ChangedTime", [](auto& trail) { trail.evidence[1].at += absl::Microseconds(1); },
             false},
        Case{"DroppedRecord", [](auto& trail) { trail.evidence.erase(trail.evidence.begin() + 1); },
             false},
        Case{"DroppedLastRecord", [](auto& trail) { trail.evidence.pop_back(); }, false},
        Case{"AddedRecord",
             [](auto& trail) {
               trail.evidence.push_back({"more", kAt, "{}"});
             },
             false},
        Case{"SwappedRecords", [](auto& trail) { std::swap(trail.evidence[1], trail.evidence[6]); },
             false},
        Case{"OtherCount", [](auto& trail) { ++trail.head->count; }, false},
        Case{"OtherHead", [](auto& trail) { trail.head->head[0] ^= 1; }, false},
        Case{"EvidenceOfAnotherSession", [](auto& trail) { trail.session.session_id.back() = '2'; },
             false},
        Case{"MissingStep", [](auto& trail) { trail.evidence.erase(trail.evidence.begin() + 5); },
             true},
        Case{"StepsOutOfOrder",
             [](auto& trail) { std::swap(trail.evidence[2], trail.evidence[5]); }, true},
        Case{"StepAfterTheEnd",
             [](auto& trail) {
               trail.evidence.push_back({"admitted", kAt, "{}"});
             },
             true},
        Case{"OtherRequest", [](auto& trail) { trail.session.request_digest[0] ^= 1; }, false},
        Case{"OtherSerial", [](auto& trail) { trail.certificate->serial_number = "1e"; }, false},
        Case{"OtherFingerprint", [](auto& trail) { trail.certificate->fingerprint_sha256[0] ^= 1; },
             false},
        Case{"OtherCertificate", [](auto& trail) { trail.certificate->der = ToBytes("other"); },
             false},
        Case{"NoCertificate", [](auto& trail) { trail.certificate.reset(); }, false},
        Case{"OtherKeyDestroyed",
             [](auto& trail) {
               trail.evidence[5].facts_json = R"({"key_id":"8","public_key_sha256":"aa"})";
             },
             true},
        Case{"OtherResult", [](auto& trail) { trail.session.result = ToBytes("other"); }, false},
        Case{"OtherResultDigest", [](auto& trail) { trail.session.result_digest[0] ^= 1; }, false},
        Case{"FactsThatAreNoJson", [](auto& trail) { trail.evidence[0].facts_json = "{x}"; }, true},
        Case{"FactOfAnotherType",
             [](auto& trail) { trail.evidence[0].facts_json = "{\"request_sha256\":7}"; }, true},
        Case{"ErasedWithoutARecord",
             [](auto& trail) { trail.session.personal_data_erased_at = kAt; }, false}),
    [](const auto& spoilt) { return spoilt.param.name; });

TEST(EvidenceCheck, ErasedSessionHolds) {
  store::EvidenceTrail trail = CompletedTrail();
  trail.evidence.push_back({"personal-data-erased", kAt + absl::Hours(1), "{}"});
  trail.session.personal_data_erased_at = kAt + absl::Hours(1);
  trail.session.result.reset();
  Seal(trail);
  EXPECT_THAT(CheckEvidence(trail).faults, IsEmpty());
}

TEST(EvidenceCheck, SessionOfAnOlderVersionHoldsAndIsSaidToHaveNoChain) {
  store::EvidenceTrail trail = CompletedTrail();
  trail.head.reset();
  const EvidenceVerdict verdict = CheckEvidence(trail);
  EXPECT_THAT(verdict.faults, IsEmpty());
  EXPECT_FALSE(verdict.chained);
}

TEST(EvidenceCheck, AbandonedAndOpenSessionsHold) {
  store::EvidenceTrail trail = CompletedTrail();
  trail.session.state = store::SessionState::kOpen;
  trail.session.ended_at.reset();
  trail.session.result.reset();
  trail.session.result_digest.clear();
  trail.certificate.reset();
  trail.evidence.resize(2);
  Seal(trail);
  EXPECT_THAT(CheckEvidence(trail).faults, IsEmpty());
  trail.session.state = store::SessionState::kAbandoned;
  EXPECT_THAT(CheckEvidence(trail).faults, Not(IsEmpty()));
  trail.evidence.push_back({"session-abandoned", kAt, "{}"});
  Seal(trail);
  EXPECT_THAT(CheckEvidence(trail).faults, IsEmpty());
}

}  // namespace
}  // namespace enkrat::signer
