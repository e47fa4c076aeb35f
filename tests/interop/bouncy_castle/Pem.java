import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Certificates, as the JDK reads them. */
final class Pem {
  private Pem() {}

  static List<X509Certificate> all(String file) throws Exception {
    List<X509Certificate> certificates = new ArrayList<>();
    try (var in = Files.newInputStream(Path.of(file))) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        certificates.add((X509Certificate) each);
      }
    }
    return certificates;
  }

  static X509Certificate first(String file) throws Exception {
    return all(file).get(0);
  }

  static X509Certificate fromDer(byte[] der) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }
}
