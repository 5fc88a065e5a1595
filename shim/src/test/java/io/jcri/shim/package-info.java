/** Tests of the shim and its client; those named KernelTest run real containers and need root. */
@NullMarked
package io.jcri.shim;

import org.jspecify.annotations.NullMarked;
