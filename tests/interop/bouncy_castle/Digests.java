import java.security.MessageDigest;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/** Digests by their object identifiers. */
final class Digests {
  private Digests() {}

  static MessageDigest of(ASN1ObjectIdentifier algorithm) throws Exception {
    switch (algorithm.getId()) {
      case "2.16.840.1.101.3.4.2.1":
        return MessageDigest.getInstance("SHA-256");
      case "2.16.840.1.101.3.4.2.2":
        return MessageDigest.getInstance("SHA-384");
      case "2.16.840.1.101.3.4.2.3":
        return MessageDigest.getInstance("SHA-512");
      default:
        throw new IllegalStateException("digest algorithm " + algorithm);
    }
  }
}
