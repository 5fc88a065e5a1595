/**
 * What every part of the OCI module shares: JSON, digests, the base of its streams and the one
 * exception. Allowed dependencies: the JDK; gson only behind {@link io.jcri.oci.Json}.
 */
@NullMarked
package io.jcri.oci;

import org.jspecify.annotations.NullMarked;
