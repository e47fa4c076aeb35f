#include "pades/update_file.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/reason.h"

namespace enkrat::pades {
namespace {

constexpr int kMostObjectNumbers = 8'388'607;  // ISO 32000-1 annex C.2

struct Entry {
  uint64_t offset = 0;
  int generation = 0;
};
using Entries = std::map<int, Entry>;

// Runs of consecutive numbers: first number and length.
std::vector<std::pair<int, int>> Subsections(const Entries& entries) {
  std::vector<std::pair<int, int>> runs;
  for (const auto& [number, entry] : entries) {
    if (!runs.empty() && runs.back().first + runs.back().second == number) {
      ++runs.back().second;
    } else {
      runs.emplace_back(number, 1);
    }
  }
  return runs;
}

std::string LayTable(const Entries& entries, const DictionaryText& trailer) {
  std::string text = "xref\n";
  for (const auto& [first, count] : Subsections(entries)) {
    absl::StrAppend(&text, first, " ", count, "\n");
    for (int number = first; number < first + count; ++number) {
      const Entry& entry = entries.at(number);
      absl::StrAppendFormat(&text, "%010d %05d n \n", entry.offset, entry.generation);
    }
  }
  return absl::StrCat(text, "trailer\n", trailer.ToString(), "\n");
}

void AppendNumber(std::string& octets, uint64_t value, int width) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
    octets.push_back(static_cast<char>(value >> shift));
  }
}

// Type 1 entries only, not compressed; it lists itself (ISO 32000-1 7.5.8).
std::string LayStream(int number, const Entries& entries, DictionaryText dictionary) {
  std::string index;
  for (const auto& [first, count] : Subsections(entries)) {
    absl::StrAppend(&index, index.empty() ? "" : " ", first, " ", count);
  }
  std::string content;
  for (const auto& [unused, entry] : entries) {
    content.push_back(1);
    AppendNumber(content, entry.offset, 5);
    AppendNumber(content, static_cast<uint64_t>(entry.generation), 2);
  }
  dictionary.Set("/Type", "/XRef")
      .Set("/W", "[ 1 5 2 ]")
      .Set("/Index", absl::StrCat("[ ", index, " ]"))
      .Set("/Length", absl::StrCat(content.size()));
  return absl::StrCat(number, " 0 obj\n", dictionary.ToString(), "\nstream\n", content,
                      "\nendstream\nendobj\n");
}

}  // namespace

absl::StatusOr<UpdateFile> LayUpdateFile(const RevisionEnd& end, const UpdateObjects& objects,
                                         DictionaryText trailer) {
  UpdateFile update;
  std::string text = end.ends_with_line_end ? "" : "\n";
  const auto offset = [&] { return end.file_octets + text.size(); };
  Entries entries;
  for (const auto& [number, object] : objects.objects()) {
    entries[number] = {.offset = offset(), .generation = object.generation};
    absl::StrAppend(&text, number, " ", object.generation, " obj\n");
    update.body_begins[number] = text.size();
    absl::StrAppend(&text, object.body, "\nendobj\n");
  }
  const bool table = end.form == CrossReferenceForm::kTable;
  const uint64_t section = offset();
  const int size = objects.size() + (table ? 0 : 1);
  if (section > uint64_t{9'999'999'999} || size > kMostObjectNumbers) {
    return MakeError(Reason::kLimitExceeded, "the document has no room for an update");
  }
  trailer.Set("/Size", absl::StrCat(size)).Set("/Prev", absl::StrCat(end.cross_reference_offset));
  if (table) {
    absl::StrAppend(&text, LayTable(entries, trailer));
  } else {
    entries[objects.size()] = {.offset = section};
    absl::StrAppend(&text, LayStream(objects.size(), entries, std::move(trailer)));
  }
  absl::StrAppend(&text, "startxref\n", section, "\n%%EOF\n");
  update.octets = ToBytes(text);
  return update;
}

}  // namespace enkrat::pades
