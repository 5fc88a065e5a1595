/**
 * The OCI runtimes of a node: {@link io.jcri.oci.runtime.OciRuntime} drives runc, crun and their
 * like, and the rest says what they and the kernel can do. Allowed dependencies: {@code
 * io.jcri.oci} and the system calls of {@code io.jcri.sandbox.*}; no CRI type.
 */
@NullMarked
package io.jcri.oci.runtime;

import org.jspecify.annotations.NullMarked;
