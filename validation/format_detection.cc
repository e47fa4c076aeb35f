#include "validation/format_detection.h"

#include <openssl/pem.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"

namespace enkrat::validation {
namespace {

constexpr char kPdfHeader[] = "%PDF-";
constexpr char kPdfEnd[] = "startxref";
constexpr char kZipHeader[] = "PK\x03\x04";
constexpr char kPemBegin[] = "-----BEGIN ";
constexpr uint8_t kSignedDataOid[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                      0xf7, 0x0d, 0x01, 0x07, 0x02};

bool StartsWith(ByteSpan octets, ByteSpan prefix) {
  return octets.size() >= prefix.size() && octets.first(prefix.size()) == prefix;
}

bool Contains(ByteSpan octets, ByteSpan wanted) {
  return std::search(octets.begin(), octets.end(), wanted.begin(), wanted.end()) != octets.end();
}

// What stands in a SEQUENCE, of definite or indefinite length, as far as it is there.
std::optional<ByteSpan> SequenceBody(ByteSpan octets) {
  if (octets.size() < 2 || octets[0] != der_tag::kSequence) return std::nullopt;
  const size_t more = octets[1] > 0x80 ? octets[1] & 0x7f : 0;
  if (more > 4 || octets.size() < 2 + more) return std::nullopt;
  return octets.subspan(2 + more);
}

// PKIStatusInfo ::= SEQUENCE { status INTEGER, ... } comes first in a TimeStampResp.
bool BeginsWithStatus(ByteSpan body) {
  const std::optional<ByteSpan> status = SequenceBody(body);
  return status.has_value() && !status->empty() && (*status)[0] == der_tag::kInteger;
}

absl::StatusOr<Bytes> FromPem(ByteSpan file) {
  const BioPtr bio(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* octets = nullptr;
  long size = 0;
  const bool good = PEM_read_bio(bio.get(), &name, &header, &octets, &size) == 1;
  DrainOpenSslErrors();
  if (!good) return MakeError(Reason::kRequestMalformed, "PEM that cannot be read");
  const absl::string_view kind(name);
  const bool fits = kind == "PKCS7" || kind == "CMS" || kind == "PKCS #7 SIGNED DATA";
  Bytes content(octets, octets + size);
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(octets);
  if (!fits) return MakeError(Reason::kRequestMalformed, "PEM of something that is no signature");
  return content;
}

}  // namespace

absl::StatusOr<FileFormat> DetectFormat(ByteSpan first_octets) {
  const ByteSpan head = first_octets.first(std::min(first_octets.size(), kFormatOctets));
  if (StartsWith(head, AsSpan(kZipHeader))) return FileFormat::kContainer;
  if (StartsWith(head, AsSpan(kPemBegin))) return FileFormat::kSignedDataPem;
  if (const std::optional<ByteSpan> body = SequenceBody(head)) {
    if (StartsWith(*body, kSignedDataOid)) return FileFormat::kSignedData;
    if (BeginsWithStatus(*body)) return FileFormat::kTimestampResponse;
  }
  if (Contains(head, AsSpan(kPdfHeader))) return FileFormat::kPdf;
  return MakeError(Reason::kRequestMalformed, "not a PDF, an ASiC container, a CMS or a timestamp");
}

// Readers look for the header anywhere in so many octets, and for the cross-references in the last
// ones. A PDF that was put into a CMS or a container has its end far from the file's.
bool OpensAsPdf(ByteSpan first_octets, ByteSpan last_octets) {
  return Contains(first_octets, AsSpan(kPdfHeader)) && Contains(last_octets, AsSpan(kPdfEnd));
}

absl::StatusOr<Bytes> SignedDataIn(FileFormat format, ByteSpan file) {
  if (format == FileFormat::kSignedDataPem) return FromPem(file);
  if (format == FileFormat::kSignedData) return ToBytes(file);
  const std::optional<ByteSpan> response = OnlyElement(file, der_tag::kSequence);
  if (response.has_value()) {
    DerReader fields(*response);
    const std::optional<DerElement> status = fields.Take(der_tag::kSequence);
    const std::optional<DerElement> token = fields.Take(der_tag::kSequence);
    if (status.has_value() && token.has_value() && fields.AtEnd()) return ToBytes(token->whole);
  }
  return MakeError(Reason::kRequestMalformed, "a timestamp response without a timestamp");
}

}  // namespace enkrat::validation
