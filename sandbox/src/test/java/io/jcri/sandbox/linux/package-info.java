/** Tests of the system calls; those named KernelTest need root and clean up after themselves. */
@NullMarked
package io.jcri.sandbox.linux;

import org.jspecify.annotations.NullMarked;
