/** Containers: their life, logs and commands, and what the kernel says of them. */
@NullMarked
package io.jcri.it.containers;

import org.jspecify.annotations.NullMarked;
