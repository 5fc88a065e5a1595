@NullMarked
package io.jcri.daemon.cli.pod;

import org.jspecify.annotations.NullMarked;
