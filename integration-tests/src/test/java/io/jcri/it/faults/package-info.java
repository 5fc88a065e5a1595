/** What the machine that breaks jcri goes by, without breaking anything. */
@NullMarked
package io.jcri.it.faults;

import org.jspecify.annotations.NullMarked;
