#include "pades/script_runs.h"

#include <unicode/ubidi.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>

namespace enkrat::pades {
namespace {

struct Close {
  void operator()(UBiDi* bidi) const { ubidi_close(bidi); }
};

// The line in ICU's UTF-16, and for each unit of it the octet where its character begins.
struct Units {
  std::vector<UChar> text;
  std::vector<size_t> octet;
};

Units ToUnits(const std::string& line) {
  Units units;
  for (size_t place = 0; place < line.size();) {
    const size_t begin = place;
    UChar32 character = 0;
    U8_NEXT_OR_FFFD(line.data(), place, line.size(), character);
    if (!U_IS_BMP(character)) {
      units.text.push_back(U16_LEAD(character));
      units.octet.push_back(begin);
    }
    units.text.push_back(U_IS_BMP(character) ? static_cast<UChar>(character)
                                             : U16_TRAIL(character));
    units.octet.push_back(begin);
  }
  units.octet.push_back(line.size());
  return units;
}

UScriptCode ScriptAt(const std::string& line, size_t place) {
  UChar32 character = 0;
  U8_NEXT_OR_FFFD(line.data(), place, line.size(), character);
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(character, &error);
  return U_FAILURE(error) || script == USCRIPT_INHERITED ? USCRIPT_COMMON : script;
}

// Cuts a run of one direction where the script changes; what all scripts use goes with what stands
// before it.
std::vector<ScriptRun> CutByScript(const std::string& line, const ScriptRun& run) {
  std::vector<ScriptRun> cut = {{run.begin, run.begin, run.to_the_left}};
  UScriptCode current = USCRIPT_COMMON;
  for (size_t place = run.begin; place < run.end;) {
    const UScriptCode script = ScriptAt(line, place);
    if (script != USCRIPT_COMMON && current != USCRIPT_COMMON && script != current) {
      cut.push_back({place, place, run.to_the_left});
    }
    if (script != USCRIPT_COMMON) current = script;
    U8_FWD_1(line.data(), place, run.end);
    cut.back().end = place;
  }
  if (run.to_the_left) std::reverse(cut.begin(), cut.end());
  return cut;
}

}  // namespace

std::vector<ScriptRun> RunsFromLeftToRight(const std::string& line) {
  if (line.empty()) return {};
  const ScriptRun whole{0, line.size(), false};
  const Units units = ToUnits(line);
  const std::unique_ptr<UBiDi, Close> bidi(ubidi_open());
  UErrorCode error = U_ZERO_ERROR;
  ubidi_setPara(bidi.get(), units.text.data(), static_cast<int32_t>(units.text.size()),
                UBIDI_DEFAULT_LTR, nullptr, &error);
  const int32_t count = ubidi_countRuns(bidi.get(), &error);
  if (U_FAILURE(error)) return CutByScript(line, whole);  // out of memory: as it is written
  std::vector<ScriptRun> runs;
  for (int32_t i = 0; i < count; ++i) {
    int32_t begin = 0;
    int32_t size = 0;
    const bool to_the_left = ubidi_getVisualRun(bidi.get(), i, &begin, &size) == UBIDI_RTL;
    const ScriptRun run{units.octet[begin], units.octet[begin + size], to_the_left};
    const std::vector<ScriptRun> cut = CutByScript(line, run);
    runs.insert(runs.end(), cut.begin(), cut.end());
  }
  return runs;
}

}  // namespace enkrat::pades
