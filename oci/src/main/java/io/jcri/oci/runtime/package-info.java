/**
 * The OCI runtime specification: what a container is, its config.json, and the driver of runc, crun
 * and their like.
 *
 * <p>Start at {@link io.jcri.oci.runtime.ContainerSpec}; {@link io.jcri.oci.runtime.SpecWriter}
 * turns it into JSON and {@link io.jcri.oci.runtime.OciRuntime} runs the verbs. Allowed
 * dependencies: {@code io.jcri.oci} and the system calls of {@code io.jcri.sandbox.*}; no CRI type.
 */
@NullMarked
package io.jcri.oci.runtime;

import org.jspecify.annotations.NullMarked;
