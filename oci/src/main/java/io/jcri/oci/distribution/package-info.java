/**
 * The client of OCI registries: {@link io.jcri.oci.distribution.RegistryClient} with its mirrors,
 * tokens and broken connections. Below: {@code config} (what the operator says of registries),
 * {@code credentials}, {@code transport} (TLS and proxies). Knows nothing of unpacking, containers
 * or CRI.
 */
@NullMarked
package io.jcri.oci.distribution;

import org.jspecify.annotations.NullMarked;
