#include "pades/linearization.h"

#include <qpdf/InputSource.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFTokenizer.hh>
#include <string>

#include "absl/strings/ascii.h"
#include "common/reason.h"
#include "pades/document_source.h"
#include "pades/qpdf_calls.h"

namespace enkrat::pades {
namespace {

constexpr uint64_t kHeadOctets = 1024;  // in which readers look for the end of the first object
constexpr uint64_t kMostFirstObjectOctets = uint64_t{1} << 20;
constexpr char kEndOfObject[] = "endobj";

struct FirstObject {
  QPDFObjectHandle dictionary;  // null if it is none
  uint64_t end = 0;
};

FirstObject ReadFirst(const std::shared_ptr<const DocumentOctets>& octets, QPDF& context) {
  const std::shared_ptr<InputSource> source = MakeDocumentSource(octets, kMostFirstObjectOctets);
  const auto next = [&] {
    QPDFTokenizer tokenizer;
    return tokenizer.readToken(source, "first object", /*allow_bad=*/true);
  };
  FirstObject first{.dictionary = QPDFObjectHandle::newNull()};
  if (!next().isInteger() || !next().isInteger() || !next().isWord("obj")) return first;
  const qpdf_offset_t begin = source->tell();
  if (next().getType() != QPDFTokenizer::tt_dict_open) return first;
  source->seek(begin, SEEK_SET);
  QPDFTokenizer tokenizer;
  bool empty = false;
  first.dictionary =
      QPDFObjectHandle::parse(source, "first object", tokenizer, empty, nullptr, &context);
  first.end = static_cast<uint64_t>(source->tell());
  return first;
}

absl::Status Differ() {
  return MakeError(Reason::kPdfDamaged, "readers see different documents in a linearised one");
}

absl::Status Check(const std::shared_ptr<const DocumentOctets>& octets, uint64_t section) {
  QPDF context;
  context.setSuppressWarnings(true);
  context.emptyPDF();
  FirstObject first = ReadFirst(octets, context);
  if (first.end == 0) return absl::OkStatus();
  // Longer than any that is meant, or broken: what readers make of it is not known.
  if (!first.dictionary.isDictionary()) return Differ();
  if (!first.dictionary.hasKey("/Linearized")) return absl::OkStatus();
  QPDFObjectHandle length = first.dictionary.getKey("/L");
  if (!length.isNumber() || length.getNumericValue() != static_cast<double>(octets->size())) {
    return absl::OkStatus();  // updated since, and read from its end by all
  }
  const std::string head = octets->Text(0, kHeadOctets);
  const size_t end = head.find(kEndOfObject);
  if (end == std::string::npos || end < first.end) return Differ();
  size_t start = end + sizeof(kEndOfObject) - 1;
  while (start < head.size() && absl::ascii_isspace(static_cast<unsigned char>(head[start]))) {
    ++start;
  }
  return start == section ? absl::OkStatus() : Differ();
}

}  // namespace

absl::Status CheckLinearization(const std::shared_ptr<const DocumentOctets>& octets,
                                uint64_t section) {
  return CallQpdf([&] { return Check(octets, section); });
}

}  // namespace enkrat::pades
