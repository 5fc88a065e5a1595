package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Credentials;
import io.jcri.oci.distribution.Descriptor;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.distribution.Resolved;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A registry in memory that remembers what was asked and can be made to misbehave. */
final class FakeRegistry implements Registry {

  /** One request for a blob. */
  record Asked(Digest digest, long offset) {}

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Map<String, Descriptor> tags = new ConcurrentHashMap<>();
  private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
  private volatile UnaryOperator<InputStream> fault = UnaryOperator.identity();

  FakeRegistry serve(String reference, TestImage image) {
    tags.put(ImageReference.parse(reference).toString(), image.build());
    blobs.putAll(image.blobs);
    return this;
  }

  void replace(Digest digest, byte[] content) {
    blobs.put(digest, content);
  }

  /** Changes every stream of a blob from now on. */
  void misbehave(UnaryOperator<InputStream> how) {
    fault = how;
  }

  long askedFor(Digest digest) {
    return asked.stream().filter(a -> a.digest().equals(digest)).count();
  }

  @Override
  public Resolved resolve(ImageReference reference, Optional<Credentials> credentials) {
    Descriptor descriptor = tags.get(reference.toString());
    if (descriptor == null) {
      throw new OciException(OciException.Kind.NOT_FOUND, reference + " is not here");
    }
    return new Resolved(reference, descriptor, "fake");
  }

  @Override
  public byte[] manifest(
      ImageReference reference, Descriptor descriptor, Optional<Credentials> credentials) {
    return content(descriptor);
  }

  @Override
  public InputStream blob(
      ImageReference reference,
      Descriptor descriptor,
      long offset,
      Optional<Credentials> credentials) {
    asked.add(new Asked(descriptor.digest(), offset));
    byte[] content = content(descriptor);
    InputStream in =
        new ByteArrayInputStream(content, (int) offset, (int) (content.length - offset));
    // Configs are small; what tests break is layers.
    return fault.apply(in);
  }

  private byte[] content(Descriptor descriptor) {
    byte[] content = blobs.get(descriptor.digest());
    if (content == null) {
      throw new OciException(OciException.Kind.NOT_FOUND, descriptor.digest() + " is not here");
    }
    return content;
  }
}
