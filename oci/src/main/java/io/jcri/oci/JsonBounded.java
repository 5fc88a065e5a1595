package io.jcri.oci;

import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.Reader;

/**
 * A reader that gives up when it was asked for too many values. What is skipped does not count, as
 * it takes no memory. Without it, a text of {@code [],[],[]} becomes objects of thirty times its
 * size.
 */
final class JsonBounded extends JsonReader {

  private final int limit;
  private final boolean tolerant;
  private int read;
  private boolean skipped;

  /**
   * @param tolerant as {@link Json#parseTolerant} has it
   */
  JsonBounded(Reader in, int limit, boolean tolerant) {
    super(in);
    this.limit = limit;
    this.tolerant = tolerant;
  }

  /** Whether a key may come twice. */
  static boolean takesRepeats(JsonReader in) {
    return in instanceof JsonBounded bounded && bounded.tolerant;
  }

  /** Skips the value of a key that a record does not know, and remembers that there was one. */
  static void skipUnknown(JsonReader in) throws IOException {
    if (in instanceof JsonBounded bounded) {
      bounded.skipped = true;
    }
    in.skipValue();
  }

  /** Whether a key was skipped. */
  boolean hasSkipped() {
    return skipped;
  }

  private void count() throws IOException {
    if (++read > limit) {
      throw new IOException("more than " + limit + " values at " + getPath());
    }
  }

  @Override
  public void beginArray() throws IOException {
    count();
    super.beginArray();
  }

  @Override
  public void beginObject() throws IOException {
    count();
    super.beginObject();
  }

  @Override
  public String nextName() throws IOException {
    count();
    return super.nextName();
  }

  @Override
  public String nextString() throws IOException {
    count();
    return super.nextString();
  }

  @Override
  public boolean nextBoolean() throws IOException {
    count();
    return super.nextBoolean();
  }

  @Override
  public void nextNull() throws IOException {
    count();
    super.nextNull();
  }

  @Override
  public double nextDouble() throws IOException {
    count();
    return super.nextDouble();
  }

  @Override
  public long nextLong() throws IOException {
    count();
    return super.nextLong();
  }

  @Override
  public int nextInt() throws IOException {
    count();
    return super.nextInt();
  }
}
