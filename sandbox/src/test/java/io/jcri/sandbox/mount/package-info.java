/** Tests of mounts; those named KernelTest need root and clean up after themselves. */
@NullMarked
package io.jcri.sandbox.mount;

import org.jspecify.annotations.NullMarked;
