#include "pades/object_streams.h"

#include <algorithm>
#include <map>
#include <optional>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFXRefEntry.hh>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/bytes.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/limited_stream.h"
#include "pades/stream_size.h"
#include "pades/token_count.h"

namespace enkrat::pades {
namespace {

constexpr uint64_t kMostObjectStreamOctets = uint64_t{16} << 20;
constexpr uint64_t kMostOctetsInObjectStreams = uint64_t{64} << 20;
constexpr uint64_t kOctetsOfAStep = 512;  // unpacked: as long as a step of a walk

using Members = std::map<int, int>;  // number of an object -> its place in the stream

absl::Status Damaged() {
  return MakeError(Reason::kPdfDamaged, "an object stream does not hold what is looked for in it");
}

bool IsWhite(uint8_t octet) {
  return octet == 0 || absl::ascii_isspace(static_cast<unsigned char>(octet));
}

// The next number of the header, which holds nothing else.
std::optional<int> TakeNumber(ByteSpan& header) {
  while (!header.empty() && IsWhite(header.front())) header.remove_prefix(1);
  constexpr int64_t kMost = INT32_MAX;
  int64_t number = 0;
  size_t digits = 0;
  for (; digits < header.size() && absl::ascii_isdigit(header[digits]); ++digits) {
    number = number * 10 + (header[digits] - '0');
    if (number > kMost) return std::nullopt;
  }
  if (digits == 0 || (digits < header.size() && !IsWhite(header[digits]))) return std::nullopt;
  header.remove_prefix(digits);
  return static_cast<int>(number);
}

absl::Status CheckHeader(ByteSpan header, int64_t count, const Members& members) {
  size_t found = 0;
  for (int place = 0; place < count; ++place) {
    const std::optional<int> number = TakeNumber(header);
    if (!number.has_value() || !TakeNumber(header).has_value()) return Damaged();
    const auto member = members.find(*number);
    if (member == members.end()) continue;
    if (member->second != place) return Damaged();
    ++found;
  }
  return found == members.size() ? absl::OkStatus() : Damaged();
}

// How many octets it unpacks to.
absl::StatusOr<uint64_t> CheckStream(QPDFObjectHandle stream, const Members& members,
                                     TokenCount& tokens) {
  ENKRAT_ASSIGN_OR_RETURN(const uint64_t size, UnpackedSize(stream, kMostObjectStreamOctets));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes octets, ReadStream(stream, kMostObjectStreamOctets));
  tokens.Add({reinterpret_cast<const char*>(octets.data()), octets.size()});
  QPDFObjectHandle count = stream.getDict().getKey("/N");
  QPDFObjectHandle first = stream.getDict().getKey("/First");
  if (!count.isInteger() || !first.isInteger() || first.getIntValue() < 0 ||
      static_cast<uint64_t>(first.getIntValue()) > octets.size()) {
    return Damaged();
  }
  ENKRAT_RETURN_IF_ERROR(
      CheckHeader(ByteSpan(octets).subspan(0, static_cast<size_t>(first.getIntValue())),
                  count.getIntValue(), members));
  return size;
}

}  // namespace

absl::Status CheckObjectStreams(QPDF& pdf, StepBudget& budget) {
  const std::map<QPDFObjGen, QPDFXRefEntry> table = pdf.getXRefTable();
  std::map<int, Members> streams;
  for (const auto& [id, entry] : table) {
    if (entry.getType() != 2) continue;
    streams[entry.getObjStreamNumber()][id.getObj()] = entry.getObjStreamIndex();
  }
  uint64_t total = 0;
  TokenCount tokens;
  for (const auto& [number, members] : streams) {
    const auto entry = table.find(QPDFObjGen(number, 0));
    if (entry == table.end() || entry->second.getType() != 1) {
      return MakeError(Reason::kPdfDamaged, "an object stream is not there");
    }
    QPDFObjectHandle stream = pdf.getObject(number, 0);
    if (!stream.isStream()) {
      return MakeError(Reason::kPdfDamaged, "an object stream is none");
    }
    ENKRAT_ASSIGN_OR_RETURN(const uint64_t size, CheckStream(stream, members, tokens));
    total += size;
    if (total > kMostOctetsInObjectStreams || tokens.count() > kMostTokens ||
        !budget.Spend(size / kOctetsOfAStep)) {
      return MakeError(Reason::kLimitExceeded, "object streams unpack to more than is allowed");
    }
  }
  return absl::OkStatus();
}

}  // namespace enkrat::pades
