package io.jcri.oci.image;

import io.jcri.oci.manifest.Descriptor;
import java.io.InputStream;

/** Where the content of one image comes from. Documents are not checked yet. Thread-safe. */
interface ImageSource {

  /** A manifest, index or config. */
  byte[] document(Descriptor descriptor, int maxBytes);

  /** A layer's blob from an offset on. */
  InputStream blob(Descriptor descriptor, long offset);

  /**
   * Whether it is a registry: then a part of a blob is worth keeping for a later try, and a blob
   * that is read from its start has been checked against its digest at the end.
   */
  boolean isRemote();
}
