#include "common/bytes.h"

#include <openssl/crypto.h>

#include <array>

namespace enkrat {
namespace {

constexpr absl::string_view kHexDigits = "0123456789abcdef";
constexpr absl::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr absl::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string EncodeBase64(ByteSpan octets, absl::string_view alphabet, bool pad) {
  std::string text;
  text.reserve((octets.size() + 2) / 3 * 4);
  for (size_t i = 0; i < octets.size(); i += 3) {
    const size_t left = octets.size() - i;
    const uint32_t group = static_cast<uint32_t>(octets[i]) << 16 |
                           (left > 1 ? static_cast<uint32_t>(octets[i + 1]) << 8 : 0) |
                           (left > 2 ? static_cast<uint32_t>(octets[i + 2]) : 0);
    text.push_back(alphabet[group >> 18 & 63]);
    text.push_back(alphabet[group >> 12 & 63]);
    if (left > 1) text.push_back(alphabet[group >> 6 & 63]);
    if (left > 2) text.push_back(alphabet[group & 63]);
  }
  if (pad) text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::array<int8_t, 256> ReverseOf(absl::string_view alphabet) {
  std::array<int8_t, 256> reverse;
  reverse.fill(-1);
  for (size_t i = 0; i < alphabet.size(); ++i) {
    reverse[static_cast<uint8_t>(alphabet[i])] = static_cast<int8_t>(i);
  }
  return reverse;
}

std::optional<Bytes> DecodeBase64(absl::string_view text, const std::array<int8_t, 256>& reverse) {
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes octets;
  octets.reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = reverse[static_cast<uint8_t>(c)];
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      octets.push_back(static_cast<uint8_t>(bits >> held));
      bits &= (1u << held) - 1;
    }
  }
  if (bits != 0) return std::nullopt;  // stray bits: a second spelling of the same octets
  return octets;
}

}  // namespace

ByteSpan AsSpan(absl::string_view text) {
  return ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

Bytes ToBytes(ByteSpan octets) { return Bytes(octets.begin(), octets.end()); }

Bytes ToBytes(absl::string_view text) { return ToBytes(AsSpan(text)); }

std::string ToString(ByteSpan octets) {
  return std::string(reinterpret_cast<const char*>(octets.data()), octets.size());
}

std::string ToHex(ByteSpan octets) {
  std::string hex;
  hex.reserve(octets.size() * 2);
  for (const uint8_t octet : octets) {
    hex.push_back(kHexDigits[octet >> 4]);
    hex.push_back(kHexDigits[octet & 15]);
  }
  return hex;
}

std::optional<Bytes> FromHex(absl::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  Bytes octets;
  octets.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = HexValue(hex[i]);
    const int low = HexValue(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    octets.push_back(static_cast<uint8_t>(high << 4 | low));
  }
  return octets;
}

std::string ToBase64(ByteSpan octets) { return EncodeBase64(octets, kBase64, /*pad=*/true); }

std::optional<Bytes> FromBase64(absl::string_view text) {
  static const auto& reverse = *new std::array<int8_t, 256>(ReverseOf(kBase64));
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && !text.empty() && text.back() == '='; ++padding) {
    text.remove_suffix(1);
  }
  return DecodeBase64(text, reverse);
}

std::string ToBase64Url(ByteSpan octets) { return EncodeBase64(octets, kBase64Url, /*pad=*/false); }

std::optional<Bytes> FromBase64Url(absl::string_view text) {
  static const auto& reverse = *new std::array<int8_t, 256>(ReverseOf(kBase64Url));
  return DecodeBase64(text, reverse);
}

bool ConstantTimeEqual(ByteSpan left, ByteSpan right) {
  return left.size() == right.size() &&
         (left.empty() || CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0);
}

}  // namespace enkrat
