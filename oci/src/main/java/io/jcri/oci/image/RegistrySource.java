package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Credentials;
import io.jcri.oci.distribution.Descriptor;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.distribution.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** An image in a registry. */
record RegistrySource(
    Registry registry, ImageReference reference, Optional<Credentials> credentials)
    implements ImageSource {

  @Override
  public byte[] document(Descriptor descriptor, int maxBytes) {
    if (MediaTypes.isIndex(descriptor.mediaType())
        || MediaTypes.isManifest(descriptor.mediaType())) {
      return registry.manifest(reference, descriptor, credentials);
    }
    if (descriptor.size() > maxBytes) {
      throw new OciException(
          OciException.Kind.INVALID,
          "blob "
              + descriptor.digest()
              + " has "
              + descriptor.size()
              + " bytes, the limit is "
              + maxBytes);
    }
    try (InputStream in = blob(descriptor, 0)) {
      return in.readNBytes((int) descriptor.size() + 1);
    } catch (IOException e) {
      throw OciException.ofIo("cannot read blob " + descriptor.digest() + " of " + reference, e);
    }
  }

  @Override
  public InputStream blob(Descriptor descriptor, long offset) {
    return registry.blob(reference, descriptor, offset, credentials);
  }

  @Override
  public boolean isRemote() {
    return true;
  }
}
