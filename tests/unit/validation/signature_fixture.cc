#include "tests/unit/validation/signature_fixture.h"

#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "validation/report_words.h"

namespace enkrat::validation::testing {

Bytes MakeCrl(const ades::testing::Identity& issuer, absl::Time this_update,
              const std::vector<uint64_t>& revoked) {
  const X509Ptr certificate = issuer.Certificate();
  X509CrlPtr crl(X509_CRL_new());
  X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(certificate.get()));
  const Asn1TimePtr from(ASN1_TIME_set(nullptr, absl::ToTimeT(this_update)));
  const Asn1TimePtr until(ASN1_TIME_set(nullptr, absl::ToTimeT(this_update + absl::Hours(24))));
  X509_CRL_set1_lastUpdate(crl.get(), from.get());
  X509_CRL_set1_nextUpdate(crl.get(), until.get());
  for (uint64_t serial_number : revoked) {
    X509_REVOKED* entry = X509_REVOKED_new();
    const Asn1IntegerPtr number(ASN1_INTEGER_new());
    ASN1_INTEGER_set_uint64(number.get(), serial_number);
    X509_REVOKED_set_serialNumber(entry, number.get());
    X509_REVOKED_set_revocationDate(entry, from.get());
    X509_CRL_add0_revoked(crl.get(), entry);
  }
  const Asn1IntegerPtr crl_number(ASN1_INTEGER_new());
  ASN1_INTEGER_set_uint64(crl_number.get(), 1);
  X509_CRL_add1_ext_i2d(crl.get(), NID_crl_number, crl_number.get(), 0, 0);
  if (X509_CRL_sign(crl.get(), issuer.key->evp_pkey(), EVP_sha256()) <= 0) std::abort();
  return EncodeDer<i2d_X509_CRL>(crl.get()).value();
}

const ades::testing::TestPki& SignatureValidation::Pki() {
  static const ades::testing::TestPki& pki =
      *new ades::testing::TestPki(ades::testing::TestPki::Make());
  return pki;
}

std::string SignatureValidation::WriteFile(const std::string& name, ByteSpan content) {
  std::string path = folder_.File(name);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
  return path;
}

absl::StatusOr<Report> SignatureValidation::Try(const Bytes& file, const Call& call) {
  const auto trust =
      TrustStore::Create({.anchors_der = call.anchors.empty()
                                             ? std::vector<Bytes>{Pki().root.certificate_der}
                                             : call.anchors})
          .value();
  const auto validator =
      Validator::Create(
          {.trust = trust.get(), .clock = &clock_, .revocation = call.rule, .limits = call.limits})
          .value();
  Validator::Input input{.path = WriteFile("signature", file),
                         .detached_paths = {},
                         .detached_digests = call.digests,
                         .more = call.more,
                         .fetcher = nullptr,
                         .at = call.at};
  for (size_t i = 0; i < call.contents.size(); ++i) {
    input.detached_paths.push_back(WriteFile(absl::StrCat("content", i), AsSpan(call.contents[i])));
  }
  return validator->Validate(input);
}

Report SignatureValidation::Validate(const Bytes& file, const Call& call) {
  absl::StatusOr<Report> report = Try(file, call);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *std::move(report) : Report();
}

SignatureReport SignatureValidation::ValidateOne(const Bytes& file, const Call& call) {
  Report report = Validate(file, call);
  EXPECT_EQ(report.signatures.size(), 1u);
  return report.signatures.empty() ? SignatureReport() : std::move(report.signatures.front());
}

ValidationData SignatureValidation::Crls() const {
  const absl::Time now = clock_.Now();
  return {.certificates_der = {},
          .crls_der = {MakeCrl(Pki().root, now), MakeCrl(Pki().issuing_ca, now)},
          .ocsp_responses_der = {}};
}

std::string Said(const Conclusion& conclusion) {
  const absl::string_view sub = SubIndicationName(conclusion.sub_indication);
  return absl::StrCat(IndicationName(conclusion.indication), sub.empty() ? "" : "/", sub);
}

std::string ResultOf(const std::vector<Check>& checks, const std::string& name) {
  for (const Check& check : checks) {
    if (check.name == name) return std::string(CheckResultName(check.result));
  }
  return "not made";
}

}  // namespace enkrat::validation::testing
