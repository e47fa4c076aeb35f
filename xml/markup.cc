#include "xml/markup.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::xml {
namespace {

constexpr auto kNone = absl::string_view::npos;
constexpr size_t kMaxDeclarationSize = 128;

absl::Status Refuse(absl::string_view why) { return MakeError(Reason::kRequestMalformed, why); }
absl::Status TooMuch(absl::string_view what) { return MakeError(Reason::kLimitExceeded, what); }

// The quoted value of a pseudo-attribute of the XML declaration; empty if it is not there.
absl::string_view DeclaredValue(absl::string_view declaration, absl::string_view name) {
  size_t place = declaration.find(name);
  if (place == kNone) return "";
  place = declaration.find_first_of("'\"", place);
  if (place == kNone) return "";
  const size_t end = declaration.find(declaration[place], place + 1);
  return end == kNone ? "" : declaration.substr(place + 1, end - place - 1);
}

// Takes the XML declaration off the front of `xml`, if there is one (XML 1.0 2.8).
absl::Status TakeDeclaration(absl::string_view& xml) {
  if (!absl::StartsWith(xml, "<?xml")) return absl::OkStatus();
  const size_t end = xml.substr(0, kMaxDeclarationSize).find("?>");
  if (end == kNone) return Refuse("the XML declaration has no end");
  const absl::string_view declaration = xml.substr(0, end);
  if (DeclaredValue(declaration, "version") != "1.0") return Refuse("not XML 1.0");
  if (absl::StrContains(declaration, "encoding") &&
      !absl::EqualsIgnoreCase(DeclaredValue(declaration, "encoding"), "UTF-8")) {
    return Refuse("not in UTF-8");
  }
  xml.remove_prefix(end + 2);
  return absl::OkStatus();
}

// Counts while it walks from tag to tag.
class MarkupWalk {
 public:
  MarkupWalk(absl::string_view rest, const MarkupBounds& bounds) : rest_(rest), bounds_(bounds) {}

  absl::Status Run() {
    for (;;) {
      const size_t next = rest_.find('<');
      if (next == kNone) break;
      rest_.remove_prefix(next);
      ENKRAT_RETURN_IF_ERROR(TakeMarkup());
    }
    return depth_ == 0 ? absl::OkStatus() : Refuse("an element has no end");
  }

 private:
  absl::Status TakeMarkup() {
    if (absl::StartsWith(rest_, "<?")) return Refuse("holds a processing instruction");
    if (absl::StartsWith(rest_, "<!--") && bounds_.comments_allowed) return TakeComment();
    if (absl::StartsWith(rest_, "<!")) {
      return Refuse("holds a comment, a CDATA section or a document type declaration");
    }
    if (absl::StartsWith(rest_, "</")) return TakeEndTag();
    return TakeStartTag();
  }

  absl::Status TakeComment() {
    const size_t end = rest_.find("-->", 4);
    if (end == kNone) return Refuse("a comment has no end");
    rest_.remove_prefix(end + 3);
    return absl::OkStatus();
  }

  absl::Status TakeEndTag() {
    const size_t end = rest_.find('>');
    if (end == kNone) return Refuse("a tag has no end");
    rest_.remove_prefix(end + 1);
    return --depth_ < 0 ? Refuse("an element ends that has not begun") : absl::OkStatus();
  }

  absl::Status TakeStartTag() {
    if (++elements_ > bounds_.elements) return TooMuch("too many elements");
    int attributes = 0;
    size_t place = 1;
    while (place < rest_.size() && rest_[place] != '>') {
      const char c = rest_[place];
      if (c == '<') return Refuse("a tag has no end");
      if (c == '\'' || c == '"') {
        if (++attributes > bounds_.attributes) return TooMuch("too many attributes");
        place = rest_.find(c, place + 1);
        if (place == kNone) return Refuse("an attribute has no end");
      }
      ++place;
    }
    if (place >= rest_.size()) return Refuse("a tag has no end");
    const bool empty_element = rest_[place - 1] == '/';
    rest_.remove_prefix(place + 1);
    if (!empty_element && ++depth_ > bounds_.depth) return TooMuch("nested too deep");
    return absl::OkStatus();
  }

  absl::string_view rest_;
  const MarkupBounds& bounds_;
  int depth_ = 0;
  int elements_ = 0;
};

}  // namespace

absl::Status CheckMarkup(absl::string_view xml, const MarkupBounds& bounds) {
  if (xml.size() > bounds.size) return TooMuch("too long");
  // UTF-16 and UTF-32 spell every ASCII character with a zero octet.
  if (xml.find('\0') != kNone) return Refuse("not in UTF-8");
  absl::ConsumePrefix(&xml, "\xEF\xBB\xBF");
  ENKRAT_RETURN_IF_ERROR(TakeDeclaration(xml));
  return MarkupWalk(xml, bounds).Run();
}

}  // namespace enkrat::xml
