package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.RegistryHost.Capability;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A blob's bytes, whoever sends them: when a connection breaks, the stream goes on where it was, at
 * the same host or the next. The end is only told when size and digest are right. One reader.
 */
final class BlobStream extends InputStream {
  /** Breaks without one byte in between; each byte that comes makes the count begin anew. */
  private static final int MAX_BREAKS = 5;

  private final RemoteRepository repository;
  private final HostSequence hosts;
  private final Descriptor descriptor;
  private final Set<RegistryHost> broken = new HashSet<>();
  private final @Nullable MessageDigest hash;
  private long position;
  private int breaks;
  private RemoteRepository.@Nullable Source source;
  private boolean verified;
  private boolean closed;

  BlobStream(RemoteRepository repository, HostSequence hosts, Descriptor descriptor, long offset) {
    this.repository = repository;
    this.hosts = hosts;
    this.descriptor = descriptor;
    this.position = Objects.checkIndex(offset, descriptor.size() + 1);
    this.hash = offset == 0 ? Digest.newSha256() : null;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, buffer.length);
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (length == 0) {
      return 0;
    }
    int wanted = (int) Math.min(length, descriptor.size() - position);
    while (wanted > 0) {
      RemoteRepository.Source open = open();
      try {
        int n = open.body().read(buffer, from, wanted);
        if (n > 0) {
          return took(buffer, from, n);
        }
        broke(open, new IOException("its answer ends after " + position + " bytes"));
      } catch (InterruptedIOException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new OciException(
              OciException.Kind.CANCELLED, "fetch of " + name() + " cancelled", e);
        }
        broke(open, e);
      } catch (IOException e) {
        broke(open, e);
      }
    }
    verify();
    return -1;
  }

  private int took(byte[] buffer, int from, int n) {
    position += n;
    breaks = 0;
    if (hash != null) {
      hash.update(buffer, from, n);
    }
    return n;
  }

  private RemoteRepository.Source open() {
    RemoteRepository.Source open = source;
    if (open == null) {
      open =
          hosts.first(
              "cannot fetch " + name(),
              Capability.PULL,
              broken::contains,
              host -> repository.blob(host, descriptor, position));
      source = open;
    }
    return open;
  }

  private void broke(RemoteRepository.Source open, IOException why) {
    open.close();
    source = null;
    broken.add(open.host());
    HostFailure failure = RemoteRepository.interrupted(open.host(), why);
    hosts.failed(failure);
    if (++breaks == MAX_BREAKS) {
      throw new OciException(
          OciException.Kind.UNAVAILABLE,
          "cannot fetch %s beyond byte %d: %s".formatted(name(), position, failure.line()),
          why);
    }
  }

  private void verify() {
    if (verified || hash == null) {
      return;
    }
    Digest actual = Digest.ofHash(hash.digest());
    if (!actual.equals(descriptor.digest())) {
      throw new OciException(
          OciException.Kind.DATA_LOSS,
          "%s is damaged: its bytes have digest %s".formatted(name(), actual));
    }
    verified = true;
  }

  private String name() {
    return repository.nameOf(descriptor);
  }

  @Override
  public void close() {
    closed = true;
    RemoteRepository.Source open = source;
    if (open != null) {
      open.close();
      source = null;
    }
  }
}
