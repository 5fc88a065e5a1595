package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Registries;
import io.jcri.oci.distribution.Repository;
import io.jcri.oci.distribution.Resolved;
import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A registry in memory that remembers what was asked and can be made to misbehave. */
final class FakeRegistry implements Registries {

  /** One request for a blob. */
  record Asked(Digest digest, long offset) {}

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Map<String, Descriptor> tags = new ConcurrentHashMap<>();
  private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
  private final Map<Digest, UnaryOperator<InputStream>> faults = new ConcurrentHashMap<>();
  private volatile UnaryOperator<InputStream> fault = UnaryOperator.identity();

  FakeRegistry serve(String reference, TestImage image) {
    tags.put(ImageReference.parse(reference).toString(), image.build());
    blobs.putAll(image.blobs);
    return this;
  }

  /** An index of images; each entry as {@link TestImage#json} has it, with what belongs to it. */
  FakeRegistry serveIndex(String reference, List<Map<String, Object>> entries) {
    byte[] index =
        Json.toBytes(
            Map.of("schemaVersion", 2, "mediaType", MediaTypes.OCI_INDEX, "manifests", entries));
    Descriptor descriptor = Descriptor.of(MediaTypes.OCI_INDEX, index);
    blobs.put(descriptor.digest(), index);
    tags.put(ImageReference.parse(reference).toString(), descriptor);
    return this;
  }

  void replace(Digest digest, byte[] content) {
    blobs.put(digest, content);
  }

  /** Changes every stream of a blob from now on. */
  void misbehave(UnaryOperator<InputStream> how) {
    fault = how;
  }

  /** Changes the streams of one blob from now on. */
  void misbehave(Digest digest, UnaryOperator<InputStream> how) {
    faults.put(digest, how);
  }

  long askedFor(Digest digest) {
    return asked.stream().filter(a -> a.digest().equals(digest)).count();
  }

  @Override
  public Repository open(ImageReference reference, Credentials credentials) {
    return new Repository() {
      @Override
      public Resolved resolve() {
        Descriptor descriptor = tags.get(reference.toString());
        if (descriptor == null) {
          throw new OciException(OciException.Kind.NOT_FOUND, reference + " is not here");
        }
        return new Resolved(reference, descriptor, "fake");
      }

      @Override
      public byte[] fetchManifest(Descriptor descriptor) {
        return content(descriptor);
      }

      @Override
      public InputStream openBlob(Descriptor descriptor, long offset) {
        asked.add(new Asked(descriptor.digest(), offset));
        byte[] content = content(descriptor);
        int from = (int) Math.min(offset, content.length);
        InputStream in = new ByteArrayInputStream(content, from, content.length - from);
        // As the contract has it: read from the start, the end is told only when the digest is
        // right.
        InputStream whole = offset == 0 ? new Checked(in, descriptor) : in;
        return faults.getOrDefault(descriptor.digest(), fault).apply(whole);
      }

      @Override
      public Repository withTag(String tag) {
        return open(reference.withTag(tag), credentials);
      }

      @Override
      public Optional<byte[]> fetchElsewhere(URI uri, int maxBytes) {
        return Optional.empty();
      }
    };
  }

  private static final class Checked extends FilterInputStream {
    private final Descriptor descriptor;
    private final MessageDigest hash;
    private boolean checked;

    Checked(InputStream in, Descriptor descriptor) {
      super(in);
      this.descriptor = descriptor;
      this.hash = descriptor.digest().newHash();
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      int count = super.read(target, from, length);
      if (count > 0) {
        hash.update(target, from, count);
      } else if (count < 0 && !checked && !descriptor.digest().matches(hash.digest())) {
        throw new OciException(OciException.Kind.DATA_LOSS, descriptor.digest() + " is damaged");
      }
      checked |= count < 0; // the hash starts anew when it was asked for
      return count;
    }
  }

  private byte[] content(Descriptor descriptor) {
    byte[] content = blobs.get(descriptor.digest());
    if (content == null) {
      throw new OciException(OciException.Kind.NOT_FOUND, descriptor.digest() + " is not here");
    }
    return content;
  }
}
