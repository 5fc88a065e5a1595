package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Repository;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.MediaTypes;
import java.io.IOException;
import java.io.InputStream;

/** An image in a registry. */
record RegistrySource(Repository repository) implements ImageSource {

  @Override
  public byte[] document(Descriptor descriptor, int maxBytes) {
    if (MediaTypes.isIndex(descriptor.mediaType())
        || MediaTypes.isManifest(descriptor.mediaType())) {
      return repository.fetchManifest(descriptor);
    }
    if (descriptor.size() > maxBytes) {
      throw new OciException(
          OciException.Kind.INVALID,
          "blob %s has %d bytes, the limit is %d"
              .formatted(descriptor.digest(), descriptor.size(), maxBytes));
    }
    try (InputStream in = blob(descriptor, 0)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw OciException.ofIo("cannot read blob " + descriptor.digest(), e);
    }
  }

  @Override
  public InputStream blob(Descriptor descriptor, long offset) {
    return repository.openBlob(descriptor, offset);
  }

  @Override
  public boolean isRemote() {
    return true;
  }
}
