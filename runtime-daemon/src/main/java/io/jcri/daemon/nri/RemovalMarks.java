package io.jcri.daemon.nri;

/** NRI's way to ask for a removal: a key that begins with a dash. */
final class RemovalMarks {
  private static final String REMOVE = "-";

  private RemovalMarks() {}

  static boolean removes(String key) {
    return key.startsWith(REMOVE);
  }

  /** The key that is meant, marked or not. */
  static String key(String marked) {
    return removes(marked) ? marked.substring(REMOVE.length()) : marked;
  }

  static String removal(String key) {
    return REMOVE + key;
  }
}
