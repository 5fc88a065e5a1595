/** Tests of the CNI module; those named {@code *KernelTest} need root and real plugins. */
@NullMarked
package io.jcri.cni;

import org.jspecify.annotations.NullMarked;
