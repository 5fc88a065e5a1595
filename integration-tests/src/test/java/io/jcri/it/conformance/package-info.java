/**
 * Tests of what surrounds critest; critest itself needs a daemon and is {@code make conformance}.
 */
@NullMarked
package io.jcri.it.conformance;

import org.jspecify.annotations.NullMarked;
