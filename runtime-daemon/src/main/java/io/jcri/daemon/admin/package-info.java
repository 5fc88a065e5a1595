/**
 * What an operator asks of the running daemon and CRI has no call for. One verb so far: {@code
 * load}, an image from a file.
 *
 * <p>A unix socket beside CRI's, for root only. The client writes a line with the verb and then the
 * content up to its end; the daemon answers with lines, the last of which is {@code done} or {@code
 * failed: REASON}:
 *
 * <pre>
 * > load
 * > (the bytes of the archive, up to the end of the stream)
 * < image sha256:... docker.io/library/app:1
 * < done
 * </pre>
 */
@NullMarked
package io.jcri.daemon.admin;

import org.jspecify.annotations.NullMarked;
