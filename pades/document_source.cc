#include "pades/document_source.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <qpdf/InputSource.hh>
#include <string>
#include <utility>

namespace enkrat::pades {
namespace {

class DocumentSource final : public InputSource {
 public:
  DocumentSource(std::shared_ptr<const DocumentOctets> octets, uint64_t end)
      : octets_(std::move(octets)), end_(std::min(end, octets_->size())) {}

  std::string const& getName() const override { return name_; }
  qpdf_offset_t tell() override { return static_cast<qpdf_offset_t>(place_); }
  void rewind() override { place_ = 0; }

  void seek(qpdf_offset_t offset, int whence) override {
    const auto end = static_cast<qpdf_offset_t>(end_);
    qpdf_offset_t from = 0;
    if (whence == SEEK_CUR) from = static_cast<qpdf_offset_t>(place_);
    if (whence == SEEK_END) from = end;
    // A hostile offset leads to the begin or the end, never to an overflow.
    const qpdf_offset_t by = std::clamp(offset, -end - from, end);
    place_ = static_cast<uint64_t>(std::clamp<qpdf_offset_t>(from + by, 0, end));
  }

  void unreadCh(char) override {
    if (place_ > 0) --place_;
  }

  size_t read(char* out, size_t length) override {
    last_offset = static_cast<qpdf_offset_t>(place_);
    size_t done = 0;
    while (done < length && place_ < end_) {
      if (place_ < window_begin_ || place_ >= window_begin_ + window_size_) {
        window_begin_ = place_;
        window_size_ =
            octets_->Read(place_, window_.data(),
                          static_cast<size_t>(std::min<uint64_t>(window_.size(), end_ - place_)));
        if (window_size_ == 0) break;
      }
      const size_t skip = static_cast<size_t>(place_ - window_begin_);
      const size_t piece = std::min(length - done, window_size_ - skip);
      std::memcpy(out + done, window_.data() + skip, piece);
      done += piece;
      place_ += piece;
    }
    return done;
  }

  // The offset of the next line end; behind it and all that follow it at once.
  qpdf_offset_t findAndSkipNextEOL() override {
    char c = 0;
    while (read(&c, 1) == 1) {
      if (c != '\r' && c != '\n') continue;
      const qpdf_offset_t found = tell() - 1;
      while (read(&c, 1) == 1) {
        if (c != '\r' && c != '\n') {
          unreadCh(c);
          break;
        }
      }
      return found;
    }
    return tell();
  }

 private:
  const std::shared_ptr<const DocumentOctets> octets_;
  const uint64_t end_;
  const std::string name_ = "document";
  uint64_t place_ = 0;
  std::array<char, 16 * 1024> window_ = {};
  uint64_t window_begin_ = 0;
  size_t window_size_ = 0;
};

}  // namespace

std::shared_ptr<InputSource> MakeDocumentSource(std::shared_ptr<const DocumentOctets> octets,
                                                uint64_t end) {
  return std::make_shared<DocumentSource>(std::move(octets), end);
}

}  // namespace enkrat::pades
