#include "pades/document_source.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <qpdf/InputSource.hh>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "pades/token_count.h"

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
    const bool goes_on = place_ == lexed_end_;
    const size_t done = Copy(out, length);
    // QPDF's lexer reads pieces of this size, and whoever reads streams and tables others.
    constexpr size_t kPieceOfLexer = 128;
    if (length == kPieceOfLexer) CountTokens({out, done}, goes_on);
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
  size_t Copy(char* out, size_t length) {
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

  // Of objects that are longer than a piece: how many there may be of others is bounded elsewhere.
  void CountTokens(absl::string_view piece, bool goes_on) {
    if (goes_on) tokens_.Add(piece);
    if (!goes_on) tokens_.Pause();
    lexed_end_ = place_;
    if (tokens_.count() > kMostTokens) throw std::bad_alloc();
  }

  const std::shared_ptr<const DocumentOctets> octets_;
  const uint64_t end_;
  const std::string name_ = "document";
  uint64_t place_ = 0;
  std::array<char, 16 * 1024> window_ = {};
  uint64_t window_begin_ = 0;
  size_t window_size_ = 0;
  uint64_t lexed_end_ = 0;
  TokenCount tokens_;
};

}  // namespace

std::shared_ptr<InputSource> MakeDocumentSource(std::shared_ptr<const DocumentOctets> octets,
                                                uint64_t end) {
  return std::make_shared<DocumentSource>(std::move(octets), end);
}

}  // namespace enkrat::pades
