/**
 * OCI distribution: image references, the registry client with its mirrors and credentials,
 * manifests and indexes, and the store of blobs. Knows nothing of unpacking, containers or CRI.
 * Allowed dependencies: {@code io.jcri.oci}, slf4j, tomlj.
 */
@NullMarked
package io.jcri.oci.distribution;

import org.jspecify.annotations.NullMarked;
