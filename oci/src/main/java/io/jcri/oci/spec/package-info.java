/**
 * The OCI runtime specification: what a container is, and its config.json. Start at {@link
 * io.jcri.oci.spec.ContainerSpec}; {@link io.jcri.oci.spec.SpecWriter} turns it into JSON. No CRI
 * type.
 */
@NullMarked
package io.jcri.oci.spec;

import org.jspecify.annotations.NullMarked;
