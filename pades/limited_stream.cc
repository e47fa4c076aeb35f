#include "pades/limited_stream.h"

#include <qpdf/Pipeline.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <stdexcept>
#include <utility>

#include "common/reason.h"
#include "pades/stream_filters.h"

namespace enkrat::pades {
namespace {

// QPDF's pipelines are stopped by exceptions.
class TooMuch : public std::runtime_error {
 public:
  TooMuch() : std::runtime_error("too much") {}
};

class LimitedSink final : public Pipeline {
 public:
  explicit LimitedSink(size_t most_octets)
      : Pipeline("limited", nullptr), most_octets_(most_octets) {}

  void write(const unsigned char* data, size_t size) override {
    if (size > most_octets_ - octets_.size()) throw TooMuch();
    octets_.insert(octets_.end(), data, data + size);
  }
  void finish() override {}
  Bytes Take() { return std::move(octets_); }

 private:
  const size_t most_octets_;
  Bytes octets_;
};

}  // namespace

absl::StatusOr<Bytes> ReadStream(QPDFObjectHandle stream, size_t most_octets) {
  const absl::Status damaged = MakeError(Reason::kPdfDamaged, "a stream that cannot be decoded");
  if (!stream.isStream() || !CheckFilters(stream.getDict()).ok()) return damaged;
  LimitedSink sink(most_octets);
  try {
    constexpr bool kSuppressWarnings = true, kWillRetry = false;
    if (!stream.pipeStreamData(&sink, nullptr, 0, qpdf_dl_generalized, kSuppressWarnings,
                               kWillRetry)) {
      return damaged;
    }
  } catch (const TooMuch&) {
    return MakeError(Reason::kLimitExceeded, "a stream is too long");
  } catch (const std::exception&) {
    return damaged;
  }
  return sink.Take();
}

}  // namespace enkrat::pades
