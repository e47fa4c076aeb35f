// SimpleSAMLphp, as Debian packages it, as an identity provider of a test; and a browser without a
// person that logs in there.
#ifndef ENKRAT_TESTS_INTEGRATION_SAML_PROVIDER_H_
#define ENKRAT_TESTS_INTEGRATION_SAML_PROVIDER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/subprocess.h"

namespace enkrat::testing {

// As tests/integration/saml_idp/metadata/saml20-sp-remote.php knows the service.
inline constexpr char kSamlServiceEntityId[] = "https://enkrat.example/saml";
inline constexpr char kSamlServiceRecipient[] = "https://enkrat.example/saml/acs";

// Runs on a port of its own, with keys made for it. Not thread-safe.
class SamlProvider {
 public:
  SamlProvider();

  const std::string& url() const { return url_; }
  // It is its own metadata's address.
  std::string entity_id() const { return url_ + "/simplesaml/saml2/idp/metadata.php"; }
  // PEM certificate of the key that signs its metadata.
  std::string metadata_signer_file() const { return folder_.File("metadata.crt"); }

  void Stop() { server_.reset(); }
  // On the same port.
  void Start();
  // A new key signs assertions, and the metadata names it alone, from now on.
  void RotateKey();

  // One login by user name and password, in answer to an AuthnRequest of that ID: the SAMLResponse
  // of the form that the provider sends the browser (base64). kInternal, with what the provider
  // said, if there is none.
  absl::StatusOr<std::string> Login(const std::string& request_id) const;

 private:
  void MakeKey(const std::string& name);
  bool Run();

  ScratchFolder folder_;
  int keys_ = 0;
  std::string key_;
  int port_ = 0;
  std::string url_;
  std::unique_ptr<Subprocess> server_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_INTEGRATION_SAML_PROVIDER_H_
