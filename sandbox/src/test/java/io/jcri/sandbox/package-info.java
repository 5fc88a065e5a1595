/** Sandboxes against the real kernel; the tests named KernelTest need root. */
@NullMarked
package io.jcri.sandbox;

import org.jspecify.annotations.NullMarked;
