// ID tokens and key sets from anybody. By its first octet an input is
//   {  the claims of a token that the provider signs: what is accepted is within the bounds that
//      verified_identity.h promises, and bound to the act;
//   [  and after it a provider's key set: reading it does not crash;
//   else, a token as an attacker sends it: never accepted, for the provider's key is new each time.
#include <openssl/evp.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/text.h"
#include "idp_client/key_set.h"
#include "idp_client/oidc_verifier.h"
#include "idp_client/organization_identifier.h"

namespace enkrat::idp_client {
namespace {

constexpr int64_t kNow = 1'800'000'000;
constexpr char kIssuer[] = "https://idp.example";
constexpr char kNonce[] = "ZXhwZWN0ZWQtbm9uY2U";
constexpr char kHeader[] = R"({"alg":"EdDSA","kid":"k"})";

void Require(bool holds) {
  if (!holds) std::abort();
}

class StandingClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(kNow); }
  absl::Duration SinceBoot() const override { return absl::ZeroDuration(); }
};

// A provider whose private key lives as long as this process.
class Provider final : public HttpFetcher {
 public:
  Provider() : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")) { Require(key_ != nullptr); }

  std::string Sign(absl::string_view claims) const {
    const std::string input =
        absl::StrCat(ToBase64Url(AsSpan(kHeader)), ".", ToBase64Url(AsSpan(claims)));
    const EvpMdCtxPtr context(EVP_MD_CTX_new());
    Bytes signature(64);
    size_t size = signature.size();
    Require(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
    Require(EVP_DigestSign(context.get(), signature.data(), &size, AsSpan(input).data(),
                           input.size()) == 1);
    return absl::StrCat(input, ".", ToBase64Url(signature));
  }

  absl::StatusOr<HttpResponse> Fetch(const HttpRequest& request) override {
    Bytes x(32);
    size_t size = x.size();
    Require(EVP_PKEY_get_raw_public_key(key_.get(), x.data(), &size) == 1);
    const std::string body =
        request.url == absl::StrCat(kIssuer, "/keys")
            ? absl::StrCat(R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","x":")",
                           ToBase64Url(x), "\"}]}")
            : absl::StrCat(R"({"issuer":")", kIssuer, R"(","jwks_uri":")", kIssuer, "/keys\"}");
    return HttpResponse{.status = 200, .content_type = "application/json", .body = ToBytes(body)};
  }

 private:
  EvpPkeyPtr key_;
};

// Maps every claim that can be mapped.
OidcIssuer Settings() {
  OidcIssuer issuer;
  issuer.issuer = kIssuer;
  issuer.audiences = {"enkrat"};
  issuer.algorithms = {"EdDSA", "ES256", "RS256"};
  issuer.acr_levels = {{"high", LevelOfAssurance::kHigh},
                       {"30", LevelOfAssurance::kHigh},
                       {"10", LevelOfAssurance::kLow}};
  issuer.claims.fixed_country = "SI";
  issuer.claims.identifier = "pid";
  issuer.claims.pseudonym = "nickname";
  issuer.claims.date_of_birth = "birthdate";
  issuer.claims.mandates = "mandates";
  return issuer;
}

absl::StatusOr<VerifiedIdentity> Verify(ByteSpan token, Provider& provider) {
  static const StandingClock& clock = *new StandingClock;
  static const AuthorizedAct& act =
      *new AuthorizedAct{.relying_party = "demo",
                         .request_id = "r-1",
                         .level = "ADVANCED",
                         .kind = "SIGNATURE",
                         .organization_identifier = "",
                         .documents = {{.label = "Contract",
                                        .digest_algorithm_oid = "2.16.840.1.101.3.4.2.1",
                                        .digest = Bytes(32, 0)}}};
  static OidcVerifier& verifier =
      *OidcVerifier::Create({.issuers = {Settings()}, .fetcher = &provider, .clock = &clock})
           ->release();
  return verifier.Verify({.assertion = token,
                          .expected_nonce = kNonce,
                          .authorized_act = &act,
                          .accepted_issuers = {}});
}

void CheckClaims(absl::string_view claims, Provider& provider) {
  const std::string token = provider.Sign(claims);
  const absl::StatusOr<VerifiedIdentity> identity = Verify(AsSpan(token), provider);
  if (!identity.ok()) {
    const Reason reason = ReasonOf(identity.status());
    Require(reason == Reason::kAssertionRejected || reason == Reason::kLevelOfAssuranceTooLow);
    return;
  }
  Require(identity->bound);
  Require(identity->issuer == kIssuer);
  Require(identity->level_of_assurance == LevelOfAssurance::kHigh);
  Require(CheckVisibleText(identity->subject, 255).ok());
  Require(CheckVisibleText(identity->pseudonym, 64).ok());
  Require(identity->date_of_birth.size() == 10);
  Require(identity->authentication_methods.size() <= 16);
  Require(identity->mandates.size() <= 16);
  for (const Mandate& mandate : identity->mandates) {
    Require(IsOrganizationIdentifier(mandate.organization_identifier));
  }
}

void Read(absl::string_view text) {
  static Provider& provider = *new Provider;
  if (!text.empty() && text[0] == '{') {
    CheckClaims(text, provider);
  } else if (!text.empty() && text[0] == '[') {
    KeySet::FromJson(text.substr(1)).IgnoreError();
  } else {
    Require(!Verify(AsSpan(text), provider).ok());
  }
}

}  // namespace
}  // namespace enkrat::idp_client

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  enkrat::idp_client::Read(absl::string_view(reinterpret_cast<const char*>(octets), size));
  return 0;
}
