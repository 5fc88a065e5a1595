/** Manual pages, made of what the commands and the default configuration say of themselves. */
@NullMarked
package io.jcri.daemon.cli.manual;

import org.jspecify.annotations.NullMarked;
