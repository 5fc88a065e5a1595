/** Pod sandboxes: their records, states and the steps that make and unmake them. */
@NullMarked
package io.jcri.daemon.pod;

import org.jspecify.annotations.NullMarked;
