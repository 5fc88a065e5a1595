@NullMarked
package io.jcri.daemon.prometheus;

import org.jspecify.annotations.NullMarked;
