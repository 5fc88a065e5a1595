/**
 * How calls are answered, whatever they ask: {@link io.jcri.daemon.cri.call.CallTable} names the
 * handlers, {@link io.jcri.daemon.cri.call.ErrorMapping} makes gRPC's codes, and what all calls
 * together may hold has bounds.
 */
@NullMarked
package io.jcri.daemon.cri.call;

import org.jspecify.annotations.NullMarked;
