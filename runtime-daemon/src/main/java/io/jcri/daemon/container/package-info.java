/** Containers: their records, states and the steps that make, run, stop and remove them. */
@NullMarked
package io.jcri.daemon.container;

import org.jspecify.annotations.NullMarked;
