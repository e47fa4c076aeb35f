#include "validation/printable.h"

#include "common/text.h"

namespace enkrat::validation {
namespace {

constexpr size_t kLongest = 1024;

void MakePrintable(std::string& text) { text = Printable(text); }

void MakePrintable(std::vector<std::string>& texts) {
  for (std::string& text : texts) MakePrintable(text);
}

void MakePrintable(std::vector<Check>& checks) {
  for (Check& check : checks) MakePrintable(check.detail);
}

void MakePrintable(std::vector<ChainElement>& chain) {
  for (ChainElement& element : chain) {
    MakePrintable(element.subject);
    MakePrintable(element.revocation_source);
  }
}

}  // namespace

std::string Printable(const std::string& text) {
  if (text.size() <= kLongest && CheckVisibleText(text, kLongest).ok()) return text;
  std::string printable = text.substr(0, kLongest);
  for (char& c : printable) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  }
  return printable;
}

void MakePrintable(Report& report) {
  MakePrintable(report.warnings);
  for (SignatureReport& signature : report.signatures) {
    MakePrintable(signature.id);
    MakePrintable(signature.signer_name);
    MakePrintable(signature.covered_files);
    MakePrintable(signature.changes_after);
    MakePrintable(signature.checks);
    MakePrintable(signature.chain);
    for (TimestampReport& timestamp : signature.timestamps) {
      MakePrintable(timestamp.checks);
      MakePrintable(timestamp.chain);
    }
  }
}

}  // namespace enkrat::validation
