import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Judges what the tests name, with Bouncy Castle and the JDK alone. Each line of the tasks' file is
 * one task, its words separated by tabs; each is answered by a line, "good ..." or "bad REASON".
 */
public final class Judge {
  private Judge() {}

  public static void main(String[] arguments) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    for (String task : Files.readAllLines(Path.of(arguments[0]))) {
      String answer;
      try {
        answer = "good " + judge(task.split("\t"));
      } catch (Exception e) {
        answer = "bad " + e + (e.getCause() == null ? "" : ": " + e.getCause());
      }
      System.out.println(answer.replace('\n', ' '));
    }
  }

  private static String judge(String[] words) throws Exception {
    switch (words[0]) {
      case "cms": // signature, content or -, roots, level
        return CmsSignature.judge(words[1], words[2], words[3], words[4]);
      case "token": // token, stamped octets, roots
        return Timestamp.judgeToken(words[1], words[2], words[3]);
      case "response": // URL of the TSA, roots
        return Timestamp.judgeResponse(words[1], words[2]);
      case "ocsp": // URL, certificate, issuer
        return Status.judgeOcsp(words[1], words[2], words[3]);
      case "crl": // URL, issuer
        return Status.judgeCrl(words[1], words[2]);
      case "one-time": // certificate, chain, roots
        return Paths.judgeOneTime(words[1], words[2], words[3]);
      case "unit": // TSU chain, CA issuers, roots, URL of OCSP, URLs of CRLs
        return Paths.judgeUnit(words);
      case "make": // folder
        return Make.everything(words[1]);
      default:
        throw new IllegalArgumentException("no such task: " + words[0]);
    }
  }

  /** What has to be, or why it is bad. */
  static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalStateException(otherwise);
    }
  }
}
