/**
 * The daemon's composition root: {@link io.jcri.daemon.Main} parses the command line, {@link
 * io.jcri.daemon.Daemon} wires the parts and owns their life. Everything below is packaged by
 * feature; CRI messages do not leave {@code io.jcri.daemon.cri}.
 */
@NullMarked
package io.jcri.daemon;

import org.jspecify.annotations.NullMarked;
