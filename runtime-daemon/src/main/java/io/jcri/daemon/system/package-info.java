/** What the daemon asks of the host it runs on: notifications to systemd, logging, versions. */
@NullMarked
package io.jcri.daemon.system;

import org.jspecify.annotations.NullMarked;
