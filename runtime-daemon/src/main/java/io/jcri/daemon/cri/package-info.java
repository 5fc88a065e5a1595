/**
 * The edge: CRI's server and its two services. Below, one package for what is asked ({@code pod},
 * {@code container}, {@code image}, {@code node}, {@code observe}, {@code stream}, {@code
 * checkpoint}), each with a {@code XCalls} that names its handlers; {@code message} translates what
 * several answer, {@code call} runs the handlers. CRI messages are read and made nowhere else.
 */
@NullMarked
package io.jcri.daemon.cri;

import org.jspecify.annotations.NullMarked;
