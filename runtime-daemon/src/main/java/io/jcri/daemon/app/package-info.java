/**
 * The daemon's composition root: {@link io.jcri.daemon.app.Main} parses the command line, {@link
 * io.jcri.daemon.app.Daemon} wires the parts and owns their life. Nobody imports it; everything
 * else is packaged by feature.
 */
@NullMarked
package io.jcri.daemon.app;

import org.jspecify.annotations.NullMarked;
