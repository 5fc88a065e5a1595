/**
 * Replays the corpus of the fuzzers. A target is a class {@code XFuzz} beside what it tries, so
 * that it needs nothing made public; its corpus is the folder {@code fuzz/XFuzz} of the test
 * resources.
 */
@NullMarked
package io.jcri.oci.fuzz;

import org.jspecify.annotations.NullMarked;
