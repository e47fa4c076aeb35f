// What gRPC knows of a peer, made up: the properties of a certificate that TLS verified.
#ifndef ENKRAT_TESTS_UNIT_SERVER_FAKE_AUTH_CONTEXT_H_
#define ENKRAT_TESTS_UNIT_SERVER_FAKE_AUTH_CONTEXT_H_

#include <grpcpp/security/auth_context.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace enkrat::testing {

class FakeAuthContext final : public grpc::AuthContext {
 public:
  using Properties = std::multimap<std::string, std::string>;  // such as {"peer_dns", "a.example"}

  explicit FakeAuthContext(Properties properties, bool authenticated = true)
      : properties_(std::move(properties)), authenticated_(authenticated) {}

  bool IsPeerAuthenticated() const override { return authenticated_; }
  std::vector<grpc::string_ref> GetPeerIdentity() const override { return {}; }
  std::string GetPeerIdentityPropertyName() const override { return ""; }
  std::vector<grpc::string_ref> FindPropertyValues(const std::string& name) const override {
    std::vector<grpc::string_ref> values;
    const auto [first, last] = properties_.equal_range(name);
    for (auto property = first; property != last; ++property) values.push_back(property->second);
    return values;
  }
  grpc::AuthPropertyIterator begin() const override { return NoProperty(); }
  grpc::AuthPropertyIterator end() const override { return NoProperty(); }
  void AddProperty(const std::string&, const grpc::string_ref&) override {}
  bool SetPeerIdentityPropertyName(const std::string&) override { return false; }

 private:
  struct NoProperty : grpc::AuthPropertyIterator {};

  const Properties properties_;
  const bool authenticated_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_UNIT_SERVER_FAKE_AUTH_CONTEXT_H_
