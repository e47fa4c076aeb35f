import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certification authority of its own, and what its people sign: FOLDER/doc becomes
 * FOLDER/bc-KEY-{cades,plain}.{p7s,p7m} and FOLDER/bc.tst; FOLDER/bc-root.pem is to be trusted, and
 * FOLDER/bc.crl says that the certificate of the KEY "revoked" is.
 */
final class Make {
  private static final long HOUR = 3600_000L;
  private static final X500Name ROOT = new X500Name("C=SI,CN=Bouncy Root");

  private final Path folder;
  private final PrivateKey rootKey;
  private long serial = 1;

  private Make(Path folder, PrivateKey rootKey) {
    this.folder = folder;
    this.rootKey = rootKey;
  }

  /** Keys and a certificate for them. */
  record Identity(PrivateKey key, X509CertificateHolder certificate, String algorithm) {}

  static String everything(String folder) throws Exception {
    KeyPair root = ecKeys("P-256");
    Make make = new Make(Path.of(folder), root.getPrivate());
    KeyUsage signsCertificates = new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
    make.writePem(
        make.builder(ROOT, root)
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
            .addExtension(Extension.keyUsage, true, signsCertificates)
            .build(make.signer()));
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(3072);
    KeyPair rsaKeys = rsa.generateKeyPair();
    byte[] document = Files.readAllBytes(make.folder.resolve("doc"));
    make.sign(document, "rsa", rsaKeys, "SHA256withRSA");
    make.sign(document, "pss", rsaKeys, "SHA384withRSAandMGF1");
    make.sign(document, "p256", ecKeys("P-256"), "SHA256withECDSA");
    make.sign(document, "p521", ecKeys("P-521"), "SHA512withECDSA");
    make.sign(
        document,
        "ed25519",
        KeyPairGenerator.getInstance("Ed25519", "BC").generateKeyPair(),
        "Ed25519");
    make.sign(document, "revoked", ecKeys("P-256"), "SHA256withECDSA");
    make.writeCrl(make.serial - 1);
    make.stamp(document, ecKeys("P-384"));
    return "made";
  }

  private static KeyPair ecKeys(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "BC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private JcaX509v3CertificateBuilder builder(X500Name subject, KeyPair keys) {
    Date now = new Date();
    return new JcaX509v3CertificateBuilder(
        ROOT,
        BigInteger.valueOf(serial++),
        new Date(now.getTime() - HOUR),
        new Date(now.getTime() + 24 * HOUR),
        subject,
        keys.getPublic());
  }

  private void sign(byte[] document, String name, KeyPair keys, String algorithm)
      throws Exception {
    X509CertificateHolder certificate =
        builder(new X500Name("C=SI,CN=Bouncy " + name), keys)
            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.nonRepudiation))
            .build(signer());
    Identity signer = new Identity(keys.getPrivate(), certificate, algorithm);
    for (boolean reference : List.of(true, false)) {
      String stem = "bc-" + name + (reference ? "-cades" : "-plain");
      write(stem + ".p7s", ForeignCms.sign(document, signer, reference, false));
      write(stem + ".p7m", ForeignCms.sign(document, signer, reference, true));
    }
  }

  private void stamp(byte[] document, KeyPair keys) throws Exception {
    X509CertificateHolder certificate =
        builder(new X500Name("C=SI,CN=Bouncy Timestamps"), keys)
            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
            .addExtension(
                Extension.extendedKeyUsage,
                true,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping))
            .build(signer());
    Identity unit = new Identity(keys.getPrivate(), certificate, "SHA384withECDSA");
    write("bc.tst", ForeignTimestamp.stamp(document, unit));
  }

  private void writeCrl(long revoked) throws Exception {
    Date now = new Date();
    X509v2CRLBuilder crl = new X509v2CRLBuilder(ROOT, now);
    crl.setNextUpdate(new Date(now.getTime() + HOUR));
    crl.addCRLEntry(
        BigInteger.valueOf(revoked), new Date(now.getTime() - HOUR / 2), CRLReason.keyCompromise);
    write("bc.crl", crl.build(signer()).getEncoded());
  }

  private ContentSigner signer() throws Exception {
    return new JcaContentSignerBuilder("SHA256withECDSA").build(rootKey);
  }

  private void writePem(X509CertificateHolder root) throws Exception {
    String base64 = Base64.getMimeEncoder().encodeToString(root.getEncoded());
    String pem = "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
    write("bc-root.pem", pem.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  private void write(String name, byte[] octets) throws Exception {
    Files.write(folder.resolve(name), octets);
  }
}
