#include "pades/source_document.h"

#include <algorithm>
#include <optional>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFXRefEntry.hh>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/cross_references.h"
#include "pades/pdf_signing.h"
#include "pades/qpdf_calls.h"

namespace enkrat::pades {
namespace {

constexpr int kMaxSections = 512;
constexpr uint64_t kParsingSteps = 10'000'000;

absl::Status Damaged(absl::string_view what) { return MakeError(Reason::kPdfDamaged, what); }

// The last marker. Behind it white space, zeros and %%EOF once more are common, and no reader
// minds.
std::optional<EndMarker> LastMarker(const DocumentOctets& octets) {
  constexpr uint64_t kTailOctets = 1024;
  const uint64_t begin = octets.size() - std::min(octets.size(), kTailOctets);
  const std::vector<EndMarker> markers = FindMarkers(octets, begin, octets.size(), kTailOctets);
  if (markers.empty()) return std::nullopt;
  std::string behind = octets.Text(markers.back().end, kTailOctets);
  absl::StrReplaceAll({{"%%EOF", ""}}, &behind);
  const bool blank = std::all_of(behind.begin(), behind.end(), [](char octet) {
    return octet == '\0' || absl::ascii_isspace(static_cast<unsigned char>(octet));
  });
  return blank ? std::make_optional(markers.back()) : std::nullopt;
}

absl::StatusOr<RevisionEnd> FindRevisionEnd(const DocumentOctets& octets) {
  if (octets.Text(0, 5) != "%PDF-") return Damaged("the document does not begin as a PDF");
  RevisionEnd end{.file_octets = octets.size()};
  const std::optional<EndMarker> marker = LastMarker(octets);
  if (!marker.has_value()) return Damaged("the document does not end as a PDF");
  end.marker_end = marker->end;
  end.cross_reference_offset = marker->section;
  const std::string last = octets.Text(octets.size() - 1, 1);
  end.ends_with_line_end = last == "\n" || last == "\r";
  // A table begins with "xref", a stream with its "n g obj".
  const std::string begin = octets.Text(marker->section, 64);
  if (!absl::StartsWith(absl::StripLeadingAsciiWhitespace(begin), "xref")) {
    end.form = CrossReferenceForm::kStream;
  }
  return end;
}

}  // namespace

absl::StatusOr<SourceDocument> SourceDocument::Open(const std::string& path) {
  SourceDocument document;
  ENKRAT_ASSIGN_OR_RETURN(document.octets_, DocumentOctets::Open(path, kMaxDocumentOctets));
  ENKRAT_ASSIGN_OR_RETURN(document.end_, FindRevisionEnd(*document.octets_));
  StepBudget budget(kParsingSteps);
  ENKRAT_ASSIGN_OR_RETURN(document.parsed_, StrictDocument::Parse(document.octets_,
                                                                  {.end = document.end_.marker_end,
                                                                   .max_objects = kMaxObjects,
                                                                   .max_sections = kMaxSections},
                                                                  budget));
  ENKRAT_RETURN_IF_ERROR(CallQpdf([&] { return document.CheckTrailer(); }));
  return document;
}

absl::Status SourceDocument::CheckTrailer() {
  QPDFObjectHandle trailer = qpdf().getTrailer();
  if (!trailer.getKey("/Root").isIndirect()) return Damaged("the catalog is no object of its own");
  QPDFObjectHandle size = trailer.getKey("/Size");
  if (!size.isInteger()) return Damaged("the trailer has no size");
  // A wrong /Size is common: no number that is in use may be used again.
  const auto table = qpdf().getXRefTable();
  const int highest = table.empty() ? 0 : table.rbegin()->first.getObj();
  const long long free = std::max<long long>(size.getIntValue(), highest + 1LL);
  if (free > 8'388'000) {  // ISO 32000-1 annex C.2, with room for an update
    return MakeError(Reason::kLimitExceeded, "the document has too many objects");
  }
  first_free_object_ = static_cast<int>(free);
  return CheckUndamaged();
}

absl::Status SourceDocument::CheckUndamaged() const {
  const std::string complaint = parsed_->Complaint();
  return complaint.empty() ? absl::OkStatus() : Damaged(complaint);
}

}  // namespace enkrat::pades
