#include "store/evidence_chain.h"

#include "common/digest.h"

namespace enkrat::store {
namespace {

constexpr absl::string_view kGenesis("enkrat/evidence/v1\0", 19);
constexpr uint8_t kChainPrefix = 0x02;

void AppendNumber(Bytes& out, uint64_t number, int octets) {
  for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<uint8_t>(number >> (8 * i)));
}

void AppendItem(Bytes& out, absl::string_view text) {
  AppendNumber(out, text.size(), 4);
  enkrat::Append(out, AsSpan(text));
}

}  // namespace

EvidenceChain::EvidenceChain(absl::string_view session_id) {
  Bytes message = ToBytes(AsSpan(kGenesis));
  enkrat::Append(message, AsSpan(session_id));
  head_ = ToBytes(Sha256(message));
}

void EvidenceChain::Append(const EvidenceRecord& record) {
  Bytes body;
  body.reserve(24 + record.step.size() + record.facts_json.size());
  AppendNumber(body, static_cast<uint64_t>(++count_), 8);
  AppendNumber(body, static_cast<uint64_t>(absl::ToUnixMicros(record.at)), 8);
  AppendItem(body, record.step);
  AppendItem(body, record.facts_json);
  Bytes message = {kChainPrefix};
  message.reserve(body.size() + 37);
  enkrat::Append(message, head_);
  AppendNumber(message, body.size(), 4);
  enkrat::Append(message, body);
  head_ = ToBytes(Sha256(message));
}

}  // namespace enkrat::store
