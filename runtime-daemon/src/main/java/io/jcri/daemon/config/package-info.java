/** The daemon's configuration file: its keys, defaults and errors. Knows nothing of the daemon. */
@NullMarked
package io.jcri.daemon.config;

import org.jspecify.annotations.NullMarked;
