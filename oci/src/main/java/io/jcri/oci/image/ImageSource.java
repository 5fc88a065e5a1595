package io.jcri.oci.image;

import io.jcri.oci.distribution.Descriptor;
import java.io.InputStream;

/** Where the content of one image comes from. Nothing it gives is checked yet. Thread-safe. */
interface ImageSource {

  /** A manifest, index or config. */
  byte[] document(Descriptor descriptor, int maxBytes);

  /** A layer's blob from an offset on. */
  InputStream blob(Descriptor descriptor, long offset);

  /** Whether a part of a blob is worth keeping for a later try. */
  boolean isRemote();
}
