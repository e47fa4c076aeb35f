#include "pades/revision_end.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/pdf_signing.h"

namespace enkrat::pades {
namespace {

// As far as QPDF, poppler and Acrobat look (ISO 32000-1 annex H, notes 13 and 18).
constexpr uint64_t kHeadOctets = 1024;
constexpr uint64_t kTailOctets = 1054;

absl::Status Damaged(absl::string_view what) { return MakeError(Reason::kPdfDamaged, what); }

absl::StatusOr<std::string> ReadAt(std::ifstream& file, uint64_t offset, uint64_t octets) {
  std::string text(octets, '\0');
  file.seekg(static_cast<std::streamoff>(offset));
  if (!file.read(text.data(), static_cast<std::streamsize>(octets))) {
    return MakeError(Reason::kInternal, "the document cannot be read");
  }
  return text;
}

// Of "%PDF-1.7" and the like.
absl::StatusOr<uint64_t> FindHeader(absl::string_view head) {
  for (size_t at = head.find("%PDF-"); at != absl::string_view::npos;
       at = head.find("%PDF-", at + 1)) {
    const absl::string_view version = head.substr(at + 5, 3);
    if (version.size() == 3 && absl::ascii_isdigit(version[0]) && version[1] == '.' &&
        absl::ascii_isdigit(version[2])) {
      return at;
    }
  }
  return Damaged("no PDF header in the first 1024 octets");
}

absl::StatusOr<uint64_t> FindStartOfCrossReference(absl::string_view tail) {
  const size_t at = tail.rfind("startxref");
  if (at == absl::string_view::npos) return Damaged("no startxref at the end");
  const absl::string_view rest = absl::StripLeadingAsciiWhitespace(tail.substr(at + 9));
  const size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  uint64_t offset = 0;
  if (digits == 0 || digits > 10 || !absl::SimpleAtoi(rest.substr(0, digits), &offset) ||
      offset == 0) {
    return Damaged("startxref without an offset");
  }
  return offset;
}

// A table begins with "xref", a stream with its "n g obj".
absl::StatusOr<CrossReferenceForm> FormAt(absl::string_view section) {
  section = absl::StripLeadingAsciiWhitespace(section);
  if (absl::StartsWith(section, "xref")) return CrossReferenceForm::kTable;
  if (!section.empty() && absl::ascii_isdigit(section[0])) return CrossReferenceForm::kStream;
  return Damaged("startxref does not point to a cross-reference section");
}

}  // namespace

absl::StatusOr<RevisionEnd> FindRevisionEnd(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff length = file ? static_cast<std::streamoff>(file.tellg()) : -1;
  if (length < 0) return MakeError(Reason::kNotFound, "the document cannot be opened");
  RevisionEnd end{.file_octets = static_cast<uint64_t>(length)};
  if (end.file_octets > kMaxDocumentOctets) {
    return MakeError(Reason::kLimitExceeded, "the document is too long");
  }
  if (end.file_octets == 0) return Damaged("the document is empty");
  ENKRAT_ASSIGN_OR_RETURN(const std::string head,
                          ReadAt(file, 0, std::min(kHeadOctets, end.file_octets)));
  ENKRAT_ASSIGN_OR_RETURN(end.header_offset, FindHeader(head));
  const uint64_t tail_octets = std::min(kTailOctets, end.file_octets - end.header_offset);
  ENKRAT_ASSIGN_OR_RETURN(const std::string tail,
                          ReadAt(file, end.file_octets - tail_octets, tail_octets));
  end.ends_with_line_end = tail.back() == '\n' || tail.back() == '\r';
  ENKRAT_ASSIGN_OR_RETURN(end.cross_reference_offset, FindStartOfCrossReference(tail));
  const uint64_t section = end.header_offset + end.cross_reference_offset;
  if (section >= end.file_octets) return Damaged("startxref points beyond the end");
  ENKRAT_ASSIGN_OR_RETURN(const std::string begin,
                          ReadAt(file, section, std::min<uint64_t>(64, end.file_octets - section)));
  ENKRAT_ASSIGN_OR_RETURN(end.form, FormAt(begin));
  return end;
}

}  // namespace enkrat::pades
