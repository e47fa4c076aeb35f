#include "pades/signature_update_maker.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::pades {
namespace {

constexpr size_t kChunkOctets = 64 * 1024;

class RangeDigest {
 public:
  explicit RangeDigest(DigestAlgorithm algorithm)
      : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
    ok_ = EVP_DigestInit_ex(context_.get(), DigestMethod(algorithm), nullptr) == 1;
  }
  void Add(ByteSpan octets) {
    ok_ = ok_ && EVP_DigestUpdate(context_.get(), octets.data(), octets.size()) == 1;
  }
  absl::Status AddAll(const DocumentOctets& octets) {
    std::string chunk(kChunkOctets, '\0');
    for (uint64_t at = 0; at < octets.size();) {
      const size_t size = octets.Read(at, chunk.data(), chunk.size());
      if (size == 0) return MakeError(Reason::kInternal, "the document cannot be read to its end");
      Add(AsSpan(absl::string_view(chunk).substr(0, size)));
      at += size;
    }
    return absl::OkStatus();
  }
  absl::StatusOr<Bytes> Finish() {
    Bytes digest(DigestSize(algorithm_));
    if (!ok_ || EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) {
      return MakeError(Reason::kInternal, "the document's digest cannot be computed");
    }
    return digest;
  }

 private:
  DigestAlgorithm algorithm_;
  EvpMdCtxPtr context_;
  bool ok_ = false;
};

// All of the file but the hexadecimal string with its brackets (ISO 32000-1 12.8.1).
std::string ByteRangeText(uint64_t gap_begin, uint64_t gap_end, uint64_t file_end) {
  std::string text = absl::StrCat("[0 ", gap_begin, " ", gap_end, " ", file_end - gap_end, "]");
  text.resize(kByteRangeOctets, ' ');
  return text;
}

}  // namespace

absl::StatusOr<SignatureUpdate> SignatureUpdateMaker::Make(DocumentUpdate& update,
                                                           Options options) {
  const size_t contents_begin = options.dictionary.contents_begin;
  const size_t contents_end = options.dictionary.body.find('>', contents_begin) + 1;
  update.objects().Set(options.signature, std::move(options.dictionary.body));
  ENKRAT_ASSIGN_OR_RETURN(UpdateFile laid, update.Lay());

  const size_t body = laid.body_begins.at(options.signature);
  const size_t gap_begin = body + contents_begin;
  const size_t gap_end = body + contents_end;
  const uint64_t before = update.document().end().file_octets;
  const std::string range =
      ByteRangeText(before + gap_begin, before + gap_end, before + laid.octets.size());
  std::copy(range.begin(), range.end(),
            laid.octets.begin() +
                static_cast<std::ptrdiff_t>(body + options.dictionary.byte_range_begin));

  RangeDigest digest(options.digest_algorithm);
  ENKRAT_RETURN_IF_ERROR(digest.AddAll(update.document().octets()));
  const ByteSpan octets = laid.octets;
  digest.Add(octets.subspan(0, gap_begin));
  digest.Add(octets.subspan(gap_end));

  SignatureUpdate made;
  made.digest_algorithm_ = options.digest_algorithm;
  ENKRAT_ASSIGN_OR_RETURN(made.digest_, digest.Finish());
  made.field_name_ = std::move(options.field_name);
  made.octets_ = std::move(laid.octets);
  made.contents_begin_ = gap_begin + 1;
  made.contents_digits_ = gap_end - gap_begin - 2;
  return made;
}

}  // namespace enkrat::pades
