/**
 * What tests against the real machine need: images made here, a registry, the clients of a kubelet,
 * a daemon of one's own, and a look at what is left behind.
 *
 * <p>Main code rather than test code, since the conformance run and the benchmarks are programs
 * that use it too; nothing of this module is shipped. May use the public API of every other module,
 * though it prefers to make and to look at things in its own way: it is the witness of what they
 * do.
 */
@NullMarked
package io.jcri.it.kit;

import org.jspecify.annotations.NullMarked;
