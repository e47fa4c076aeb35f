import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.tsp.TimeStampToken;

/** The message imprint of an archive-time-stamp-v3, computed anew (EN 319 122-1 5.5.2, 5.5.3). */
final class ArchiveTimestamp {
  private static final ASN1ObjectIdentifier HASH_INDEX_V3 =
      new ASN1ObjectIdentifier("0.4.0.19122.1.5");

  private ArchiveTimestamp() {}

  static byte[] imprint(
      CMSSignedData cms, SignerInformation signer, byte[] content, TimeStampToken stamp)
      throws Exception {
    ASN1ObjectIdentifier algorithm = stamp.getTimeStampInfo().getMessageImprintAlgOID();
    ASN1Encodable index =
        stamp.getUnsignedAttributes().get(HASH_INDEX_V3).getAttrValues().getObjectAt(0);
    checkIndex(ASN1Sequence.getInstance(index), cms, signer, algorithm);
    MessageDigest digest = Digests.of(algorithm);
    digest.update(new ASN1ObjectIdentifier(cms.getSignedContentTypeOID()).getEncoded("DER"));
    digest.update(Digests.of(algorithm).digest(content));
    SignerInfo info = signer.toASN1Structure();
    digest.update(info.getVersion().getEncoded("DER"));
    digest.update(info.getSID().getEncoded("DER"));
    digest.update(info.getDigestAlgorithm().getEncoded("DER"));
    digest.update(
        new DERTaggedObject(false, 0, info.getAuthenticatedAttributes()).getEncoded("DER"));
    digest.update(info.getDigestEncryptionAlgorithm().getEncoded("DER"));
    digest.update(info.getEncryptedDigest().getEncoded("DER"));
    digest.update(index.toASN1Primitive().getEncoded("DER"));
    return digest.digest();
  }

  /** Every entry must be the digest of something that is there, each of another thing. */
  private static void checkIndex(
      ASN1Sequence index,
      CMSSignedData cms,
      SignerInformation signer,
      ASN1ObjectIdentifier algorithm)
      throws Exception {
    Judge.require(index.size() == 4, "the hash index has " + index.size() + " parts");
    ASN1ObjectIdentifier hash =
        AlgorithmIdentifier.getInstance(index.getObjectAt(0)).getAlgorithm();
    Judge.require(hash.equals(algorithm), "the hash index is by another algorithm");
    SignedData data = SignedData.getInstance(cms.toASN1Structure().getContent());
    match("certificates", index.getObjectAt(1), digests(data.getCertificates(), hash));
    match("crls", index.getObjectAt(2), digests(data.getCRLs(), hash));
    List<byte[]> attributes = new ArrayList<>();
    for (ASN1Encodable each : signer.toASN1Structure().getUnauthenticatedAttributes()) {
      Attribute attribute = Attribute.getInstance(each);
      for (ASN1Encodable value : attribute.getAttributeValues()) {
        MessageDigest digest = Digests.of(hash);
        digest.update(attribute.getAttrType().getEncoded("DER"));
        digest.update(value.toASN1Primitive().getEncoded());
        attributes.add(digest.digest());
      }
    }
    match("unsigned attributes", index.getObjectAt(3), attributes);
  }

  private static List<byte[]> digests(ASN1Set set, ASN1ObjectIdentifier hash) throws Exception {
    List<byte[]> digests = new ArrayList<>();
    if (set != null) {
      for (ASN1Encodable each : set) {
        digests.add(Digests.of(hash).digest(each.toASN1Primitive().getEncoded()));
      }
    }
    return digests;
  }

  private static void match(String what, ASN1Encodable entries, List<byte[]> present) {
    for (ASN1Encodable each : ASN1Sequence.getInstance(entries)) {
      byte[] digest = org.bouncycastle.asn1.ASN1OctetString.getInstance(each).getOctets();
      Judge.require(
          present.removeIf(other -> Arrays.equals(other, digest)),
          "the hash index names what is not there: " + what);
    }
  }
}
