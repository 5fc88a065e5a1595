package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.manifest.Descriptor;
import java.io.InputStream;

/** Where the content of one image comes from. Documents are not checked yet. Thread-safe. */
interface ImageSource {

  /** A manifest, index or config. */
  byte[] document(Descriptor descriptor, int maxBytes);

  /**
   * What this source has of an image's layer: its blob, unless it says otherwise. Whatever it is,
   * what is made of it is checked against the diff ID.
   */
  default Descriptor layer(Descriptor blob, Digest diffId) {
    return blob;
  }

  /** A layer's blob from an offset on. */
  InputStream blob(Descriptor descriptor, long offset);

  /**
   * Whether it is a registry: then a part of a blob is worth keeping for a later try, and a blob
   * that is read from its start has been checked against its digest at the end.
   */
  boolean isRemote();
}
