/** placeholder */
final class Make {
  private Make() {}

  static String everything(String folder) {
    throw new IllegalStateException(folder);
  }
}
