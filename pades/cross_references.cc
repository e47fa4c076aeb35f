#include "pades/cross_references.h"

#include <algorithm>
#include <array>
#include <deque>
#include <qpdf/InputSource.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFTokenizer.hh>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/document_source.h"
#include "pades/qpdf_calls.h"
#include "pades/stream_filters.h"
#include "pades/stream_size.h"
#include "pades/strict_document.h"

namespace enkrat::pades {
namespace {

constexpr char kStart[] = "startxref";
constexpr absl::string_view kEndOfFile = "%%EOF";
constexpr size_t kMarkerOctets = 64;  // "startxref", a number and "%%EOF" with some white space
constexpr uint64_t kTailOctets = 1024;
constexpr size_t kEntryOctets = 20;

bool IsWhite(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\0';
}

size_t SkipWhite(absl::string_view text, size_t at) {
  while (at < text.size() && IsWhite(text[at])) ++at;
  return at;
}

// The number that starts at `at`, which is moved behind it.
std::optional<uint64_t> TakeNumber(absl::string_view text, size_t& at) {
  size_t end = at;
  while (end < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[end]))) ++end;
  uint64_t number = 0;
  if (end == at || end - at > 15 || !absl::SimpleAtoi(text.substr(at, end - at), &number)) {
    return std::nullopt;
  }
  at = end;
  return number;
}

bool TakeWord(absl::string_view text, absl::string_view word, size_t& at) {
  if (text.substr(std::min(at, text.size()), word.size()) != word) return false;
  at += word.size();
  return true;
}

// The marker whose "startxref" is at `at` in `text`, which is at `offset` in the document.
std::optional<EndMarker> MarkerAt(absl::string_view text, size_t at, uint64_t offset) {
  EndMarker marker;
  marker.begin = offset + at;
  at += sizeof(kStart) - 1;
  at = SkipWhite(text, at);
  const std::optional<uint64_t> section = TakeNumber(text, at);
  if (!section.has_value()) return std::nullopt;
  marker.section = *section;
  at = SkipWhite(text, at);
  if (!TakeWord(text, kEndOfFile, at)) return std::nullopt;
  marker.end = offset + at;
  return marker;
}

absl::Status Broken() {
  return MakeError(Reason::kPdfDamaged, "the chain of cross-references is broken");
}

// Reads the sections, each once.
class ChainReader {
 public:
  ChainReader(std::shared_ptr<const DocumentOctets> octets, const CrossReferenceLimits& limits)
      : octets_(std::move(octets)), limits_(limits) {
    context_.setSuppressWarnings(true);
    context_.emptyPDF();
  }

  absl::StatusOr<std::vector<CrossReferenceSection>> Read(uint64_t first) {
    std::vector<CrossReferenceSection> chain;
    std::optional<uint64_t> next = first;
    while (next.has_value()) {
      ENKRAT_ASSIGN_OR_RETURN(QPDFObjectHandle trailer, ReadSection(*next));
      if (trailer.hasKey("/Encrypt")) {
        return MakeError(Reason::kPdfEncrypted, "the PDF is encrypted");
      }
      CrossReferenceSection section;
      section.offset = *next;
      const QPDFObjectHandle beside = trailer.getKey("/XRefStm");
      if (trailer.hasKey("/XRefStm")) {
        ENKRAT_ASSIGN_OR_RETURN(const uint64_t place, Offset(beside));
        ENKRAT_RETURN_IF_ERROR(ReadSection(place).status());
        section.hybrid = true;
      }
      if (trailer.hasKey("/Prev")) {
        ENKRAT_ASSIGN_OR_RETURN(section.previous, Offset(trailer.getKey("/Prev")));
      }
      next = section.previous;
      chain.push_back(section);
    }
    return chain;
  }

 private:
  static absl::StatusOr<uint64_t> Offset(QPDFObjectHandle value) {
    if (value.isIndirect() || !value.isInteger() || value.getIntValue() < 0) return Broken();
    return static_cast<uint64_t>(value.getIntValue());
  }

  // The trailer dictionary of the section there, or the dictionary of its stream.
  absl::StatusOr<QPDFObjectHandle> ReadSection(uint64_t offset) {
    if (offset >= limits_.end || !seen_.insert(offset).second) return Broken();
    if (seen_.size() > static_cast<size_t>(limits_.max_sections)) {
      return MakeError(Reason::kLimitExceeded, "the document has too many revisions");
    }
    std::string text = octets_->Text(offset, kMarkerOctets);
    size_t at = SkipWhite(text, 0);
    if (TakeWord(text, "xref", at)) {
      ENKRAT_ASSIGN_OR_RETURN(const uint64_t trailer, SkipTable(offset + at));
      return ParseDictionary(trailer).first;
    }
    if (!TakeNumber(text, at).has_value()) return Broken();
    at = SkipWhite(text, at);
    if (!TakeNumber(text, at).has_value()) return Broken();
    at = SkipWhite(text, at);
    if (!TakeWord(text, "obj", at)) return Broken();
    auto [dictionary, end] = ParseDictionary(offset + at);
    if (!dictionary.isDictionary()) return Broken();
    ENKRAT_RETURN_IF_ERROR(CheckStream(dictionary, end));
    return dictionary;
  }

  absl::Status CountEntries(uint64_t more) {
    entries_ += more;
    if (entries_ > uint64_t{4} * static_cast<uint64_t>(limits_.max_objects)) {
      return MakeError(Reason::kLimitExceeded, "the document has too many objects");
    }
    return absl::OkStatus();
  }

  // Whether a subsection that says to begin with object 1 begins with the entry of object 0, for
  // which some readers make up.
  static bool IsShifted(absl::string_view entry, uint64_t count) {
    constexpr size_t kGeneration = 11;
    constexpr size_t kKind = 17;
    return count > 0 && entry.size() > kKind && entry[kKind] == 'f' &&
           (count > 1 || entry.substr(kGeneration, 5) == "65535");
  }

  // Where the dictionary of the "trailer" behind a table is.
  absl::StatusOr<uint64_t> SkipTable(uint64_t offset) {
    while (offset < limits_.end) {
      const std::string text = octets_->Text(offset, kMarkerOctets);
      size_t at = SkipWhite(text, 0);
      if (TakeWord(text, "trailer", at)) return offset + at;
      const std::optional<uint64_t> first = TakeNumber(text, at);
      if (!first.has_value()) return Broken();
      at = SkipWhite(text, at);
      const std::optional<uint64_t> count = TakeNumber(text, at);
      if (!count.has_value()) return Broken();
      ENKRAT_RETURN_IF_ERROR(CountEntries(*count));
      offset += SkipWhite(text, at);
      if (*first == 1 && IsShifted(octets_->Text(offset, kEntryOctets), *count)) return Broken();
      offset += *count * kEntryOctets;
    }
    return Broken();
  }

  // The dictionary and the place behind it; null if there is none.
  std::pair<QPDFObjectHandle, uint64_t> ParseDictionary(uint64_t offset) {
    const std::shared_ptr<InputSource> source = MakeDocumentSource(octets_, limits_.end);
    source->seek(static_cast<qpdf_offset_t>(offset), SEEK_SET);
    QPDFTokenizer tokenizer;
    bool empty = false;
    QPDFObjectHandle object =
        QPDFObjectHandle::parse(source, "trailer", tokenizer, empty, nullptr, &context_);
    if (!object.isDictionary()) object = QPDFObjectHandle::newDictionary();
    return {object, static_cast<uint64_t>(source->tell())};
  }

  // That the stream unpacks to about as much as its /Index and /W say. What is said by reference
  // would be read by QPDF, and not here.
  absl::Status CheckStream(QPDFObjectHandle dictionary, uint64_t end) {
    for (const char* const key : {"/Filter", "/DecodeParms", "/Index", "/W", "/Size"}) {
      if (dictionary.getKey(key).isIndirect()) return Broken();
    }
    ENKRAT_RETURN_IF_ERROR(CheckFilters(dictionary));
    const absl::StatusOr<uint64_t> length = Offset(dictionary.getKey("/Length"));
    const QPDFObjectHandle widths = dictionary.getKey("/W");
    if (!length.ok() || !QPDFObjectHandle(widths).isArray()) return Broken();
    uint64_t entry = 0;
    for (QPDFObjectHandle width : QPDFObjectHandle(widths).getArrayAsVector()) {
      ENKRAT_ASSIGN_OR_RETURN(const uint64_t octets, Offset(width));
      if (octets > 8) return Broken();
      entry += octets;
    }
    ENKRAT_ASSIGN_OR_RETURN(const uint64_t entries, StreamEntries(dictionary));
    ENKRAT_RETURN_IF_ERROR(CountEntries(entries));
    const bool packed = dictionary.hasKey("/Filter");
    QPDFObjectHandle filter = dictionary.getKey("/Filter");
    if (filter.isArray() && filter.getArrayNItems() == 1) filter = filter.getArrayItem(0);
    if (packed && !filter.isNameAndEquals("/FlateDecode")) return Broken();
    if (!packed) return absl::OkStatus();
    // A predictor adds an octet a row, and rows may be as short as an octet.
    return CheckInflated({.begin = end, .length = *length}, 2 * entries * entry + kTailOctets);
  }

  static absl::StatusOr<uint64_t> StreamEntries(QPDFObjectHandle dictionary) {
    if (!dictionary.hasKey("/Index")) return Offset(dictionary.getKey("/Size"));
    QPDFObjectHandle index = dictionary.getKey("/Index");
    if (!index.isArray() || index.getArrayNItems() % 2 != 0) return Broken();
    uint64_t entries = 0;
    for (int i = 1; i < index.getArrayNItems(); i += 2) {
      ENKRAT_ASSIGN_OR_RETURN(const uint64_t count, Offset(index.getArrayItem(i)));
      if (count > (uint64_t{1} << 32)) return Broken();
      entries += count;
    }
    return entries;
  }

  absl::Status CheckInflated(OctetRange stream, uint64_t most) {
    const std::string text = octets_->Text(stream.begin, kMarkerOctets);
    size_t at = SkipWhite(text, 0);
    if (!TakeWord(text, "stream", at)) return Broken();
    if (at < text.size() && text[at] == '\r') ++at;
    if (at < text.size() && text[at] == '\n') ++at;
    stream.begin += at;
    std::array<char, 4096> piece;
    return InflatedSize(
               [&]() -> ByteSpan {
                 const size_t got = octets_->Read(stream.begin, piece.data(),
                                                  std::min<uint64_t>(piece.size(), stream.length));
                 stream.begin += got;
                 stream.length -= got;
                 return ByteSpan(reinterpret_cast<const uint8_t*>(piece.data()), got);
               },
               most)
        .status();
  }

  const std::shared_ptr<const DocumentOctets> octets_;
  const CrossReferenceLimits limits_;
  QPDF context_;  // for the references in the dictionaries
  std::set<uint64_t> seen_;
  uint64_t entries_ = 0;
};

}  // namespace

std::optional<EndMarker> ClosingMarker(const DocumentOctets& octets, uint64_t end) {
  const uint64_t begin = end - std::min(end, kTailOctets);
  const std::string text = octets.Text(begin, static_cast<size_t>(end - begin));
  const size_t at = text.rfind(kStart);
  if (at == std::string::npos) return std::nullopt;
  const std::optional<EndMarker> marker = MarkerAt(text, at, begin);
  if (!marker.has_value()) return std::nullopt;
  const size_t behind = static_cast<size_t>(marker->end - begin);
  if (SkipWhite(text, behind) != text.size()) return std::nullopt;
  return marker;
}

std::vector<EndMarker> FindMarkers(const DocumentOctets& octets, uint64_t begin, uint64_t end,
                                   size_t most) {
  constexpr size_t kPiece = 64 * 1024;
  std::vector<EndMarker> markers;
  while (begin < end && markers.size() < most) {
    // The pieces overlap by what a marker may take.
    const size_t length =
        static_cast<size_t>(std::min<uint64_t>(kPiece + kMarkerOctets, end - begin));
    const std::string text = octets.Text(begin, length);
    for (size_t at = text.find(kStart); at != std::string::npos && at < kPiece;
         at = text.find(kStart, at + 1)) {
      if (auto marker = MarkerAt(text, at, begin)) markers.push_back(*marker);
    }
    begin += kPiece;
  }
  return markers;
}

absl::StatusOr<std::vector<CrossReferenceSection>> ReadCrossReferences(
    const std::shared_ptr<const DocumentOctets>& octets, uint64_t first,
    const CrossReferenceLimits& limits) {
  return CallQpdf([&] { return ChainReader(octets, limits).Read(first); });
}

}  // namespace enkrat::pades
