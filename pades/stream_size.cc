#include "pades/stream_size.h"

#include <algorithm>
#include <exception>
#include <qpdf/Pipeline.hh>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/QPDFObjectHandle.hh>

#include "common/digest.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/stream_filters.h"

namespace enkrat::pades {
namespace {

constexpr size_t kPieceOctets = 512;  // of packed octets: at most half a MiB when unpacked

// The end of a pipe: counts.
class Sink final : public Pipeline {
 public:
  explicit Sink(uint64_t most) : Pipeline("sink", nullptr), most_(most) {}

  void write(unsigned char const*, size_t length) override { count_ += length; }
  void finish() override {}
  bool full() const { return count_ > most_; }
  uint64_t count() const { return count_; }

 private:
  const uint64_t most_;
  uint64_t count_ = 0;
};

// Lets packed octets through to `next` in small pieces, until the sink at its end is full.
class Valve final : public Pipeline {
 public:
  Valve(Pipeline* into, const Sink& sink) : Pipeline("valve", into), sink_(sink) {}

  void write(unsigned char const* octets, size_t length) override {
    while (length > 0 && !sink_.full()) {
      const size_t piece = std::min(length, kPieceOctets);
      getNext()->write(octets, piece);
      octets += piece;
      length -= piece;
    }
  }
  void finish() override {
    if (!sink_.full()) getNext()->finish();
  }

 private:
  const Sink& sink_;
};

class DigestSink final : public Pipeline {
 public:
  DigestSink() : Pipeline("digest", nullptr), context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_.get(), DigestMethod(DigestAlgorithm::kSha256), nullptr);
  }
  void write(unsigned char const* octets, size_t length) override {
    EVP_DigestUpdate(context_.get(), octets, length);
  }
  void finish() override {}
  Bytes Digest() {
    Bytes digest(32);
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    return digest;
  }

 private:
  EvpMdCtxPtr context_;
};

enum class Packing { kNone, kFlate, kOther };

Packing PackingOf(QPDFObjectHandle dictionary) {
  if (dictionary.hasKey("/F")) return Packing::kOther;  // octets of another file
  QPDFObjectHandle filter = dictionary.getKey("/Filter");
  if (filter.isArray()) {
    if (filter.getArrayNItems() == 0) return Packing::kNone;
    if (filter.getArrayNItems() > 1) return Packing::kOther;
    filter = filter.getArrayItem(0);
  }
  if (filter.isNull()) return Packing::kNone;
  const bool flate = filter.isNameAndEquals("/FlateDecode") || filter.isNameAndEquals("/Fl");
  return flate ? Packing::kFlate : Packing::kOther;
}

}  // namespace

absl::StatusOr<uint64_t> UnpackedSize(QPDFObjectHandle& stream, uint64_t most_octets) {
  ENKRAT_RETURN_IF_ERROR(CheckFilters(stream.getDict()));
  const Packing packing = PackingOf(stream.getDict());
  if (packing == Packing::kOther) {
    return MakeError(Reason::kPdfDamaged, "a stream is packed in a way that is not read here");
  }
  Sink sink(most_octets);
  Pl_Flate inflate("inflate", &sink, Pl_Flate::a_inflate);
  Valve valve(packing == Packing::kFlate ? static_cast<Pipeline*>(&inflate) : &sink, sink);
  bool attempted = false;
  const bool done = stream.pipeStreamData(&valve, &attempted, 0, qpdf_dl_none,
                                          /*suppress_warnings=*/true);
  if (sink.full()) {
    return MakeError(Reason::kLimitExceeded, "a stream unpacks to more than is allowed");
  }
  if (!done) return MakeError(Reason::kPdfDamaged, "a stream cannot be unpacked");
  return sink.count();
}

absl::StatusOr<Bytes> PackedDigest(QPDFObjectHandle& stream) {
  DigestSink sink;
  bool attempted = false;
  if (!stream.pipeStreamData(&sink, &attempted, 0, qpdf_dl_none, /*suppress_warnings=*/true)) {
    return MakeError(Reason::kPdfDamaged, "a stream cannot be read");
  }
  return sink.Digest();
}

absl::StatusOr<uint64_t> InflatedSize(const std::function<ByteSpan()>& feed, uint64_t most_octets) {
  Sink sink(most_octets);
  Pl_Flate inflate("inflate", &sink, Pl_Flate::a_inflate);
  Valve valve(&inflate, sink);
  try {
    for (ByteSpan piece = feed(); !piece.empty() && !sink.full(); piece = feed()) {
      valve.write(piece.data(), piece.size());
    }
    valve.finish();
  } catch (const std::exception&) {
    return MakeError(Reason::kPdfDamaged, "a cross-reference stream cannot be unpacked");
  }
  if (sink.full()) {
    return MakeError(Reason::kLimitExceeded, "a stream unpacks to more than is allowed");
  }
  return sink.count();
}

}  // namespace enkrat::pades
