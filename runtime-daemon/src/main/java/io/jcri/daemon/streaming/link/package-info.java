/** One client connection: its streams, their bounded queues, and how it ends. */
@NullMarked
package io.jcri.daemon.streaming.link;

import org.jspecify.annotations.NullMarked;
