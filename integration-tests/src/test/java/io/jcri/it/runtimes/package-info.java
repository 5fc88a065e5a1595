/** Runtimes that are not runc: each held to the same tests as far as it can what they ask. */
@NullMarked
package io.jcri.it.runtimes;

import org.jspecify.annotations.NullMarked;
