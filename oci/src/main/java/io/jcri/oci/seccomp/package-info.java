/**
 * Seccomp profiles, as files of the node or the default, made fit for a kernel and a container's
 * capabilities.
 */
@NullMarked
package io.jcri.oci.seccomp;

import org.jspecify.annotations.NullMarked;
