#include "tests/unit/ca/software_authority.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <utility>

#include "common/der.h"

namespace enkrat::testing {
namespace {

// The uncompressed point scalar * G.
Bytes PublicPoint(const BIGNUM* scalar) {
  EC_GROUP* group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  EC_POINT* point = EC_POINT_new(group);
  EC_POINT_mul(group, point, scalar, nullptr, nullptr, nullptr);
  Bytes octets(65);
  EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, octets.data(), octets.size(),
                     nullptr);
  EC_POINT_free(point);
  EC_GROUP_free(group);
  return octets;
}

}  // namespace

std::unique_ptr<SoftwareSigningKey> KeyOfScalar(unsigned int scalar) {
  const BnPtr number(BN_new());
  BN_set_word(number.get(), scalar);
  const Bytes point = PublicPoint(number.get());
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number.get());
  OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
  const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context.get());
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params) != 1) std::abort();
  const EvpPkeyPtr owner(key);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(builder);
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return SoftwareSigningKey::FromPem(std::string(text, static_cast<size_t>(size)));
}

SoftwareAuthority::SoftwareAuthority(KeyAlgorithm algorithm)
    : SoftwareAuthority(SoftwareSigningKey::Generate(algorithm),
                        SoftwareSigningKey::Generate(algorithm)) {}

SoftwareAuthority SoftwareAuthority::Fixed() {
  return SoftwareAuthority(KeyOfScalar(2), KeyOfScalar(3));
}

SoftwareAuthority::SoftwareAuthority(std::unique_ptr<SoftwareSigningKey> root,
                                     std::unique_ptr<SoftwareSigningKey> issuing)
    : provider(SigningProvider::Create().value()),
      root_key(std::move(root)),
      issuing_key(std::move(issuing)) {
  root_der = Make(Request(ca::AuthorityRole::kRootCa, root_key->public_key()), *root_key);
  issuing_der = Make(Request(ca::AuthorityRole::kIssuingCa, issuing_key->public_key()), *root_key);
}

ca::AuthorityRequest SoftwareAuthority::Request(ca::AuthorityRole role,
                                                const PublicKey& subject_key) const {
  const bool root = role == ca::AuthorityRole::kRootCa;
  const absl::Time start = clock.Now() - absl::Hours(24);
  ca::AuthorityRequest request;
  request.role = role;
  request.subject = {.country = "SI",
                     .organization = "Test d.o.o.",
                     .organization_identifier = "VATSI-12345678",
                     .common_name = root ? "Test Root" : "Test Issuing CA"};
  request.subject_key = &subject_key;
  request.not_before = start;
  request.not_after = start + absl::Hours(24 * 365) * (root ? 20 : 10);
  if (!root) request.issuer_der = root_der;
  return request;
}

Bytes SoftwareAuthority::Make(const ca::AuthorityRequest& request, SigningKey& issuer_key) const {
  return ca::MakeAuthorityCertificate(request, issuer_key, *provider).value();
}

ca::Subject AnaNovak() {
  return {.country = "SI",
          .given_name = "Ana",
          .surname = "Žužek Novak",
          .common_name = "",
          .serial_number = "EIDSI-2f6c1b7e90"};
}

ca::Subject Skrivalka() {
  return {.kind = ca::SubjectKind::kPseudonym,
          .country = "SI",
          .given_name = "",
          .surname = "",
          .serial_number = "EIDSI-2f6c1b7e90",
          .pseudonym = "Skrivalka 7"};
}

ca::Subject PekarnaNovak() {
  return {.kind = ca::SubjectKind::kLegalPerson,
          .country = "SI",
          .given_name = "",
          .surname = "",
          .common_name = "Pekarna Žužek",
          .serial_number = "",
          .organization = "Pekarna Žužek Novak d.o.o.",
          .organization_identifier = "VATSI-87654321"};
}

ca::AuthenticationContext SubstantialLogin() {
  return {.identity_provider = "https://idp.example.com/?a=1&b=\"2\"",
          .authentication_instant = absl::FromUnixSeconds(1'800'000'000),
          .context_class = "http://eidas.europa.eu/LoA/substantial",
          .assertion_reference = "_71b981ab017eb42869ae4b62b2a63add",
          .service_id = "enkrat"};
}

ca::ProfileSpec AdvancedSpec() {
  return {.name = "advanced",
          .policy_oids = {"1.3.6.1.4.1.99999.1.1", "0.4.0.2042.1.2"},
          .validity = absl::Minutes(15),
          .not_before_skew = absl::Seconds(30),
          .ca_issuers_url = "http://ca.example.com/ca/issuing-ca.cer"};
}

ca::ProfileSpec QualifiedSpec() {
  ca::ProfileSpec spec = AdvancedSpec();
  spec.name = "qualified";
  spec.policy_oids = {"0.4.0.194112.1.2"};
  spec.qualified = true;
  spec.on_qscd = true;
  spec.pds = {{"https://www.example.com/pds-en.pdf", "en"}};
  return spec;
}

ca::Profile MakeProfile(ca::ProfileSpec spec) { return ca::Profile::Create(spec).value(); }

std::string PrintCertificate(ByteSpan certificate_der) {
  const X509Ptr certificate = ParseCertificate(certificate_der).value();
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_print_ex(bio.get(), certificate.get(), XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB, 0);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

}  // namespace enkrat::testing
