package io.jcri.daemon.streaming.link;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * One of the streams that share a client's connection.
 *
 * <p>Reads block until the client has sent something; they see the end when it has closed its half
 * or is gone, and fail when it broke off this one stream. Writes block while the client does not
 * keep up, and fail once it is gone. Each direction is for one thread, the closing ones for any.
 */
public interface ClientStream {
  /** What the client sends. */
  InputStream input();

  /** Throws away what came and what still comes; a read in progress ends. */
  void ignoreInput();

  /** What the client gets. Closing it is our half of the stream's end. */
  OutputStream output();

  /** Ends both directions at once; what was not sent yet is not sent. */
  void abort();
}
