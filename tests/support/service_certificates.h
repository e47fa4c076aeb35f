// TLS certificates for a service and its callers, made by OpenSSL's command line.
#ifndef ENKRAT_TESTS_SUPPORT_SERVICE_CERTIFICATES_H_
#define ENKRAT_TESTS_SUPPORT_SERVICE_CERTIFICATES_H_

#include <string>

namespace enkrat::testing {

// A CA in a folder: ca.pem and ca.key, then <name>.pem and <name>.key of whatever it issues. Ends
// the test program if OpenSSL cannot.
class ServiceCertificates {
 public:
  // Makes the folder and the CA.
  explicit ServiceCertificates(std::string folder);

  // `subject_alternative_name` in OpenSSL's words: "DNS:alpha.example", "IP:127.0.0.1".
  void Issue(const std::string& name, const std::string& subject_alternative_name) const;

  std::string CaFile() const { return folder_ + "/ca.pem"; }
  std::string CertificateFile(const std::string& name) const {
    return folder_ + "/" + name + ".pem";
  }
  std::string KeyFile(const std::string& name) const { return folder_ + "/" + name + ".key"; }

 private:
  std::string folder_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_SERVICE_CERTIFICATES_H_
