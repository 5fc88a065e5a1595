package io.jcri.oci.distribution;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;

/**
 * One repository seen through one pull: its mirrors and server in order, with the tokens gathered
 * on the way. Thread-safe; blobs may be read at the same time. Blocking: call it from a virtual
 * thread; an interrupt ends it with CANCELLED.
 *
 * <p>Every failure is an {@link OciException} that names the reference or blob, and each host that
 * was tried with its answer. NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED and UNAVAILABLE are what
 * the last host, the registry itself, said.
 */
public interface Repository {

  /**
   * The manifest or index that the reference stands for, digest and size as the registry gives
   * them.
   */
  Resolved resolve();

  /**
   * A manifest or index, its digest and size checked, 4 MiB at most.
   *
   * @param descriptor of the resolved manifest or an index's entry
   */
  byte[] fetchManifest(Descriptor descriptor);

  /**
   * The bytes of a blob from an offset on. The stream goes on where it was when a connection
   * breaks, at the same or the next host. It ends exactly after the descriptor's size; read from 0
   * to the end, the digest has been checked, and bytes that are not those of the digest end in
   * DATA_LOSS, never in a clean end. From another offset the reader must check the whole.
   *
   * @param offset in bytes, not beyond the size
   * @return a stream whose {@code read} throws {@link OciException} for what the registry did;
   *     {@link IOException} only when it was closed
   */
  InputStream openBlob(Descriptor descriptor, long offset);

  /** What another tag of the repository stands for, seen through the same pull. */
  Repository withTag(String tag);

  /**
   * A document from a place that the node's operator has named, asked for as no one; its content is
   * not checked.
   *
   * @param uri http or https
   * @return empty when it is not there
   */
  Optional<byte[]> fetchElsewhere(URI uri, int maxBytes);
}
