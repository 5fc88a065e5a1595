/** Containers in containerd's shims, driven by jcri-task as jcri-shim drives it. */
@NullMarked
package io.jcri.it.shim;

import org.jspecify.annotations.NullMarked;
