// Tests of the hash chain through evidence: its exact octets, and that everything is covered.
#include "store/evidence_chain.h"

#include <gtest/gtest.h>

#include <set>

#include "common/digest.h"

namespace enkrat::store {
namespace {

const absl::Time kAt = absl::FromUnixMicros(0x0102030405060708);

EvidenceChain Of(const std::vector<EvidenceRecord>& records, absl::string_view id = "id") {
  EvidenceChain chain(id);
  for (const EvidenceRecord& record : records) chain.Append(record);
  return chain;
}

TEST(EvidenceChain, HasExactlyTheDocumentedOctets) {
  Bytes message = ToBytes("enkrat/evidence/v1");
  message.push_back(0);
  Append(message, AsSpan("id"));
  Bytes head = ToBytes(Sha256(message));
  EXPECT_EQ(EvidenceChain("id").head(), head);
  const Bytes body = *FromHex(
      "0000000000000001"
      "0102030405060708"
      "0000000173"      // "s"
      "000000027b7d");  // "{}"
  message = {0x02};
  Append(message, head);
  Append(message, *FromHex("0000001b"));
  ASSERT_EQ(body.size(), 0x1b);
  Append(message, body);
  const EvidenceChain chain = Of({{"s", kAt, "{}"}});
  EXPECT_EQ(chain.head(), ToBytes(Sha256(message)));
  EXPECT_EQ(chain.count(), 1);
}

TEST(EvidenceChain, EveryChangeChangesTheHead) {
  const EvidenceRecord a = {"a", kAt, "{}"};
  const EvidenceRecord b = {"b", kAt, "{}"};
  const std::vector<Bytes> heads = {
      Of({}).head(),
      Of({a}).head(),
      Of({b}).head(),
      Of({a, b}).head(),
      Of({b, a}).head(),
      Of({a, a}).head(),
      Of({a, b}, "other").head(),
      Of({a, {"b", kAt + absl::Microseconds(1), "{}"}}).head(),
      Of({a, {"b{", kAt, "}"}}).head(),
      Of({a, {"b", kAt, "{ }"}}).head(),
  };
  EXPECT_EQ(std::set<Bytes>(heads.begin(), heads.end()).size(), heads.size());
}

TEST(EvidenceChain, GoesOnFromAStoredHead) {
  const EvidenceRecord a = {"a", kAt, "{}"};
  const EvidenceRecord b = {"b", kAt, "{}"};
  const EvidenceChain first = Of({a});
  EvidenceChain again(first.count(), first.head());
  again.Append(b);
  EXPECT_EQ(again.head(), Of({a, b}).head());
}

}  // namespace
}  // namespace enkrat::store
