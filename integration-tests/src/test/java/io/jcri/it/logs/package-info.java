/** Container logs under load: rates, rotations, full disks, endless lines. */
@NullMarked
package io.jcri.it.logs;

import org.jspecify.annotations.NullMarked;
