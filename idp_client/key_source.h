// Where an identity provider's keys come from: a file, or the provider itself.
#ifndef ENKRAT_IDP_CLIENT_KEY_SOURCE_H_
#define ENKRAT_IDP_CLIENT_KEY_SOURCE_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/http_fetcher.h"
#include "idp_client/key_set.h"

namespace enkrat::idp_client {

// Used by one thread at a time.
class KeySource {
 public:
  virtual ~KeySource() = default;

  // The keys as they are now, asked for afresh. Any error: they could not be had.
  virtual absl::StatusOr<KeySet> Fetch(absl::Duration timeout) = 0;
};

// A JWK Set in a file.
class FileKeySource final : public KeySource {
 public:
  explicit FileKeySource(std::string path) : path_(std::move(path)) {}
  absl::StatusOr<KeySet> Fetch(absl::Duration timeout) override;

 private:
  const std::string path_;
};

// OpenID Connect Discovery 1.0 section 4: the provider's own document says where its keys are, and
// must name the provider exactly as it is configured (4.3).
class DiscoveredKeySource final : public KeySource {
 public:
  struct Options {
    std::string issuer;
    std::string tls_ca_file;
    bool allow_loopback_http = false;
    HttpFetcher* fetcher = nullptr;  // not owned
  };
  explicit DiscoveredKeySource(Options options) : options_(std::move(options)) {}
  absl::StatusOr<KeySet> Fetch(absl::Duration timeout) override;

 private:
  absl::StatusOr<std::string> Get(const std::string& url, size_t max_size, absl::Duration timeout);
  absl::StatusOr<std::string> DiscoverJwksUri(absl::Duration timeout);

  const Options options_;
};

// "https://..."; "http://..." too where that is allowed (the fetcher then holds it to loopback).
bool HasAllowedScheme(const std::string& url, bool allow_loopback_http);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_KEY_SOURCE_H_
