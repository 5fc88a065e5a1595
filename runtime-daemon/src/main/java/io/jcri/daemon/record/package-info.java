/** What survives the daemon: one versioned, checksummed file per pod or container. */
@NullMarked
package io.jcri.daemon.record;

import org.jspecify.annotations.NullMarked;
