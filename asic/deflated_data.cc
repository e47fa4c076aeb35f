#include "asic/deflated_data.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "common/reason.h"

namespace enkrat::asic {
namespace {

constexpr size_t kPiece = 16 * 1024;

absl::Status Malformed() {
  return MakeError(Reason::kRequestMalformed,
                   "the ZIP has an entry whose data are not all that is in its place");
}

// A raw inflation, ended with the object.
class Inflation {
 public:
  Inflation() : good_(inflateInit2(&stream_, -MAX_WBITS) == Z_OK) {}
  ~Inflation() { inflateEnd(&stream_); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  z_stream& stream() { return stream_; }
  bool good() const { return good_; }

 private:
  z_stream stream_ = {};
  const bool good_;
};

}  // namespace

absl::Status CheckDeflatedData(std::FILE* file, const DeflatedData& data) {
  Inflation inflation;
  if (!inflation.good()) return MakeError(Reason::kInternal, "no memory to unpack");
  if (fseeko(file, static_cast<off_t>(data.offset), SEEK_SET) != 0) return Malformed();
  z_stream& stream = inflation.stream();
  std::array<unsigned char, kPiece> packed, unpacked;
  uint64_t left = data.packed_octets;
  int state = Z_OK;
  while (state == Z_OK && stream.total_out <= data.unpacked_octets) {
    if (stream.avail_in == 0) {
      const size_t wanted = static_cast<size_t>(std::min<uint64_t>(packed.size(), left));
      if (std::fread(packed.data(), 1, wanted, file) != wanted) return Malformed();
      left -= wanted;
      stream.next_in = packed.data();
      stream.avail_in = static_cast<unsigned>(wanted);
    }
    stream.next_out = unpacked.data();
    stream.avail_out = static_cast<unsigned>(unpacked.size());
    state = inflate(&stream, Z_NO_FLUSH);  // Z_BUF_ERROR when nothing is left to go on with
  }
  const bool whole = state == Z_STREAM_END && stream.avail_in == 0 && left == 0 &&
                     stream.total_out == data.unpacked_octets;
  return whole ? absl::OkStatus() : Malformed();
}

}  // namespace enkrat::asic
