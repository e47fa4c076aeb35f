import java.io.ByteArrayInputStream;
import java.net.URI;
import java.security.cert.CertPath;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSSignedData;

/** Certificate paths (RFC 5280 6), by Bouncy Castle and by the JDK. */
final class Paths {
  private static final String NO_REV_AVAIL = "2.5.29.56"; // RFC 9608

  private Paths() {}

  /** There is a good path at this time; with CRLs, nobody on it is revoked by them. */
  static void check(
      X509Certificate certificate,
      Collection<X509Certificate> others,
      String roots,
      Date at,
      Collection<X509CRL> crls)
      throws Exception {
    for (String provider : List.of("BC", "SUN")) {
      X509CertSelector target = new X509CertSelector();
      target.setCertificate(certificate);
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors(roots), target);
      Set<Object> pool = new HashSet<>(others);
      pool.add(certificate);
      if (crls != null) {
        pool.addAll(crls);
      }
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(pool)));
      parameters.setRevocationEnabled(crls != null);
      parameters.setDate(at);
      CertPathBuilder.getInstance("PKIX", provider).build(parameters);
    }
  }

  /** Nothing but these is needed to know that nobody on the path is revoked. */
  static void checkOffline(
      X509Certificate certificate,
      Collection<X509Certificate> others,
      String roots,
      Collection<X509CRL> crls,
      Map<X509Certificate, byte[]> responses)
      throws Exception {
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(certificate);
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors(roots), target);
    Set<Object> pool = new HashSet<>(others);
    pool.addAll(crls);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(pool)));
    CertPath path = CertPathBuilder.getInstance("PKIX", "SUN").build(without(parameters)).getCertPath();
    parameters.setRevocationEnabled(true);
    for (String provider : List.of("BC", "SUN")) {
      CertPathValidator validator = CertPathValidator.getInstance("PKIX", provider);
      PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
      checker.setOcspResponses(responses);
      parameters.setCertPathCheckers(List.of(checker));
      validator.validate(path, parameters);
    }
  }

  private static PKIXBuilderParameters without(PKIXBuilderParameters parameters) {
    PKIXBuilderParameters copy = (PKIXBuilderParameters) parameters.clone();
    copy.setRevocationEnabled(false);
    return copy;
  }

  /** A one-time certificate: its path, and that it says itself that nobody can revoke it. */
  static String judgeOneTime(String file, String chainFile, String roots) throws Exception {
    X509Certificate certificate = Pem.first(file);
    check(certificate, Pem.all(chainFile), roots, new Date(), null);
    byte[] extension = certificate.getExtensionValue(NO_REV_AVAIL);
    Judge.require(extension != null, "no noRevAvail");
    Judge.require(
        extension.length == 4 && extension[2] == 5 && extension[3] == 0, "noRevAvail is not NULL");
    Judge.require(
        !certificate.getCriticalExtensionOIDs().contains(NO_REV_AVAIL), "noRevAvail is critical");
    boolean[] usage = certificate.getKeyUsage();
    Judge.require(usage[1] && !usage[0], "not for signatures of content alone");
    return certificate.getSubjectX500Principal().getName();
  }

  /** The timestamping unit's path with the service's CRLs, and with its OCSP, by the JDK. */
  static String judgeUnit(String[] words) throws Exception {
    X509Certificate unit = Pem.first(words[1]);
    X509Certificate issuer = Pem.first(words[2]);
    List<X509CRL> crls = new ArrayList<>();
    for (int i = 5; i < words.length; ++i) {
      crls.add(
          (X509CRL)
              CertificateFactory.getInstance("X.509")
                  .generateCRL(new ByteArrayInputStream(Http.get(words[i]))));
    }
    check(unit, List.of(issuer), words[3], new Date(), crls);

    CertPath path =
        CertificateFactory.getInstance("X.509").generateCertPath(List.of(unit, issuer));
    CertPathValidator validator = CertPathValidator.getInstance("PKIX", "SUN");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
    checker.setOcspResponder(URI.create(words[4]));
    checker.setOptions(
        EnumSet.of(
            PKIXRevocationChecker.Option.ONLY_END_ENTITY,
            PKIXRevocationChecker.Option.NO_FALLBACK));
    PKIXParameters parameters = new PKIXParameters(anchors(words[3]));
    parameters.addCertPathChecker(checker);
    validator.validate(path, parameters);
    return unit.getSubjectX500Principal().getName();
  }

  static Collection<X509Certificate> certificatesOf(CMSSignedData cms) throws Exception {
    List<X509Certificate> certificates = new ArrayList<>();
    for (X509CertificateHolder each : cms.getCertificates().getMatches(null)) {
      certificates.add(Pem.fromDer(each.getEncoded()));
    }
    return certificates;
  }

  static Collection<X509CRL> crlsOf(CMSSignedData cms) throws Exception {
    List<X509CRL> crls = new ArrayList<>();
    for (X509CRLHolder each : cms.getCRLs().getMatches(null)) {
      crls.add(
          (X509CRL)
              CertificateFactory.getInstance("X.509")
                  .generateCRL(new ByteArrayInputStream(each.getEncoded())));
    }
    return crls;
  }

  private static Set<TrustAnchor> anchors(String roots) throws Exception {
    Set<TrustAnchor> anchors = new HashSet<>();
    for (X509Certificate root : Pem.all(roots)) {
      anchors.add(new TrustAnchor(root, null));
    }
    return anchors;
  }
}
