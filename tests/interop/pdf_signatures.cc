#include "tests/interop/pdf_signatures.h"

#include <array>
#include <cstdio>

#include "absl/strings/escaping.h"

namespace enkrat::testing {
namespace {

// Of a DER element with a long length: all of it and nothing behind it. Of BER whose length is
// indefinite: everything.
std::string FirstElement(const std::string& octets) {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(octets[i]); };
  if (octets.size() < 8 || at(1) == 0x80) return octets;
  size_t header = 2;
  size_t length = at(1);
  if (length >= 0x80) {
    header += length & 0x7f;
    length = 0;
    for (size_t i = 2; i < header; ++i) length = length << 8 | at(i);
  }
  return octets.substr(0, header + length);
}

}  // namespace

std::vector<PdfSignatureOctets> PdfSignaturesIn(const std::string& pdf) {
  constexpr char kByteRange[] = "/ByteRange [";
  std::vector<PdfSignatureOctets> found;
  for (size_t at = 0; (at = pdf.find(kByteRange, at)) != std::string::npos; ++at) {
    std::array<size_t, 4> range{};
    if (std::sscanf(pdf.c_str() + at, "/ByteRange [ %zu %zu %zu %zu", &range[0], &range[1],
                    &range[2], &range[3]) != 4) {
      continue;
    }
    const size_t end_of_first = range[0] + range[1];
    if (range[2] <= end_of_first + 2 || range[2] + range[3] > pdf.size()) continue;
    PdfSignatureOctets signature;
    signature.covered = pdf.substr(range[0], range[1]) + pdf.substr(range[2], range[3]);
    const std::string hex = pdf.substr(end_of_first + 1, range[2] - end_of_first - 2);
    signature.contents = FirstElement(absl::HexStringToBytes(hex));
    const size_t object = pdf.rfind(" obj", at);
    const size_t filter = pdf.find("/SubFilter /", object) + 12;
    signature.sub_filter = pdf.substr(filter, pdf.find_first_of(" \r\n/>", filter) - filter);
    found.push_back(std::move(signature));
  }
  return found;
}

}  // namespace enkrat::testing
