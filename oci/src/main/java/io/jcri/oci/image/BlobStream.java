package io.jcri.oci.image;

import io.jcri.oci.BulkInputStream;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A layer's blob on its way to be unpacked, checked as it passes: the last read fails when size or
 * digest are not as promised.
 *
 * <p>A large remote blob is also written to a partial file, so that a pull that breaks off, or a
 * daemon that dies, costs only what had not come yet: the next try replays the file and asks the
 * source for the rest. Once unpacked, the file is deleted. Of two streams of one blob at a time (a
 * layer that is another tree on other layers) the second has none. Not thread-safe.
 */
final class BlobStream extends BulkInputStream {

  /** Below this, asking again is cheaper than writing down. */
  static final long KEPT_FROM = 8 << 20;

  private final Descriptor blob;
  private final ImageSource source;
  private final PullProgress progress;

  /**
   * Null when the source checks the digest: that of a registry does when it is read from the start.
   */
  private final @Nullable MessageDigest hash;

  private final @Nullable PartialBlob partial;
  private @Nullable InputStream replay;
  private @Nullable InputStream rest;
  private long position;
  private boolean ended;

  BlobStream(Descriptor blob, ImageSource source, PartialBlobs partials, PullProgress progress) {
    this.blob = blob;
    this.source = source;
    this.progress = progress;
    this.partial =
        source.isRemote() && blob.size() >= KEPT_FROM ? partials.open(blob).orElse(null) : null;
    if (partial != null && partial.offset() > 0) {
      this.replay = partial.readBack();
    }
    this.hash = source.isRemote() && replay == null ? null : blob.digest().newHash();
  }

  /** Whether some of it came from an earlier try, which a power cut may have damaged. */
  boolean isResumed() {
    return replay != null;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (ended || length == 0) {
      return ended ? -1 : 0;
    }
    if (replay != null && partial != null && position < partial.offset()) {
      int count = replay.read(target, from, (int) Math.min(length, partial.offset() - position));
      if (count > 0) {
        took(target, from, count);
        return count;
      }
      throw new IOException("the partial file of blob " + blob.digest() + " has shrunk");
    }
    if (rest == null && position < blob.size()) {
      rest = source.blob(blob, position);
    }
    int count = rest == null ? -1 : rest.read(target, from, length);
    if (count < 0) {
      finish();
      return -1;
    }
    if (position + count > blob.size()) {
      throw damaged("is longer than its " + blob.size() + " bytes");
    }
    if (partial != null) {
      partial.write(target, from, count);
    }
    took(target, from, count);
    progress.received(blob.digest(), count);
    return count;
  }

  private void took(byte[] target, int from, int count) {
    if (hash != null) {
      hash.update(target, from, count);
    }
    position += count;
  }

  private void finish() {
    ended = true;
    if (position < blob.size()) {
      throw damaged("ended after " + position + " of " + blob.size() + " bytes");
    }
    if (hash != null && !blob.digest().matches(hash.digest())) {
      throw damaged("has other content than its digest says");
    }
  }

  private OciException damaged(String how) {
    return new OciException(OciException.Kind.DATA_LOSS, "layer " + blob.digest() + " " + how);
  }

  /** The layer is unpacked, or its content is no good: the partial file is of no more use. */
  void discardPartial() {
    if (partial != null) {
      partial.discard();
    }
  }

  /** Keeps the partial file. */
  @Override
  public void close() throws IOException {
    try {
      if (replay != null) {
        replay.close();
      }
      if (rest != null) {
        rest.close();
      }
    } finally {
      if (partial != null) {
        partial.close();
      }
    }
  }

  @Override
  public String toString() {
    return "blob " + blob.digest();
  }
}
